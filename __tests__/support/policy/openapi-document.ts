import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import {
  binaryMediaTypesOf,
  type IntegratedOperation,
  integratedOperations,
} from "../../../openapi/operations.ts";
import type { StateResource } from "../deployment.ts";
import { parseJson } from "./state.ts";

const S3_OBJECT = /^arn:[^:]+:apigateway:[^:]+:s3:path\/([^/{]+)\/(.+)$/;
const LAMBDA_FUNCTION = /^arn:[^:]+:apigateway:[^:]+:lambda:path\/[^/]+\/functions\/([^/]+)\/invocations$/;

/** The document that an API was imported from, if its body is one. */
export function documentOf({ values }: StateResource): OpenApiDocument | undefined {
  const document = parseJson(values["body"]);
  return document?.openapi?.startsWith("3.0") && document.paths ? document : undefined;
}

export function isBinary(api: StateResource): boolean {
  const document = documentOf(api);
  return document !== undefined && binaryMediaTypesOf(document).includes("*/*");
}

/** The operations of an API that have an integration; none where the body is no document. */
export function operationsOf(api: StateResource): IntegratedOperation[] {
  const document = documentOf(api);
  return document ? integratedOperations(document) : [];
}

/** The operations whose backend is S3 itself. */
export function s3Operations(api: StateResource): IntegratedOperation[] {
  return operationsOf(api).filter(({ integration }) => integration.uri.includes(":s3:path/"));
}

/** Those that write. */
export function s3Writes(api: StateResource): IntegratedOperation[] {
  return s3Operations(api).filter((operation) => !isRead(operation));
}

/** Whether it asks S3 for an object, or for its headers alone. */
export function isRead({ integration }: IntegratedOperation): boolean {
  return ["GET", "HEAD"].includes(String(integration.value["httpMethod"]));
}

/** Bucket and key that an S3 integration names, if the bucket is a constant. */
export function s3ObjectOf({ integration }: IntegratedOperation) {
  const [, bucket, key] = S3_OBJECT.exec(integration.uri) ?? [];
  return bucket && key ? { bucket, key } : undefined;
}

/** ARN of the function that an integration invokes. */
export function functionOf({ integration }: IntegratedOperation): string | undefined {
  return LAMBDA_FUNCTION.exec(integration.uri)?.[1];
}

/** What an integration sends to its backend in a header, whatever the spelling of the header's name. */
export function sentHeaders({ integration }: IntegratedOperation): Map<string, string> {
  const prefix = "integration.request.header.";
  return new Map(
    integration.requestParameters
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name, source }) => [name.slice(prefix.length).toLowerCase(), source]),
  );
}
