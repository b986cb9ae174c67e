import { isJsonObject, type Json, type JsonObject, objectAt, stringAt } from "../json.ts";
import { walk } from "../json-pointer.ts";

const configurationKey = "x-amazon-apigateway-endpoint-configuration";

/**
 * What a document shows of the endpoint that it was exported from: nothing where it names no server. Exports of
 * private APIs name their VPC endpoints beside the server, or at the top in Swagger 2.0
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/openapi-extensions-endpoint-configuration.html);
 * where none is associated with the API, its resource policy still does.
 */
export function shownEndpoint(document: JsonObject): "private" | "other" | undefined {
  const servers = Array.isArray(document["servers"]) ? document["servers"].filter(isJsonObject) : [];
  if ([document, ...servers].some(isPrivate) || namesVpcEndpoint(document)) return "private";
  const isNamed =
    servers.length > 0 || ["host", "basePath", "schemes", configurationKey].some((key) => key in document);
  return isNamed ? "other" : undefined;
}

function isPrivate(owner: JsonObject): boolean {
  const { vpcEndpointIds, types } = objectAt(owner, configurationKey);
  const host = stringAt(owner, "url") ?? stringAt(owner, "host") ?? "";
  return (
    isFilled(vpcEndpointIds) ||
    (Array.isArray(types) && types.includes("PRIVATE")) ||
    /-vpce-[0-9a-z]+\./.test(host)
  );
}

function isFilled(list: Json | undefined): boolean {
  return Array.isArray(list) && list.length > 0;
}

/** Only requests to a private API come through a VPC endpoint. */
function namesVpcEndpoint(document: JsonObject): boolean {
  const policy = document["x-amazon-apigateway-policy"] ?? null;
  return [...walk(policy)].some(({ segments }) => /^aws:sourcevpce?$/i.test(String(segments.at(-1))));
}
