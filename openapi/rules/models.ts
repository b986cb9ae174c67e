import { isJsonObject, type Json, objectAt } from "../json.ts";
import { jsonPointer, resolvePointer, walk } from "../json-pointer.ts";
import type { OpenApiDocument } from "../openapi-document.ts";
import type { Finding, Rule } from "../rule.ts";

const importantNotes =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html";

const unsupported = new Set([
  "additionalProperties",
  "anyOf",
  "discriminator",
  "example",
  "exclusiveMinimum",
  "maxItems",
  "minItems",
  "oneOf",
  "readOnly",
]);

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
  why: "API Gateway refuses or ignores schema keywords that its models don't know.",
  link: importantNotes,
  check: (document) =>
    schemaRoots(document)
      .flatMap(({ schema, segments }) => schemaNodes(schema, segments))
      .flatMap(({ schema, segments }) =>
        Object.entries(schema)
          .filter(([key, value]) => unsupported.has(key) || (key === "format" && isSizedInteger(value)))
          .map(([key, value]) => ({
            pointer: jsonPointer(...segments, key),
            message: `API Gateway models have no "${key}${isSizedInteger(value) ? `: ${value}` : ""}"; remove it`,
          })),
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

function isSizedInteger(value: Json): boolean {
  return value === "int32" || value === "int64";
}

interface SchemaNode {
  schema: { [keyword: string]: Json };
  segments: (string | number)[];
}

/** The schemas of a document that are no part of another one: models, and those of parameters, bodies, headers. */
function schemaRoots(document: OpenApiDocument): SchemaNode[] {
  return [...walk(document)].flatMap(({ segments, value }): SchemaNode[] => {
    const inModels = segments[0] === "components" && segments[1] === "schemas";
    const inPlace = inModels ? segments.length === 3 : isInlineSchema(segments);
    return inPlace && isJsonObject(value) ? [{ schema: value, segments }] : [];
  });
}

function isInlineSchema(segments: (string | number)[]): boolean {
  return segments.at(-1) === "schema" && segments.at(-2) !== "properties";
}

/** A schema and those within it, so that a property named like a keyword is not taken for one. */
function schemaNodes(value: Json | undefined, segments: (string | number)[]): SchemaNode[] {
  if (!isJsonObject(value)) return [];
  const below = (...keys: (string | number)[]) =>
    schemaNodes(resolvePointer(value, jsonPointer(...keys)), [...segments, ...keys]);
  return [
    { schema: value, segments },
    ...Object.keys(objectAt(value, "properties")).flatMap((name) => below("properties", name)),
    ...["items", "not", "additionalProperties"].flatMap((key) => below(key)),
    ...["allOf", "anyOf", "oneOf"].flatMap((key) => {
      const branches = value[key];
      return Array.isArray(branches) ? branches.flatMap((_, index) => below(key, index)) : [];
    }),
  ];
}
