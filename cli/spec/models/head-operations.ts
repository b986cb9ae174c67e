import { isJsonObject, type JsonObject, objectAt, stringAt } from "../../../openapi/json.ts";

const INTEGRATION = "x-amazon-apigateway-integration";

/** Paths with a HEAD beside each GET: API Gateway has no method of itself, and 404 would deny what is there. */
export function withHeads(paths: JsonObject): JsonObject {
  return mapObjects(paths, (item) =>
    isJsonObject(item["get"]) ? { ...item, head: headOf(item["get"]) } : item,
  );
}

/** The same request with the same status and headers, and no content. https://www.rfc-editor.org/rfc/rfc9110#section-9.3.2 */
function headOf(get: JsonObject): JsonObject {
  const id = stringAt(get, "operationId") ?? "";
  return {
    ...get,
    description: `Same as GET, without a body. ${stringAt(get, "description")}`,
    operationId: id.replace(/^get/, "head").replace(/^list/, "headList"),
    responses: mapObjects(objectAt(get, "responses"), ({ content: _, ...response }) => response),
    [INTEGRATION]: integrationOf(objectAt(get, INTEGRATION)),
  };
}

/** A function is always called by POST. S3 answers HEAD without a body, so that there is nothing to replace or to convert. */
function integrationOf(integration: JsonObject): JsonObject {
  if (integration["type"] === "aws_proxy") return integration;
  return {
    ...integration,
    httpMethod: "HEAD",
    responses: mapObjects(
      objectAt(integration, "responses"),
      ({ contentHandling: _handling, responseTemplates: _templates, ...response }) => response,
    ),
  };
}

function mapObjects(parent: JsonObject, change: (value: JsonObject) => JsonObject): JsonObject {
  const entries = Object.keys(parent).map((key) => [key, change(objectAt(parent, key))]);
  return Object.fromEntries(entries);
}
