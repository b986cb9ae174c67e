import { objectAt, objectEntries, stringEntries } from "../../openapi/json.ts";
import { jsonPointer } from "../../openapi/json-pointer.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { gatewayResponseType } from "../../openapi/rules/gateway-responses.ts";

const gatewayResponses = "x-amazon-apigateway-gateway-responses";
const sources =
  /^(?:'.*'|context\.[A-Za-z0-9_.]+|stageVariables\.[A-Za-z0-9_]+|method\.request\.(?:header|path|querystring)\..+)$/s;

/** What of a document as a whole, not of one of its routes, is not executed here: a sentence each. */
export function documentRefusals(document: OpenApiDocument): string[] {
  return [...versionRefusals(document), ...keySourceRefusals(document), ...gatewayResponseRefusals(document)];
}

const keySource = "x-amazon-apigateway-api-key-source";

function keySourceRefusals(document: OpenApiDocument): string[] {
  const source = document[keySource] ?? "HEADER";
  if (/^(?:HEADER|AUTHORIZER)$/i.test(String(source))) return [];
  return [
    `${jsonPointer(keySource)}: ${JSON.stringify(source)} is not a source of API keys. Write HEADER or AUTHORIZER.`,
  ];
}

function versionRefusals(document: OpenApiDocument): string[] {
  if (/^3\.0\.\d+$/.test(String(document.openapi))) return [];
  const got = "swagger" in document ? `Swagger ${document["swagger"]}` : `OpenAPI ${document.openapi}`;
  return [
    `The document is ${got}. Only OpenAPI 3.0 is executed here. Export it as OpenAPI 3.0, or convert it.`,
  ];
}

function gatewayResponseRefusals(document: OpenApiDocument): string[] {
  const unknown = gatewayResponseType
    .check(document)
    .map(({ pointer, message }) => `${pointer}: ${message}.`);
  const unread = objectEntries(document, gatewayResponses).flatMap(([type, response]) =>
    stringEntries(response, "responseParameters")
      .filter(([target, source]) => !target.startsWith("gatewayresponse.header.") || !sources.test(source))
      .map(([target, source]) => {
        const pointer = jsonPointer(gatewayResponses, type, "responseParameters", target);
        return `${pointer}: a gateway response cannot set "${target}" to "${source}" here. Set gatewayresponse.header.<name> to '<text>', context.…, stageVariables.… or method.request.<header, path or querystring>.<name>.`;
      }),
  );
  const statuses = objectEntries(document, gatewayResponses)
    .filter(([, { statusCode = "200" }]) => !/^[1-5]\d\d$/.test(String(statusCode)))
    .map(([type]) => {
      const pointer = jsonPointer(gatewayResponses, type, "statusCode");
      const got = JSON.stringify(objectAt(objectAt(document, gatewayResponses), type)["statusCode"]);
      return `${pointer}: ${got} is not a status. Write three digits.`;
    });
  return [...unknown, ...unread, ...statuses];
}
