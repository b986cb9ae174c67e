import { type Json, type JsonObject, objectAt, objectEntries } from "../json.ts";
import { jsonPointer, resolvePointer, walk } from "../json-pointer.ts";
import { operationsOf } from "../operations.ts";
import type { Finding, Rule } from "../rule.ts";
import { schemasOf } from "../schemas.ts";
import { withoutPlaces } from "../without-places.ts";

const importantNotes =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html";

/** Keywords that API Gateway's notes name as unsupported. */
const unsupported = new Set([
  "default",
  "discriminator",
  "example",
  "exclusiveMinimum",
  "maxItems",
  "minItems",
  "nullable",
  "readOnly",
]);
/** Kept in a model, though API Gateway does not check them: others do. */
const keptKeywords = new Set(["maxItems", "minItems"]);
const unsupportedFormats: ReadonlySet<Json | undefined> = new Set(["int32", "int64", "decimal"]);

export const modelName: Rule = {
  id: "model-name",
  why: "API Gateway refuses a model name with other characters than letters and digits.",
  link: importantNotes,
  check: (document) =>
    Object.keys(objectAt(objectAt(document, "components"), "schemas"))
      .filter((name) => !/^[A-Za-z0-9]+$/.test(name))
      .map((name) => ({
        pointer: jsonPointer("components", "schemas", name),
        message: `"${name}" has other characters than letters and digits; rename the model`,
      })),
};

export const modelKeyword: Rule = {
  id: "model-keyword",
  severity: "warning",
  why: "API Gateway's models do not support these schema keywords. API Gateway does not check them.",
  link: importantNotes,
  check: (document) =>
    schemasOf(document).flatMap(({ schema, segments }) =>
      ignoredKeywords(schema).map(([key, value]) => ({
        pointer: jsonPointer(...segments, key),
        message: keptKeywords.has(key)
          ? `API Gateway does not check "${key}"; let the backend check it`
          : `API Gateway ignores "${key}${key === "format" ? `: ${value}` : ""}"; remove it, or run the lint with --fix`,
      })),
    ),
  fix: (document) =>
    withoutPlaces(
      document,
      modelKeyword
        .check(document)
        .filter(({ pointer }) => !keptKeywords.has(pointer.split("/").at(-1) ?? "")),
    ),
};

function ignoredKeywords(schema: JsonObject): [string, Json][] {
  return Object.entries(schema).filter(
    ([key, value]) => unsupported.has(key) || (key === "format" && unsupportedFormats.has(value)),
  );
}

export const modelOneOf: Rule = {
  id: "model-one-of",
  severity: "warning",
  why: "SDKs that API Gateway generates, and its Swagger 2 exports, do not contain oneOf. Such a client does not know the alternatives.",
  link: importantNotes,
  check: (document) =>
    schemasOf(document)
      .filter(({ schema }) => "oneOf" in schema)
      .map(({ segments }) => ({
        pointer: jsonPointer(...segments, "oneOf"),
        message:
          "oneOf is missing in the SDKs that API Gateway generates; use anyOf, or do not use such an SDK",
      })),
};

export const modelNull: Rule = {
  id: "model-null",
  severity: "warning",
  why: "A schema of OpenAPI 3.0 has exactly one type, and null is not a type. API Gateway's models lose everything else.",
  link: "https://spec.openapis.org/oas/v3.0.3.html#data-types",
  check: (document) =>
    schemasOf(document)
      .filter(({ schema: { type } }) => type === "null" || Array.isArray(type))
      .map(({ schema, segments }) => ({
        pointer: jsonPointer(...segments, "type"),
        message: `${JSON.stringify(schema["type"])} is not a type of OpenAPI 3.0; write one type, and omit a property instead of sending null`,
      })),
};

const primitives: ReadonlySet<Json | undefined> = new Set(["boolean", "integer", "number", "string"]);

export const responseModel: Rule = {
  id: "response-model",
  severity: "warning",
  why: "API Gateway creates no model for a response whose schema is a primitive type in place.",
  link: importantNotes,
  check: (document) =>
    operationsOf(document).flatMap(({ pointer, value }) =>
      objectEntries(value, "responses").flatMap(([status, response]) =>
        objectEntries(response, "content")
          .filter(([, media]) => primitives.has(objectAt(media, "schema")["type"]))
          .map(([mediaType]) => ({
            pointer: `${pointer}${jsonPointer("responses", status, "content", mediaType, "schema")}`,
            message:
              "this schema is a primitive type; move it to components.schemas, and refer to it with $ref",
          })),
      ),
    ),
};

export const unresolvedRef: Rule = {
  id: "unresolved-ref",
  why: "API Gateway refuses a reference if its target is missing or in another document.",
  link: importantNotes,
  check: (document) =>
    [...walk(document)].flatMap(({ pointer, segments, value }): Finding[] => {
      // A property named $ref has a schema, not a text.
      if (segments.at(-1) !== "$ref" || typeof value !== "string") return [];
      if (value.startsWith("#") && resolvePointer(document, value.slice(1)) !== undefined) return [];
      return [
        {
          pointer,
          message: `"${value}" does not exist in this document; correct the reference, or add its target`,
        },
      ];
    }),
};
