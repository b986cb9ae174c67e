import { bindPlaceholders, type PlaceholderValues } from "../../../openapi/bind-placeholders.ts";
import type { ImportedDocument } from "../../../openapi/import/import-document.ts";
import { isJsonObject, type Json, type JsonObject } from "../../../openapi/json.ts";
import { jsonPointer } from "../../../openapi/json-pointer.ts";
import { listPlaceholders } from "../../../openapi/placeholders.ts";
import { comparable } from "./comparable.ts";

/**
 * The place where the document, with the old values of its placeholders, differs from its export (in OpenAPI 3.0) without the
 * parts that were left out. Undefined if they are equal.
 * @throws OpenApiError if it cannot be bound
 */
export function differenceWhenBound(original: JsonObject, imported: ImportedDocument): string | undefined {
  const bound = undoEscapes(bindPlaceholders(imported.document, valuesOf(imported)));
  const left = new Set(imported.dropped.map(({ pointer }) => pointer));
  return difference(comparable(original, left), comparable(bound as JsonObject, new Set()), "");
}

/** A placeholder that the export already had keeps its own text. A literal that is missing shows as a difference. */
function valuesOf({ document, literals, home }: ImportedDocument): PlaceholderValues {
  const known: Readonly<Record<string, string | undefined>> = {
    ...home,
    ...Object.fromEntries(literals.map(({ placeholder, text }) => [placeholder, text])),
  };
  return Object.fromEntries(
    [...listPlaceholders(document).keys()].map((name) => [name, known[name] ?? `{{${name}}}`]),
  );
}

/** The body after Terraform has read it. */
function undoEscapes(value: Json): Json {
  if (typeof value === "string") return value.replaceAll("$${", () => "${").replaceAll("%%{", "%{");
  if (Array.isArray(value)) return value.map(undoEscapes);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [String(undoEscapes(key)), undoEscapes(entry)]),
  );
}

/** The pointer of the first place at which two values differ, whatever the order of their keys. */
function difference(a: Json | undefined, b: Json | undefined, pointer: string): string | undefined {
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
    return firstOf(a.map((entry, index) => () => difference(entry, b[index], pointer + jsonPointer(index))));
  }
  if (isJsonObject(a) && isJsonObject(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return firstOf(keys.map((key) => () => difference(own(a, key), own(b, key), pointer + jsonPointer(key))));
  }
  return a === b ? undefined : pointer || "(document)";
}

function own(parent: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(parent, key) ? parent[key] : undefined;
}

function firstOf(asks: readonly (() => string | undefined)[]): string | undefined {
  for (const ask of asks) {
    const answer = ask();
    if (answer !== undefined) return answer;
  }
  return undefined;
}
