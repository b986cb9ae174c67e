import type { Exchange } from "../exchange.ts";
import { GatewayError } from "../gateway-error.ts";
import { readRequestSource } from "../integrations/map-parameters.ts";
import { withinTimeout } from "../integrations/timeout.ts";
import type { Backends } from "../messages.ts";
import { methodArnOf } from "../method-arn.ts";
import type { AuthorizerContext } from "../request-context.ts";
import { matchesWhole } from "../whole-pattern.ts";
import { createAnswerCache } from "./answer-cache.ts";
import { type AuthorizerAnswer, effectOf, parseAnswer } from "./authorizer-answer.ts";
import { authorizerEvent } from "./authorizer-event.ts";
import type { AuthorizerSettings } from "./authorizer-settings.ts";

export interface Authorized {
  /** With what the authorizer said of the caller in its context. */
  readonly exchange: Exchange;
  readonly usageIdentifierKey: string | undefined;
}

/** @throws GatewayError where the caller is not let in */
export type Authorize = (exchange: Exchange, backends: Backends) => Promise<Authorized>;

export interface AuthorizeOptions {
  readonly partition: string;
  readonly now: () => Date;
}

const timeoutMilliseconds = 29_000;

/**
 * Asks a Lambda authorizer, or what it said before of a caller with the same identity: the policy that is kept is
 * evaluated for each method.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */
export function createLambdaAuthorizer(
  settings: AuthorizerSettings,
  { partition, now }: AuthorizeOptions,
): Authorize {
  const cache = createAnswerCache(settings.ttlSeconds, now);
  return async (exchange, backends) => {
    const identity = identityOf(settings, exchange);
    const methodArn = methodArnOf(exchange, partition);
    const key = JSON.stringify(identity);
    const started = performance.now();
    const kept = cache.get(key);
    const answer = kept ?? (await ask(settings, { exchange, token: identity[0], methodArn }, backends));
    if (kept === undefined) cache.set(key, answer);
    const latency = kept === undefined ? Math.round(performance.now() - started) : 0;
    const authorizer = contextOf(answer, latency);
    refuse(settings, effectOf(answer, methodArn), authorizer);
    const context = { ...exchange.context, authorizer };
    return { exchange: { ...exchange, context }, usageIdentifierKey: answer.usageIdentifierKey };
  };
}

/**
 * The values of the identity sources, all of which must be there before the function is asked, whether answers are kept or not:
 * https://github.com/dherault/serverless-offline/pull/1720
 */
function identityOf(
  { scheme, identitySources, tokenPattern }: AuthorizerSettings,
  exchange: Exchange,
): string[] {
  return identitySources.map((source) => {
    const value = readRequestSource(source, exchange) ?? "";
    if (value === "")
      throw unauthorized(`The authorizer "${scheme}" needs ${source}, which the request lacks.`);
    if (tokenPattern !== undefined && !matchesToken(scheme, tokenPattern, value)) {
      throw unauthorized(
        `The token for the authorizer "${scheme}" does not match identityValidationExpression.`,
      );
    }
    return value;
  });
}

function matchesToken(scheme: string, pattern: string, token: string): boolean {
  try {
    return matchesWhole(pattern, token);
  } catch (cause) {
    throw failed(`identityValidationExpression of the authorizer "${scheme}" could not be matched`, cause);
  }
}

/**
 * Whatever keeps a function from a proper answer is the same to a client, but for an error of exactly this message:
 * https://dev.to/marcogrcr/api-gateway-lambda-authorizer-lambda-proxy-integration-failure-modes-52bc,
 * https://github.com/serverless/examples/issues/305
 */
async function ask(
  settings: AuthorizerSettings,
  question: Parameters<typeof authorizerEvent>[1],
  backends: Backends,
): Promise<AuthorizerAnswer> {
  const { scheme, functionArn } = settings;
  const event = JSON.stringify(authorizerEvent(settings, question));
  const result = await withinTimeout(timeoutMilliseconds, (signal) =>
    backends.lambda(functionArn, event, signal),
  ).catch((cause: unknown) => {
    throw failed(`The authorizer "${scheme}" did not answer`, cause);
  });
  if (result.kind === "returned") return parse(scheme, result.payload);
  if (result.errorMessage === "Unauthorized") {
    throw unauthorized(`The authorizer "${scheme}" found the caller unauthorized.`);
  }
  // Its message may quote the token.
  throw failed(`The function of the authorizer "${scheme}" failed with ${result.errorType}.`);
}

function parse(scheme: string, payload: string): AuthorizerAnswer {
  try {
    return parseAnswer(payload);
  } catch (cause) {
    throw failed(`The answer of the authorizer "${scheme}" is malformed`, cause);
  }
}

function contextOf(
  { principalId, context }: AuthorizerAnswer,
  integrationLatency: number,
): AuthorizerContext {
  return { ...context, ...(principalId === undefined ? {} : { principalId }), integrationLatency };
}

/** As AWS words it since 2025, after "User is not authorized to access this resource" with and without an explicit deny. */
const reasons = {
  Deny: "with an explicit deny in an identity-based policy",
  "implicit Deny": "because no identity-based policy allows the execute-api:Invoke action",
};

function refuse(
  { scheme }: AuthorizerSettings,
  effect: ReturnType<typeof effectOf>,
  authorizer: AuthorizerContext,
): void {
  if (effect === "Allow") return;
  throw new GatewayError("ACCESS_DENIED", {
    message: `User is not authorized to access this resource ${reasons[effect]}`,
    detail: `The policy of the authorizer "${scheme}" ${effect === "Deny" ? "denies" : "does not allow"} this method.`,
    authorizer,
  });
}

function unauthorized(detail: string): GatewayError {
  return new GatewayError("UNAUTHORIZED", { detail });
}

function failed(what: string, cause?: unknown): GatewayError {
  const why =
    cause instanceof GatewayError ? cause.detail : cause instanceof Error ? cause.message : undefined;
  const detail = why === undefined ? what : `${what}: ${why}`;
  return new GatewayError("AUTHORIZER_CONFIGURATION_ERROR", { detail, cause });
}
