import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type Json, type JsonObject, objectAt, objectEntries } from "../../../openapi/json.ts";
import { jsonPointer, resolvePointer } from "../../../openapi/json-pointer.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import type { DomainDocument } from "./domain-documents.ts";

export interface UpdatedDocument {
  readonly document: OpenApiDocument;
  /** Pointers to what was not as the domain says. */
  readonly changed: readonly string[];
  /** Operations of the domain that the document has not, which is its owner's choice. */
  readonly withoutOperations: readonly string[];
}

/** A document with what the domain determines in place of what it says there; everything else stays. */
export function updateDocument(
  existing: OpenApiDocument,
  { document: wanted, determined }: DomainDocument,
): UpdatedDocument {
  const applicable = determined.filter((pointer) => isApplicable(existing, pointer));
  const wantedAt = (pointer: string): Json => resolvePointer(wanted, pointer) ?? null;
  const updated = applicable.reduce<JsonObject>(
    (document, pointer) => replaceAt(document, pointer, wantedAt(pointer)),
    existing,
  );
  return {
    document: { ...updated, openapi: existing.openapi, paths: objectAt(updated, "paths") },
    changed: applicable.flatMap((pointer) =>
      differences(resolvePointer(existing, pointer), wantedAt(pointer), pointer),
    ),
    withoutOperations: operationNames(wanted).filter((name) => !operationNames(existing).includes(name)),
  };
}

/** Models are added; what belongs to an operation needs the operation. */
function isApplicable(existing: OpenApiDocument, pointer: string): boolean {
  if (!pointer.startsWith("/paths/")) return true;
  const operation = pointer.split("/").slice(0, 4).join("/");
  return isJsonObject(resolvePointer(existing, operation));
}

function replaceAt(parent: JsonObject, pointer: string, value: Json): JsonObject {
  const [key = "", ...rest] = pointer
    .slice(1)
    .split("/")
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
  if (rest.length === 0) return { ...parent, [key]: value };
  const child = parent[key];
  return { ...parent, [key]: replaceAt(isJsonObject(child) ? child : {}, jsonPointer(...rest), value) };
}

/** The innermost places that differ; a list differs as a whole. */
function differences(before: Json | undefined, after: Json | undefined, pointer: string): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isJsonObject(before) || !isJsonObject(after)) return [pointer];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => differences(before[key], after[key], pointer + jsonPointer(key)));
}

function operationNames(document: OpenApiDocument): string[] {
  return objectEntries(document, "paths").flatMap(([path, item]) =>
    objectEntries({ item }, "item").map(([method]) => `${method.toUpperCase()} ${path}`),
  );
}
