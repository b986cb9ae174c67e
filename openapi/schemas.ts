import { isJsonObject, type Json, type JsonObject, objectAt } from "./json.ts";
import { jsonPointer, resolvePointer, walk } from "./json-pointer.ts";
import type { OpenApiDocument } from "./openapi-document.ts";

export interface SchemaNode {
  readonly schema: JsonObject;
  readonly segments: readonly (string | number)[];
}

/** Every schema of a document, those within others too. */
export function schemasOf(document: OpenApiDocument): SchemaNode[] {
  return schemaRoots(document).flatMap(({ schema, segments }) => schemaNodes(schema, segments));
}

/** The schemas of a document that are no part of another one: models, and those of parameters, bodies, headers. */
function schemaRoots(document: OpenApiDocument): SchemaNode[] {
  return [...walk(document)].flatMap(({ segments, value }): SchemaNode[] => {
    const inModels = segments[0] === "components" && segments[1] === "schemas";
    const inPlace = inModels ? segments.length === 3 : isInlineSchema(segments);
    return inPlace && isJsonObject(value) ? [{ schema: value, segments }] : [];
  });
}

/** The schema of a parameter, header or media type; neither a property of that name, nor a part of an example. */
function isInlineSchema(segments: readonly (string | number)[]): boolean {
  const owner = segments.at(-3);
  const isOwned = owner === "parameters" || owner === "headers" || owner === "content";
  return segments.at(-1) === "schema" && isOwned && !segments.some(isSample);
}

function isSample(segment: string | number): boolean {
  return segment === "example" || segment === "examples" || String(segment).startsWith("x-");
}

/** A schema and those within it, so that a property named like a keyword is not taken for one. */
function schemaNodes(value: Json | undefined, segments: readonly (string | number)[]): SchemaNode[] {
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
