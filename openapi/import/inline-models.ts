import { mapPlaces, type Place, placeAt } from "../document-places.ts";
import { isJsonObject, type Json, type JsonObject, objectAt } from "../json.ts";
import { jsonPointer } from "../json-pointer.ts";
import { findGeneratedModels, type GeneratedModels, readReference, referenceTo } from "./generated-models.ts";
import { type Dropped, type Kept, withoutEmptyParts } from "./remove-parts.ts";

/**
 * The document with schemas written in the operations that use them. API Gateway has stored each as a model with a generated
 * name, a different one in each API and after each import
 * (https://github.com/aws/aws-sdk/issues/468). A model that refers to itself can't stand inside an operation: it
 * stays, under a name that does not change.
 */
export function inlineGeneratedModels(document: JsonObject): Kept {
  const generated = findGeneratedModels(document);
  if (generated.models.size === 0) return { document, dropped: [] };
  const names = stableNames(generated, objectAt(objectAt(document, "components"), "schemas"));
  const kept = withoutEmptyParts(withModels(document, generated, names));
  return {
    document: replaceReferences(kept, generated, names),
    dropped: [...generated.models.keys()].map((name) => droppedModel(name, generated, names)),
  };
}

/** Model1, Model2 …, in the order of their use. */
function stableNames({ used, recursive }: GeneratedModels, schemas: JsonObject): Map<string, string> {
  const names = new Map<string, string>();
  let number = 0;
  for (const name of used.filter((each) => recursive.has(each))) {
    do number += 1;
    while (Object.hasOwn(schemas, `Model${number}`));
    names.set(name, `Model${number}`);
  }
  return names;
}

function droppedModel(name: string, { used }: GeneratedModels, names: ReadonlyMap<string, string>): Dropped {
  const pointer = jsonPointer("components", "schemas", name);
  if (!used.includes(name)) return { pointer, why: "nothing refers to it" };
  const stable = names.get(name);
  const now =
    stable === undefined ? "its schema is now written where it is used" : `it is now called ${stable}`;
  return { pointer, why: `API Gateway generated its name; ${now}` };
}

function withModels(
  document: JsonObject,
  { models }: GeneratedModels,
  names: ReadonlyMap<string, string>,
): JsonObject {
  const components = objectAt(document, "components");
  const schemas = Object.entries(objectAt(components, "schemas")).flatMap(
    ([name, schema]): [string, Json][] => {
      const kept = models.has(name) ? names.get(name) : name;
      return kept === undefined ? [] : [[kept, schema]];
    },
  );
  return { ...document, components: { ...components, schemas: Object.fromEntries(schemas) } };
}

function replaceReferences(
  document: JsonObject,
  { models }: GeneratedModels,
  names: ReadonlyMap<string, string>,
): JsonObject {
  const inlined = new Map<string, Json>();
  const schemaOf = (name: string): Json => {
    const schema = inlined.get(name) ?? mapPlaces(models.get(name) ?? {}, replace, placeAt("schema"));
    inlined.set(name, schema);
    return schema;
  };
  const replace = (value: Json, { kind }: Place): Json => {
    const target = kind === "reference" ? readReference(value, models) : undefined;
    const stable = names.get(target?.name ?? "");
    if (target && stable !== undefined) return referenceTo([stable, ...target.path].join("/"));
    if (kind !== "schema" || !isJsonObject(value)) return value;
    const whole = readReference(value["$ref"] ?? null, models);
    return whole ? schemaOf(whole.name) : value;
  };
  return mapPlaces(document, replace) as JsonObject;
}
