import { type ImportOptions, importDocument } from "../../../openapi/import/import-document.ts";
import type { Json, JsonObject } from "../../../openapi/json.ts";
import { resolvePointer } from "../../../openapi/json-pointer.ts";
import { OpenApiError } from "../../../openapi/openapi-error.ts";

export const account = "512873640091";
export const region = "us-east-1";
export const operationPointer = "/paths/~1orders/post";
export const integrationPointer = `${operationPointer}/x-amazon-apigateway-integration`;

/** Some integration of the account and region that all others here belong to as well. */
export const functionUri = (name: string, at = { partition: "aws", region, account }) =>
  `arn:${at.partition}:apigateway:${at.region}:lambda:path/2015-03-31/functions/arn:${at.partition}:lambda:${at.region}:${at.account}:function:${name}/invocations`;

/** URI of an integration with a service of AWS, as an export has it. */
export const serviceUri = (rest: string, at = { partition: "aws", region }) =>
  `arn:${at.partition}:apigateway:${at.region}:${rest}`;

/** An export with two operations: a function, which shows the account, and the one that is given. */
export function exportWith(integration: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    openapi: "3.0.1",
    info: { title: "orders", version: "2026-01-31T10:00:00Z" },
    paths: {
      "/health": {
        get: {
          responses: { "200": { description: "200 response" } },
          "x-amazon-apigateway-integration": {
            type: "aws_proxy",
            httpMethod: "POST",
            uri: functionUri("acme-health"),
            passthroughBehavior: "when_no_match",
          },
        },
      },
      "/orders": {
        post: {
          responses: { "200": { description: "200 response" } },
          "x-amazon-apigateway-integration": integration,
        },
      },
    },
    ...more,
  };
}

export const textOf = (value: Json): string => JSON.stringify(value);

export const imported = (value: Json, options: Partial<ImportOptions> = {}) =>
  importDocument(textOf(value), { source: "export.json", ...options });

/** The problems for which an export is refused; empty where it is not. */
export function refusals(text: string, options: Partial<ImportOptions> = {}) {
  try {
    importDocument(text, { source: "export.json", ...options });
    return [];
  } catch (error) {
    if (error instanceof OpenApiError) return error.problems;
    throw error;
  }
}

/** What becomes of one text of an integration. */
export function textAt(pointer: string, integration: JsonObject, more?: JsonObject) {
  return resolvePointer(imported(exportWith(integration, more)).document, pointer);
}

export const uriOf = (uri: string, type = "aws") =>
  textAt(`${integrationPointer}/uri`, { type, httpMethod: "POST", uri });
export const templateOf = (service: string, template: string) =>
  textAt(`${integrationPointer}/requestTemplates/application~1json`, {
    type: "aws",
    uri: serviceUri(service),
    requestTemplates: { "application/json": template },
  });

/** How an import writes the start of a URI, and of an ARN of the document's own account and region. */
export const head = "arn:{{partition}}:apigateway:{{region}}";
export const ownArn = (service: string) => `arn:{{partition}}:${service}:{{region}}:{{account}}`;
