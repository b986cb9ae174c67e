import { isJsonObject, type JsonObject, objectAt, stringEntries } from "../../openapi/json.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { sendableHeaders } from "./answer-headers.ts";
import { type GatewayError, gatewayErrorTypes } from "./gateway-error.ts";
import { constantOf } from "./integrations/map-parameters.ts";
import { findByJsonPath } from "./json-path.ts";
import { type ApiRequest, type ApiResponse, type Headers, headerOf } from "./messages.ts";
import { mediaTypeOf } from "./payload.ts";
import type { RequestContext } from "./request-context.ts";
import { parseTarget } from "./request-target.ts";
import { selectTemplate } from "./templates/render-template.ts";

/** What a gateway response may name: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html */
interface Variables {
  readonly request: ApiRequest;
  /** Those of the route that the request has, if there is one. */
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly context: RequestContext;
  readonly stageVariables: Readonly<Record<string, string>>;
}

/** The answer to an error of the gateway's own, as the document customizes it. */
export function renderGatewayResponse(
  document: OpenApiDocument,
  error: GatewayError,
  { request, pathParameters, context, stageVariables }: Variables,
): ApiResponse {
  if (error.answer !== undefined) return error.answer;
  const custom = customizationOf(document, error);
  const variables = {
    stageVariables,
    context: {
      ...context,
      authorizer: error.authorizer,
      error: {
        message: error.clientMessage,
        messageString: JSON.stringify(error.clientMessage),
        responseType: error.type,
      },
    },
  };
  const status = Number(custom["statusCode"] ?? error.status);
  const headers = sendableHeaders(
    customHeaders(custom, variables, (source) => requestValueOf(source, request, pathParameters)),
  );
  const template = templateOf(custom, error, request);
  const own: [string, string][] = [
    ["x-amzn-ErrorType", gatewayErrorTypes[error.type].errorType],
    ...(headers.some(([name]) => name.toLowerCase() === "content-type")
      ? []
      : [["Content-Type", template.name] as [string, string]]),
  ];
  return {
    status,
    headers: [...own, ...headers],
    body: Buffer.from(substitute(template.source, variables)),
  };
}

/** That of the type, or else the one for its class of statuses. */
function customizationOf(document: OpenApiDocument, { type, status }: GatewayError): JsonObject {
  const responses = objectAt(document, "x-amazon-apigateway-gateway-responses");
  const custom = responses[type] ?? responses[status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX"];
  if (!isJsonObject(custom)) return {};
  // The status of an error that has no type of its own stays what it is.
  return responses[type] === custom && type !== "DEFAULT_5XX" ? custom : { ...custom, statusCode: status };
}

/** By what the client accepts, as an integration's response is chosen; AWS documents nothing of it for these. */
function templateOf(custom: JsonObject, error: GatewayError, { headers }: ApiRequest) {
  const key = error.type === "ACCESS_DENIED" ? "Message" : "message";
  const own = { name: "application/json", source: `{"${key}":$context.error.messageString}` };
  const templates = stringEntries(custom, "responseTemplates").map(([name, source]) => ({ name, source }));
  return selectTemplate(templates, mediaTypeOf(headerOf(headers, "Accept"))) ?? own;
}

function customHeaders(
  custom: JsonObject,
  variables: object,
  requestValueOf: (source: string) => string | undefined,
): Headers {
  return stringEntries(custom, "responseParameters").flatMap(([target, source]): [string, string][] => {
    const name = /^gatewayresponse\.header\.(.+)$/.exec(target)?.[1];
    const value = constantOf(source) ?? requestValueOf(source) ?? variableOf(variables, source);
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-gateway-responses.responseParameters.html */
function requestValueOf(
  source: string,
  { headers, target }: ApiRequest,
  pathParameters: Readonly<Record<string, string>>,
): string | undefined {
  const [, location, name = ""] = /^method\.request\.(header|path|querystring)\.(.+)$/.exec(source) ?? [];
  if (location === undefined) return undefined;
  if (location === "path") return pathParameters[name];
  return location === "header" ? headerOf(headers, name) : parseTarget(target).query.getAll(name).at(-1);
}

/** These templates are no Velocity: variables are put in, and nothing else is done. */
function substitute(template: string, variables: object): string {
  return template.replace(
    /\$(context(?:\.[A-Za-z][A-Za-z0-9_]*)+|stageVariables\.[A-Za-z0-9_]+)/g,
    (_, name) => variableOf(variables, name) ?? "",
  );
}

function variableOf(variables: object, name: string): string | undefined {
  const value = findByJsonPath(variables, `$.${name}`);
  return value === undefined || value === null ? undefined : String(value);
}
