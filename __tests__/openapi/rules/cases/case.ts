import type { Json, JsonObject } from "../../../../openapi/json.ts";
import { integrationPointer, s3Document } from "../../documents.ts";

export const at = integrationPointer;
export const headerTo = (name: string) => `${at}/requestParameters/integration.request.header.${name}`;
export const queryTo = (name: string) => `${at}/requestParameters/integration.request.querystring.${name}`;
export const item = "/paths/~1files~1{item}";
export const uriOf = (rest: string) => `arn:{{partition}}:apigateway:{{region}}:${rest}`;
export const lambdaUri = uriOf("lambda:path/2015-03-31/functions/{{function.api}}/invocations");
export const validated = (name: string, validators: JsonObject): JsonObject => ({
  ...s3Document(),
  "x-amazon-apigateway-request-validators": validators,
  "x-amazon-apigateway-request-validator": name,
});
export const succeed = { statusCode: "202", contentHandling: "CONVERT_TO_TEXT" };

export interface Case {
  rule: string;
  /** What the changed document does, as the end of a sentence. */
  breaks: string;
  /** Where it is changed, and to what; undefined takes the place away, and the empty pointer is all of it. */
  change: [pointer: string, value: Json | undefined];
  /** Where the problem is, if not where the change is. */
  found?: string;
}
