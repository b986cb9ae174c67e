import { isJsonObject, type Json } from "./json.ts";
import type { OpenApiDocument } from "./openapi-document.ts";

/** Keys that a reader looks for first; all others follow alphabetically. */
const leadingKeys = [
  "openapi",
  "info",
  "title",
  "name",
  "in",
  "$ref",
  "description",
  "version",
  "type",
  "paths",
];

const ranks = new Map(leadingKeys.map((key, rank) => [key, rank]));

/**
 * The one text of a document that lies in `specs/`: keys in a fixed order, two blanks of indentation, a final
 * newline. Arrays keep their order, which has a meaning in parameters.
 */
export function formatDocument(document: OpenApiDocument): string {
  return `${JSON.stringify(orderKeys(document), null, 2)}\n`;
}

function orderKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(orderKeys);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1))
      .map(([key, entry]) => [key, orderKeys(entry)]),
  );
}

function rankOf(key: string): number {
  return ranks.get(key) ?? ranks.size;
}
