import { isJsonObject, type JsonObject, objectAt, stringAt, stringEntries } from "../../openapi/json.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { type GatewayError, gatewayErrorTypes } from "./gateway-error.ts";
import { constantOf } from "./integrations/map-parameters.ts";
import { findByJsonPath } from "./json-path.ts";
import type { ApiResponse, Headers } from "./messages.ts";
import type { RequestContext } from "./request-context.ts";

/** What a gateway response may name: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html */
interface Variables {
  readonly context: RequestContext;
  readonly stageVariables: Readonly<Record<string, string>>;
}

/** The answer to an error of the gateway's own, as the document customizes it. */
export function renderGatewayResponse(
  document: OpenApiDocument,
  error: GatewayError,
  { context, stageVariables }: Variables,
): ApiResponse {
  const custom = customizationOf(document, error);
  const variables = {
    stageVariables,
    context: {
      ...context,
      error: {
        message: error.message,
        messageString: JSON.stringify(error.message),
        responseType: error.type,
      },
    },
  };
  const status = Number(custom["statusCode"] ?? error.status);
  const headers = customHeaders(custom, variables);
  const own: [string, string][] = [
    ["x-amzn-ErrorType", gatewayErrorTypes[error.type].errorType],
    ...(headers.some(([name]) => name.toLowerCase() === "content-type")
      ? []
      : [["Content-Type", "application/json"] as [string, string]]),
  ];
  return {
    status,
    headers: [...own, ...headers],
    body: Buffer.from(substitute(templateOf(custom, error), variables)),
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

function templateOf(custom: JsonObject, error: GatewayError): string {
  const key = error.type === "ACCESS_DENIED" ? "Message" : "message";
  return (
    stringAt(objectAt(custom, "responseTemplates"), "application/json") ??
    `{"${key}":$context.error.messageString}`
  );
}

function customHeaders(custom: JsonObject, variables: object): Headers {
  return stringEntries(custom, "responseParameters").flatMap(([target, source]): [string, string][] => {
    const name = /^gatewayresponse\.header\.(.+)$/.exec(target)?.[1];
    const value = constantOf(source) ?? variableOf(variables, source);
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
}

/** These templates are no Velocity: variables are put in, and nothing else is done. */
function substitute(template: string, variables: object): string {
  return template.replace(
    /\$(context(?:\.[A-Za-z]+)+|stageVariables\.[A-Za-z0-9_]+)/g,
    (_, name) => variableOf(variables, name) ?? "",
  );
}

function variableOf(variables: object, name: string): string | undefined {
  const value = findByJsonPath(variables, `$.${name}`);
  return value === undefined || value === null ? undefined : String(value);
}
