import type { ApiRequest } from "../../emulator/api-gateway/messages.ts";
import { isJsonObject, type JsonObject, objectAt } from "../../openapi/json.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import type { Operation } from "../../openapi/operations.ts";

type Parameters = Readonly<Record<string, string>>;

interface Sample {
  readonly headers?: Parameters;
  readonly query?: Parameters;
  readonly body?: string;
}

/** A request to an operation with everything in it that is required, and what else is given. */
export function sampleRequest(
  document: OpenApiDocument,
  operation: Operation,
  { headers = {}, query = {}, body }: Sample = {},
): ApiRequest {
  const path = operation.path.replaceAll(/\{[^}]*\+\}/g, "a/b").replaceAll(/\{[^}]*\}/g, "7");
  const required = requiredParameters(document, operation);
  const search = new URLSearchParams({ ...required("query"), ...query }).toString();
  const isAny = operation.method === "x-amazon-apigateway-any-method";
  const [mediaType] = Object.keys(objectAt(objectAt(operation.value, "requestBody"), "content"));
  return {
    method: isAny ? "GET" : operation.method.toUpperCase(),
    target: search === "" ? path : `${path}?${search}`,
    headers: Object.entries({
      ...(mediaType !== undefined && { "Content-Type": mediaType }),
      ...required("header"),
      ...headers,
    }),
    body: Buffer.from(body ?? (mediaType === undefined ? "" : "{}")),
    sourceIp: "10.0.0.1",
  };
}

function requiredParameters(document: OpenApiDocument, { path, value }: Operation) {
  const parameters = [objectAt(objectAt(document, "paths"), path), value]
    .flatMap((owner) => owner["parameters"] ?? [])
    .filter((entry): entry is JsonObject => isJsonObject(entry) && entry["required"] === true);
  return (place: string) =>
    Object.fromEntries(
      parameters.filter((entry) => entry["in"] === place).map((entry) => [String(entry["name"]), "7"]),
    );
}
