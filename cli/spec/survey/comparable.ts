import { isJsonObject, type Json, type JsonObject, objectAt, objectEntries } from "../../../openapi/json.ts";
import { jsonPointer } from "../../../openapi/json-pointer.ts";
import { mayBeLeftOut } from "./may-be-left-out.ts";

type Segments = readonly (string | number)[];

/**
 * A document in a form that is equal for equal APIs: without the parts that an import leaves out, with lists sorted if their
 * order has no meaning, and with API Gateway's generated models in place of their references.
 */
export function comparable(document: JsonObject, leftOut: ReadonlySet<string>): JsonObject {
  return withoutEmptied(sorted(kept(withGeneratedModels(document), leftOut)) as JsonObject);
}

function kept(value: Json, leftOut: ReadonlySet<string>, segments: Segments = []): Json {
  const entries = <K extends string | number>(of: [K, Json][]): [K, Json][] =>
    of
      .map(([key, entry]) => [key, entry, [...segments, key]] as const)
      .filter(([, entry, at]) => !(leftOut.has(jsonPointer(...at)) && mayBeLeftOut(at, entry)))
      .map(([key, entry, at]): [K, Json] => [key, kept(entry, leftOut, at)]);
  if (Array.isArray(value)) return entries([...value.entries()]).map(([, entry]) => entry);
  return isJsonObject(value) ? Object.fromEntries(entries(Object.entries(value))) : value;
}

function sorted(value: Json, segments: Segments = []): Json {
  if (Array.isArray(value)) {
    const entries = value.map((entry, index) => sorted(entry, [...segments, index]));
    return isUnordered(segments) ? entries.toSorted((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1)) : entries;
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, sorted(entry, [...segments, key])]),
  );
}

function isUnordered(segments: Segments): boolean {
  const [key, parent] = [segments.at(-1), segments.at(-2)];
  return (
    (key === "parameters" && segments[0] === "paths" && (segments.length === 3 || segments.length === 4)) ||
    (key === "cacheKeyParameters" && parent === "x-amazon-apigateway-integration") ||
    (key === "providerARNs" && parent === "x-amazon-apigateway-authorizer") ||
    (key === "x-amazon-apigateway-binary-media-types" && segments.length === 1)
  );
}

function rankOf(entry: Json): string {
  return isJsonObject(entry) ? JSON.stringify([entry["in"], entry["name"], entry["$ref"]]) : String(entry);
}

const generatedModel = /^#\/components\/schemas\/(MODEL[0-9a-f]{6})$/;

function withGeneratedModels(document: JsonObject): JsonObject {
  const models = new Map(
    objectEntries(objectAt(document, "components"), "schemas").filter(([name]) =>
      generatedModel.test(`#/components/schemas/${name}`),
    ),
  );
  if (models.size === 0) return document;
  const visit = (value: Json, within: readonly string[]): Json => {
    if (Array.isArray(value)) return value.map((entry) => visit(entry, within));
    if (!isJsonObject(value)) return value;
    const name = generatedModel.exec(String(value["$ref"]))?.[1] ?? "";
    const model = models.get(name);
    // A model that refers to itself stays a reference.
    if (model !== undefined && !within.includes(name)) return visit(model, [...within, name]);
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, visit(entry, within)]));
  };
  const { components, ...rest } = document;
  const schemas = Object.entries(objectAt(objectAt(document, "components"), "schemas"));
  const named = Object.fromEntries(schemas.filter(([name]) => !models.has(name)));
  return visit(
    { ...rest, components: { ...objectAt(document, "components"), schemas: named } },
    [],
  ) as JsonObject;
}

/** Without empty lists of tags and empty parts of components. */
function withoutEmptied({ components, tags, ...rest }: JsonObject): JsonObject {
  const parts = Object.entries(isJsonObject(components) ? components : {}).filter(
    ([, part]) => !isJsonObject(part) || Object.keys(part).length > 0,
  );
  return {
    ...rest,
    ...(Array.isArray(tags) && tags.length > 0 && { tags }),
    ...(parts.length > 0 && { components: Object.fromEntries(parts) }),
  };
}
