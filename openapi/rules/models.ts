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
  why: "API Gateway refuses a model whose name is not alphanumeric.",
  link: importantNotes,
  check: (document) =>
    Object.keys(objectAt(objectAt(document, "components"), "schemas"))
      .filter((name) => !/^[A-Za-z0-9]+$/.test(name))
      .map((name) => ({
        pointer: jsonPointer("components", "schemas", name),
        message: `"${name}" is not alphanumeric; rename it`,
      })),
};

export const modelKeyword: Rule = {
  id: "model-keyword",
  severity: "warning",
  why: "API Gateway ignores schema keywords that its models don't know: what they say is not checked.",
  link: importantNotes,
  check: (document) =>
    schemasOf(document).flatMap(({ schema, segments }) =>
      ignoredKeywords(schema).map(([key, value]) => ({
        pointer: jsonPointer(...segments, key),
        message: keptKeywords.has(key)
          ? `API Gateway does not check "${key}"; leave that to what stands behind`
          : `API Gateway ignores "${key}${key === "format" ? `: ${value}` : ""}"; remove it, --fix does`,
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
  why: "API Gateway has no oneOf in SDKs and in Swagger 2: a client that is generated from it does not know the choice.",
  link: importantNotes,
  check: (document) =>
    schemasOf(document)
      .filter(({ schema }) => "oneOf" in schema)
      .map(({ segments }) => ({
        pointer: jsonPointer(...segments, "oneOf"),
        message: "is not in SDKs that API Gateway generates; use anyOf, or take no SDK of it",
      })),
};

export const modelNull: Rule = {
  id: "model-null",
  severity: "warning",
  why: "OpenAPI 3.0 has no type null and one type for each schema: API Gateway's models lose what else is written.",
  link: "https://spec.openapis.org/oas/v3.0.3.html#data-types",
  check: (document) =>
    schemasOf(document)
      .filter(({ schema: { type } }) => type === "null" || Array.isArray(type))
      .map(({ schema, segments }) => ({
        pointer: jsonPointer(...segments, "type"),
        message: `${JSON.stringify(schema["type"])} is no type of OpenAPI 3.0; write one type, and leave the value out instead of null`,
      })),
};

const primitives: ReadonlySet<Json | undefined> = new Set(["boolean", "integer", "number", "string"]);

export const responseModel: Rule = {
  id: "response-model",
  severity: "warning",
  why: "API Gateway has no model for an answer whose schema is a primitive type in place.",
  link: importantNotes,
  check: (document) =>
    operationsOf(document).flatMap(({ pointer, value }) =>
      objectEntries(value, "responses").flatMap(([status, response]) =>
        objectEntries(response, "content")
          .filter(([, media]) => primitives.has(objectAt(media, "schema")["type"]))
          .map(([mediaType]) => ({
            pointer: `${pointer}${jsonPointer("responses", status, "content", mediaType, "schema")}`,
            message: "is a primitive type; make it a model in components.schemas, and refer to that",
          })),
      ),
    ),
};

export const unresolvedRef: Rule = {
  id: "unresolved-ref",
  why: "API Gateway refuses a reference that leads nowhere or out of the document.",
  link: importantNotes,
  check: (document) =>
    [...walk(document)].flatMap(({ pointer, segments, value }): Finding[] => {
      // A property named $ref has a schema, not a text.
      if (segments.at(-1) !== "$ref" || typeof value !== "string") return [];
      if (value.startsWith("#") && resolvePointer(document, value.slice(1)) !== undefined) return [];
      return [{ pointer, message: `"${value}" is not in this document; correct it or add what it names` }];
    }),
};
