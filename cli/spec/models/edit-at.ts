import { isJsonObject, type Json, type JsonObject, objectAt } from "../../../openapi/json.ts";

/** An object with another value at a JSON pointer; objects on the way are made. */
export function setAt(parent: JsonObject, pointer: string, value: Json): JsonObject {
  return set(parent, segmentsOf(pointer), value);
}

/** An object without what is at a JSON pointer. */
export function removeAt(parent: JsonObject, pointer: string): JsonObject {
  return remove(parent, segmentsOf(pointer));
}

/** What holds the value at a pointer. */
export function parentOf(pointer: string): string {
  return pointer.slice(0, pointer.lastIndexOf("/"));
}

function segmentsOf(pointer: string): string[] {
  return pointer
    .slice(1)
    .split("/")
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function set(parent: JsonObject, [key = "", ...rest]: readonly string[], value: Json): JsonObject {
  return { ...parent, [key]: rest.length === 0 ? value : set(objectAt(parent, key), rest, value) };
}

function remove(parent: JsonObject, [key = "", ...rest]: readonly string[]): JsonObject {
  const { [key]: value, ...others } = parent;
  if (rest.length === 0 || value === undefined) return others;
  return isJsonObject(value) ? { ...parent, [key]: remove(value, rest) } : parent;
}
