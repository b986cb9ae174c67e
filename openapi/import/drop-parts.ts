import { isJsonObject, type Json, type JsonObject, objectAt } from "../json.ts";
import { jsonPointer, walk } from "../json-pointer.ts";

/** Something that an export has and the canonical document has not. */
export interface Dropped {
  readonly pointer: string;
  readonly why: string;
}

const ownedByStack = "the stack supplies it";

const topParts: Readonly<Record<string, string>> = {
  servers: ownedByStack,
  host: ownedByStack,
  basePath: "the environment names the stage",
  schemes: ownedByStack,
  "x-amazon-apigateway-policy": ownedByStack,
  "x-amazon-apigateway-endpoint-configuration": ownedByStack,
};

/** The document without what belongs to one environment or says nothing, and a list of that. */
export function dropParts(document: JsonObject): { document: JsonObject; dropped: Dropped[] } {
  const steps = [dropTop, dropServers, dropTags, dropCacheNamespaces, dropEmptyModel];
  return steps.reduce(
    (before, step) => {
      const after = step(before.document);
      return { document: after.document, dropped: [...before.dropped, ...after.dropped] };
    },
    { document, dropped: [] as Dropped[] },
  );
}

type Step = (document: JsonObject) => { document: JsonObject; dropped: Dropped[] };

const dropTop: Step = (document) =>
  remove(document, (pointer, key) => {
    const why = pointer === jsonPointer(key) ? topParts[key] : undefined;
    return why;
  });

/** Servers may also stand in a path or an operation. */
const dropServers: Step = (document) =>
  remove(document, (pointer, key) => {
    const segments = pointer.split("/").slice(1);
    const isPlace = segments[0] === "paths" && (segments.length === 3 || segments.length === 4);
    return key === "servers" && isPlace ? ownedByStack : undefined;
  });

/** Those that API Gateway has for the API itself; tags of operations are OpenAPI's own. */
const dropTags: Step = (document) => {
  const tags = document["tags"];
  if (!Array.isArray(tags)) return { document, dropped: [] };
  const isAwsTag = (tag: Json) => isJsonObject(tag) && "x-amazon-apigateway-tag-value" in tag;
  const kept = tags.filter((tag) => !isAwsTag(tag));
  const dropped = tags.flatMap((tag, index) =>
    isAwsTag(tag) ? [{ pointer: jsonPointer("tags", index), why: ownedByStack }] : [],
  );
  const { tags: _, ...rest } = document;
  return { document: kept.length > 0 ? { ...rest, tags: kept } : rest, dropped };
};

/**
 * A cache namespace that is the id of a resource, as API Gateway fills it in: without it, it fills it in again. One
 * that methods of several paths share is a choice, and stays.
 */
const dropCacheNamespaces: Step = (document) => {
  const paths = new Map<string, Set<string>>();
  for (const { segments, value } of walk(document)) {
    if (segments.at(-1) !== "cacheNamespace" || typeof value !== "string") continue;
    paths.set(value, (paths.get(value) ?? new Set()).add(String(segments[1])));
  }
  return remove(document, (_, key, value) => {
    const isId = key === "cacheNamespace" && typeof value === "string" && /^[a-z0-9]{6,10}$/.test(value);
    return isId && paths.get(value)?.size === 1 ? "API Gateway fills in the resource's id again" : undefined;
  });
};

/** API Gateway's own model for "anything", where nothing refers to it. */
const dropEmptyModel: Step = (document) => {
  const pointer = jsonPointer("components", "schemas", "Empty");
  const schemas = objectAt(objectAt(document, "components"), "schemas");
  const empty = objectAt(schemas, "Empty");
  const isOwn = Object.keys(empty).every((key) => key === "type" || key === "title");
  const isUsed = [...walk(document)].some(
    ({ segments, value }) => segments.at(-1) === "$ref" && value === `#${pointer}`,
  );
  if (!("Empty" in schemas) || !isOwn || isUsed) return { document, dropped: [] };
  return remove(document, (at) => (at === pointer ? "nothing refers to it" : undefined));
};

/** Takes out every entry of an object for which there is a reason, and what gets empty above a model. */
function remove(
  document: JsonObject,
  reason: (pointer: string, key: string, value: Json) => string | undefined,
): { document: JsonObject; dropped: Dropped[] } {
  const dropped: Dropped[] = [];
  const visit = (value: Json, pointer: string): Json => {
    if (Array.isArray(value)) return value.map((entry, index) => visit(entry, pointer + jsonPointer(index)));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, entry]): [string, Json][] => {
        const at = pointer + jsonPointer(key);
        const why = reason(at, key, entry);
        if (why === undefined) return [[key, visit(entry, at)]];
        dropped.push({ pointer: at, why });
        return [];
      }),
    );
  };
  const kept = visit(document, "") as JsonObject;
  return { document: dropped.length > 0 ? withoutEmptyComponents(kept) : kept, dropped };
}

function withoutEmptyComponents(document: JsonObject): JsonObject {
  const { components, ...rest } = document;
  if (!isJsonObject(components)) return document;
  const filled = Object.entries(components).filter(
    ([, value]) => !isJsonObject(value) || Object.keys(value).length > 0,
  );
  return filled.length > 0 ? { ...rest, components: Object.fromEntries(filled) } : rest;
}
