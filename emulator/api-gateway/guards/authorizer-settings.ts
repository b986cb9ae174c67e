import { type JsonObject, objectAt, stringAt } from "../../../openapi/json.ts";
import { functionArnOf } from "../integrations/invoke-function.ts";
import { NotExecutedError } from "../not-executed.ts";
import type { Deployment } from "../request-context.ts";
import { withStageVariables } from "../stage-variables.ts";
import { TemplateFailure } from "../templates/velocity/work.ts";
import { checkPattern } from "../whole-pattern.ts";

/** A Lambda authorizer as a security scheme declares it. */
export interface AuthorizerSettings {
  readonly scheme: string;
  readonly type: "TOKEN" | "REQUEST";
  /** Its ARN, or its name alone; either with a version or alias behind it. */
  readonly functionArn: string;
  /** Mapping expressions of what the caller has to send: for a token the one of its header. */
  readonly identitySources: readonly string[];
  /** What a token has to look like before the function is asked. */
  readonly tokenPattern: string | undefined;
  /** How long an answer is kept; 0 if it is not. */
  readonly ttlSeconds: number;
}

/**
 * Reads `x-amazon-apigateway-authorizer` of a security scheme:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html
 * @throws NotExecutedError for an authorizer that is none of a function, or that API Gateway would not create
 */
export function readAuthorizer(
  scheme: string,
  value: JsonObject,
  deployment: Deployment,
): AuthorizerSettings {
  const authorizer = objectAt(value, "x-amazon-apigateway-authorizer");
  const type = typeOf(scheme, authorizer);
  const ttlSeconds = ttlOf(scheme, authorizer);
  const sources = sourcesOf(authorizer);
  return {
    scheme,
    type,
    ttlSeconds,
    functionArn: authorizerFunction(scheme, authorizer, deployment),
    identitySources:
      type === "TOKEN" ? [tokenSource(scheme, value, sources)] : requestSources(scheme, sources, ttlSeconds),
    tokenPattern: type === "TOKEN" ? patternOf(scheme, authorizer) : undefined,
  };
}

function typeOf(scheme: string, authorizer: JsonObject): AuthorizerSettings["type"] {
  const type = stringAt(authorizer, "type")?.toUpperCase() ?? "";
  if (type === "TOKEN" || type === "REQUEST") return type;
  const what = type === "COGNITO_USER_POOLS" ? "a Cognito user pool" : `an authorizer of type "${type}"`;
  throw new NotExecutedError(
    `${what} (security scheme "${scheme}")`,
    'use a Lambda authorizer of type "token" or "request"',
  );
}

/** A stage variable may hold the ARN, the name or a part of either. */
function authorizerFunction(scheme: string, authorizer: JsonObject, deployment: Deployment): string {
  const uri = withStageVariables(stringAt(authorizer, "authorizerUri") ?? "", deployment);
  const functionArn = functionArnOf(uri);
  if (functionArn !== undefined) return functionArn;
  throw new NotExecutedError(
    `an authorizer (security scheme "${scheme}") with authorizerUri "${uri}"`,
    "write arn:<partition>:apigateway:<region>:lambda:path/2015-03-31/functions/<function ARN>/invocations",
  );
}

function ttlOf(scheme: string, authorizer: JsonObject): number {
  const given = authorizer["authorizerResultTtlInSeconds"] ?? 300;
  const seconds = given === "" ? Number.NaN : Number(given);
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= 3600) return seconds;
  throw new NotExecutedError(
    `an authorizer (security scheme "${scheme}") with authorizerResultTtlInSeconds ${JSON.stringify(given)}`,
    "set it to 0 to 3600",
  );
}

function sourcesOf(authorizer: JsonObject): string[] {
  const sources = (stringAt(authorizer, "identitySource") ?? "").split(",");
  return sources.map((source) => source.trim()).filter((source) => source !== "");
}

/** The header that the scheme names, where no identity source does. */
function tokenSource(scheme: string, value: JsonObject, sources: readonly string[]): string {
  const named = value["in"] === "header" ? `method.request.header.${stringAt(value, "name") ?? ""}` : "";
  const [source = named, ...others] = sources;
  if (/^method\.request\.header\.[^\s,]+$/.test(source) && others.length === 0) return source;
  throw new NotExecutedError(
    `a token (security scheme "${scheme}") from "${[source, ...others].join(", ")}"`,
    "name one header, in the scheme or as method.request.header.<name>",
  );
}

const requestSource =
  /^(?:method\.request\.(?:header|querystring)\.[^\s,]+|context\.[A-Za-z0-9_.]+|stageVariables\.[A-Za-z0-9_]+)$/;

function requestSources(scheme: string, sources: readonly string[], ttlSeconds: number): readonly string[] {
  const unknown = sources.find((source) => !requestSource.test(source));
  if (unknown === undefined && (sources.length > 0 || ttlSeconds === 0)) return sources;
  const what = unknown === undefined ? "with caching and without" : `with "${unknown}" in`;
  throw new NotExecutedError(
    `an authorizer (security scheme "${scheme}") ${what} identitySource`,
    "use method.request.header.…, method.request.querystring.…, context.… or stageVariables.…, or omit it and set authorizerResultTtlInSeconds to 0",
  );
}

/** A pattern of Java, matched against the whole token, as API Gateway's other patterns are against the whole of what they look at. */
function patternOf(scheme: string, authorizer: JsonObject): string | undefined {
  const expression = stringAt(authorizer, "identityValidationExpression");
  if (expression === undefined || expression === "") return undefined;
  try {
    checkPattern(expression);
    return expression;
  } catch (error) {
    if (!(error instanceof TemplateFailure)) throw error;
    throw new NotExecutedError(
      `identityValidationExpression "${expression}" (security scheme "${scheme}")`,
      `write another one: ${error.message}`,
    );
  }
}
