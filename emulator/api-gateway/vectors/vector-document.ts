import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { parseDocument } from "../../../openapi/parse-document.ts";
import type { Vector } from "./vector.ts";

/** The OpenAPI document that a vector's API stands for. */
export function documentOf(api: Vector["api"]): OpenApiDocument {
  const { requestModels, requestValidator, parameters, methodResponses, integration, security } = api;
  const operation = {
    parameters,
    ...(requestModels && { requestBody: { content: contentOf(requestModels) } }),
    ...(requestValidator && { "x-amazon-apigateway-request-validator": "vector" }),
    responses: methodResponses,
    "x-amazon-apigateway-integration": integration,
  };
  const paths: Record<string, Record<string, unknown>> = {
    [api.path]: { [methodKey(api.method)]: { ...operation, security } },
  };
  for (const { method, path, integration: other } of api.otherRoutes) {
    const further = { ...operation, parameters: [], "x-amazon-apigateway-integration": other };
    paths[path] = { ...paths[path], [methodKey(method)]: further };
  }
  const document = {
    openapi: "3.0.1",
    info: { title: "vector", version: "1" },
    paths,
    components: { securitySchemes: api.securitySchemes },
    "x-amazon-apigateway-binary-media-types": api.binaryMediaTypes,
    "x-amazon-apigateway-gateway-responses": api.gatewayResponses,
    ...(requestValidator && { "x-amazon-apigateway-request-validators": { vector: requestValidator } }),
  };
  return parseDocument(JSON.stringify(document), "vector");
}

function contentOf(models: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(models).map(([type, schema]) => [type, { schema }]));
}

function methodKey(method: string): string {
  return method === "ANY" ? "x-amazon-apigateway-any-method" : method.toLowerCase();
}
