export type Json = null | boolean | number | string | Json[] | JsonObject;

export interface JsonObject {
  [key: string]: Json;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object below a key, or an empty one where there is none. */
export function objectAt(parent: JsonObject, key: string): JsonObject {
  const value = Object.hasOwn(parent, key) ? parent[key] : undefined;
  return isJsonObject(value) ? value : {};
}

/** The entries of the object below a key whose values are objects themselves. */
export function objectEntries(parent: JsonObject, key: string): [string, JsonObject][] {
  return Object.entries(objectAt(parent, key)).filter((entry): entry is [string, JsonObject] =>
    isJsonObject(entry[1]),
  );
}

/** The entries of the object below a key whose values are strings. */
export function stringEntries(parent: JsonObject, key: string): [string, string][] {
  return Object.entries(objectAt(parent, key)).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
}

export function stringAt(parent: JsonObject, key: string): string | undefined {
  const value = Object.hasOwn(parent, key) ? parent[key] : undefined;
  return typeof value === "string" ? value : undefined;
}

export function stringsAt(parent: JsonObject, key: string): string[] {
  const value = parent[key];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}
