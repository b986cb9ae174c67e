import { isJsonObject, type Json } from "../../openapi/json.ts";
import { resolvePointer } from "../../openapi/json-pointer.ts";
import { lintDocument } from "../../openapi/lint-document.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";

/** Pointer of the only operation of `s3Document`, and of its integration. */
export const operationPointer = "/paths/~1files~1{item}/put";
export const integrationPointer = `${operationPointer}/x-amazon-apigateway-integration`;

/** A small S3 integration on a binary API that breaks no rule. */
export function s3Document(): OpenApiDocument {
  return {
    openapi: "3.0.1",
    info: { title: "files", version: "1" },
    paths: {
      "/files/{item}": {
        put: {
          parameters: [
            { name: "item", in: "path", required: true, schema: { type: "string" } },
            { name: "Content-Type", in: "header", schema: { type: "string" } },
          ],
          requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/File" } } } },
          responses: {
            "202": { description: "Taken." },
            "400": {
              description: "Not taken.",
              headers: { "Content-Type": { schema: { type: "string" } } },
            },
            "502": { description: "Failed." },
          },
          "x-amazon-apigateway-integration": {
            type: "aws",
            httpMethod: "PUT",
            uri: "arn:{{partition}}:apigateway:{{region}}:s3:path/{{bucket.files}}/{item}",
            credentials: "{{role.writer}}",
            passthroughBehavior: "when_no_match",
            requestParameters: {
              "integration.request.path.item": "method.request.path.item",
              "integration.request.header.Content-Type": "method.request.header.Content-Type",
              "integration.request.header.x-amz-expected-bucket-owner": "'{{account}}'",
            },
            responses: {
              "2[0-9]{2}": {
                statusCode: "202",
                contentHandling: "CONVERT_TO_TEXT",
                responseTemplates: { "application/json": '{"id":"$context.extendedRequestId"}' },
              },
              "400": {
                statusCode: "400",
                responseParameters: { "method.response.header.Content-Type": "'application/problem+json'" },
              },
              default: { statusCode: "502" },
            },
          },
        },
      },
    },
    components: { schemas: { File: { type: "object", properties: { name: { type: "string" } } } } },
    "x-amazon-apigateway-binary-media-types": ["*/*"],
  };
}

/** A copy of `s3Document` with one place set, added or, with undefined, taken away. */
export function s3DocumentWith(pointer: string, value: Json | undefined): OpenApiDocument {
  if (pointer === "") return value as OpenApiDocument;
  const document = s3Document();
  const cut = pointer.lastIndexOf("/");
  const parent = resolvePointer(document, pointer.slice(0, cut));
  const key = pointer
    .slice(cut + 1)
    .replaceAll("~1", "/")
    .replaceAll("~0", "~");
  if (Array.isArray(parent) && value !== undefined) parent[Number(key)] = value;
  else if (isJsonObject(parent) && value !== undefined) parent[key] = value;
  else if (isJsonObject(parent)) delete parent[key];
  else throw new Error(`nothing can be set at ${pointer}`);
  return document;
}

/** The pointers at which a document breaks one rule. */
export function pointersOf(rule: string, document: OpenApiDocument): string[] {
  return lintDocument(document)
    .filter((problem) => problem.rule === rule)
    .map(({ pointer }) => pointer);
}
