import { type Place, placeAt, placeBelow } from "../document-places.ts";
import { isJsonObject, type Json, type JsonObject } from "../json.ts";

/** Something that an export has and the canonical document has not. */
export interface Dropped {
  readonly pointer: string;
  readonly why: string;
}

export interface Kept {
  readonly document: JsonObject;
  readonly dropped: readonly Dropped[];
}

/** Why something is taken out; undefined where it stays. */
export type Reason = (value: Json, place: Place) => string | undefined;

/** Takes out everything for which there is a reason, and what gets empty by it among the components and tags. */
export function removeParts(document: JsonObject, reason: Reason): Kept {
  const dropped: Dropped[] = [];
  const visit = (value: Json, place: Place): Json => {
    if (Array.isArray(value)) return childrenOf([...value.entries()], place).map(([, entry]) => entry);
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(childrenOf(Object.entries(value), place));
  };
  const childrenOf = <Key extends string | number>(entries: [Key, Json][], place: Place) =>
    entries.flatMap(([key, entry]): [Key, Json][] => {
      const at = placeBelow(place, key);
      const why = reason(entry, at);
      if (why === undefined) return [[key, visit(entry, at)]];
      dropped.push({ pointer: at.pointer, why });
      return [];
    });
  const kept = visit(document, placeAt("document")) as JsonObject;
  return { document: dropped.length > 0 ? withoutEmptyParts(kept) : kept, dropped };
}

export function withoutEmptyParts(document: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(document).flatMap(([key, value]): [string, Json][] => {
      const isPart = key === "components" || key === "tags";
      if (!isPart) return [[key, value]];
      const left = Array.isArray(value) ? value : withoutEmptyObjects(value);
      return isEmpty(left) ? [] : [[key, left]];
    }),
  );
}

function withoutEmptyObjects(value: Json): Json {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => !isEmpty(entry)));
}

export function isEmpty(value: Json): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
