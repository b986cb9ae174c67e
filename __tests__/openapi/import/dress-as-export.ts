import {
  isJsonObject,
  type Json,
  type JsonObject,
  objectAt,
  objectEntries,
  stringAt,
} from "../../../openapi/json.ts";
import { methods } from "../../../openapi/methods.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";

/**
 * A bound document as API Gateway exports a private API that was made from it: with all that it fills in. `seed` tells
 * two exports apart: ids and made-up names differ in each API.
 */
export function dressAsExport(document: OpenApiDocument, seed = "a1"): JsonObject {
  const models: Record<string, Json> = {};
  const modelFor = (schema: Json): Json => {
    if (isJsonObject(schema) && "$ref" in schema) return schema;
    const name = `MODEL${seed}${String(Object.keys(models).length).padStart(4, "0")}`;
    models[name] = schema;
    return { $ref: `#/components/schemas/${name}` };
  };
  const paths = objectEntries(document, "paths").map(([path, item], index) => [
    path,
    Object.fromEntries(
      Object.entries(item).map(([key, value]) => [
        key,
        methods.includes(key) && isJsonObject(value)
          ? dressOperation(value, `${seed}res${index}`, modelFor)
          : value,
      ]),
    ),
  ]);
  return {
    ...document,
    servers: [
      {
        url: "https://r6y1c4h9ua.execute-api.us-east-1.amazonaws.com/{basePath}",
        variables: { basePath: { default: "v1" } },
        "x-amazon-apigateway-endpoint-configuration": { vpcEndpointIds: ["vpce-0a1b2c3d4e5f60718"] },
      },
    ],
    paths: Object.fromEntries(paths),
    components: {
      ...objectAt(document, "components"),
      schemas: {
        ...objectAt(objectAt(document, "components"), "schemas"),
        ...models,
        Empty: { title: "Empty Schema", type: "object" },
        Error: { title: "Error Schema", type: "object", properties: { message: { type: "string" } } },
      },
    },
    "x-amazon-apigateway-security-policy": "TLS_1_2",
    "x-amazon-apigateway-policy": { Version: "2012-10-17", Statement: [] },
  };
}

function dressOperation(
  operation: JsonObject,
  resource: string,
  modelFor: (schema: Json) => Json,
): JsonObject {
  const integration = objectAt(operation, "x-amazon-apigateway-integration");
  const isProxy = /_proxy$/i.test(stringAt(integration, "type") ?? "");
  const responses = objectEntries(operation, "responses").map(([status, response]) => [
    status,
    { ...response, content: withModels(objectAt(response, "content"), modelFor) },
  ]);
  const body = operation["requestBody"];
  const parameters = operation["parameters"];
  return {
    ...operation,
    ...(Array.isArray(parameters) && { parameters: parameters.toReversed() }),
    ...(isJsonObject(body) && {
      requestBody: { ...body, content: withModels(objectAt(body, "content"), modelFor) },
    }),
    responses: Object.fromEntries(responses),
    "x-amazon-apigateway-integration": {
      ...integration,
      cacheNamespace: resource,
      ...(isProxy && { responseTransferMode: "BUFFERED" }),
    },
  };
}

function withModels(content: JsonObject, modelFor: (schema: Json) => Json): JsonObject {
  return Object.fromEntries(
    Object.entries(content).map(([type, value]) => [
      type,
      isJsonObject(value) && value["schema"] !== undefined
        ? { ...value, schema: modelFor(value["schema"]) }
        : value,
    ]),
  );
}
