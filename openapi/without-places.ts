import { isJsonObject, type Json } from "./json.ts";
import { jsonPointer } from "./json-pointer.ts";
import type { OpenApiDocument } from "./openapi-document.ts";

/** A copy of a document without the entries that the pointers name. */
export function withoutPlaces(
  document: OpenApiDocument,
  places: readonly { readonly pointer: string }[],
): OpenApiDocument {
  const left = new Set(places.map(({ pointer }) => pointer));
  return copyWithout(document, "", left) as OpenApiDocument;
}

function copyWithout(value: Json, pointer: string, left: ReadonlySet<string>): Json {
  if (Array.isArray(value)) {
    return value.map((entry, index) => copyWithout(entry, `${pointer}${jsonPointer(index)}`, left));
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, entry]): [string, Json][] => {
      const at = `${pointer}${jsonPointer(key)}`;
      return left.has(at) ? [] : [[key, copyWithout(entry, at, left)]];
    }),
  );
}
