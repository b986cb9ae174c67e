import { walkPlaces } from "../document-places.ts";
import { type Json, type JsonObject, objectAt } from "../json.ts";

const prefix = "#/components/schemas/";

/** A schema may stand in several places, and hold others that do: what comes of it has to end. */
const MAX_COPIED_VALUES = 100_000;

export interface GeneratedModels {
  /** By the names that API Gateway made up. */
  readonly models: ReadonlyMap<string, Json>;
  /** Those that something outside of them needs, in an order that names and key order have no part in. */
  readonly used: readonly string[];
  /** Those that can't stand inside an operation: they refer to themselves, or would be copied without measure. */
  readonly recursive: ReadonlySet<string>;
}

interface Reference {
  readonly pointer: string;
  readonly name: string;
  /** It names a part of the model, not all of it. */
  readonly isPart: boolean;
}

/** The models of a document that API Gateway named, and how they are used. */
export function findGeneratedModels(document: JsonObject): GeneratedModels {
  const schemas = objectAt(objectAt(document, "components"), "schemas");
  const models = new Map(Object.entries(schemas).filter(([name]) => /^MODEL[0-9a-f]{6}$/.test(name)));
  if (models.size === 0) return { models, used: [], recursive: new Set() };
  const within = new Map([...models].map(([name, model]) => [name, referencesIn(model, "schema", models)]));
  const own = [...models.keys()].map((name) => `/components/schemas/${name}/`);
  const outside = referencesIn(document, "document", models).filter(
    ({ pointer }) => !own.some((place) => pointer.startsWith(place)),
  );
  const used = reachable(outside, within);
  const recursive = used.filter((name) => reachable(within.get(name) ?? [], within).includes(name));
  const parts = [...outside, ...[...within.values()].flat()].flatMap(({ name, isPart }) =>
    isPart ? [name] : [],
  );
  const single = new Set([...recursive, ...parts]);
  const isTooMuch = copiedValues(outside, { models, within, single }) > MAX_COPIED_VALUES;
  return { models, used, recursive: isTooMuch ? new Set(used) : single };
}

export function referenceTo(name: string): string {
  return prefix + name;
}

/** The name of the model that a reference names, and the path behind it; undefined where it is none of those. */
export function readReference(reference: Json, models: ReadonlyMap<string, unknown>) {
  if (typeof reference !== "string" || !reference.startsWith(prefix)) return undefined;
  const [name = "", ...path] = reference.slice(prefix.length).split("/");
  return models.has(name) ? { name, path } : undefined;
}

function referencesIn(
  value: Json,
  kind: "schema" | "document",
  models: ReadonlyMap<string, Json>,
): Reference[] {
  const found = [...walkPlaces(value, kind)].flatMap(({ value, place }): Reference[] => {
    const target = place.kind === "reference" ? readReference(value, models) : undefined;
    return target ? [{ pointer: place.pointer, name: target.name, isPart: target.path.length > 0 }] : [];
  });
  return found.toSorted((a, b) => (a.pointer < b.pointer ? -1 : 1));
}

function reachable(from: readonly Reference[], within: ReadonlyMap<string, readonly Reference[]>): string[] {
  const found = new Set<string>();
  const waiting = from.map(({ name }) => name).reverse();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    waiting.push(...(within.get(name) ?? []).map((reference) => reference.name).reverse());
  }
  return [...found];
}

/** How many values all copies have together; each copy of a model holds copies of those that it refers to. */
function copiedValues(
  outside: readonly Reference[],
  all: {
    models: ReadonlyMap<string, Json>;
    within: ReadonlyMap<string, readonly Reference[]>;
    single: ReadonlySet<string>;
  },
): number {
  const sizes = new Map<string, number>();
  const sizeOf = (name: string): number => {
    if (all.single.has(name)) return 1;
    const known = sizes.get(name);
    if (known !== undefined) return known;
    const own = [...walkPlaces(all.models.get(name) ?? null, "schema")].length;
    const size = (all.within.get(name) ?? []).reduce((sum, reference) => sum + sizeOf(reference.name), own);
    sizes.set(name, size);
    return size;
  };
  return outside.reduce((sum, { name }) => sum + sizeOf(name), 0);
}
