import { isJsonObject, type Json, type JsonObject, objectAt } from "../../../openapi/json.ts";
import { resolvePointer } from "../../../openapi/json-pointer.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { operationsOf } from "../../../openapi/operations.ts";
import { type Change, type Changed, differences } from "./change.ts";
import type { DomainDocument } from "./domain-documents.ts";
import { setAt } from "./edit-at.ts";
import { followCallers } from "./follow-callers.ts";
import { followPlainFiles } from "./follow-plain-files.ts";
import { removeLeftOverModels } from "./remove-left-over-models.ts";

export interface UpdatedDocument {
  readonly document: OpenApiDocument;
  /** What was not as the domain says. */
  readonly changes: readonly Change[];
  /** Operations of the domain that the document has not, which is its owner's choice. */
  readonly withoutOperations: readonly string[];
}

/** In this order: each makes what the next one looks at. */
const steps = [followPlainFiles, followCallers, replaceDetermined, removeLeftOverModels];

/** A document with what the domain determines in place of what it says there; everything else stays. */
export function updateDocument(existing: OpenApiDocument, made: DomainDocument): UpdatedDocument {
  const updated = steps.reduce<Changed>(
    ({ document, changes }, step) => {
      const next = step(document, made);
      return { document: next.document, changes: [...changes, ...next.changes] };
    },
    { document: existing, changes: [] },
  );
  const document = {
    ...updated.document,
    openapi: existing.openapi,
    paths: objectAt(updated.document, "paths"),
  };
  const operations = operationNames(document);
  return {
    document,
    changes: updated.changes,
    withoutOperations: operationNames(made.document).filter((name) => !operations.includes(name)),
  };
}

function replaceDetermined(document: JsonObject, { document: wanted, determined }: DomainDocument): Changed {
  const applicable = determined.filter((pointer) => isApplicable(document, pointer));
  const wantedAt = (pointer: string): Json => resolvePointer(wanted, pointer) ?? null;
  return {
    document: applicable.reduce((whole, pointer) => setAt(whole, pointer, wantedAt(pointer)), document),
    changes: applicable.flatMap((pointer) =>
      differences(resolvePointer(document, pointer), wantedAt(pointer), pointer),
    ),
  };
}

/** Models are added; what belongs to an operation needs the operation. */
function isApplicable(existing: JsonObject, pointer: string): boolean {
  if (!pointer.startsWith("/paths/")) return true;
  const operation = pointer.split("/").slice(0, 4).join("/");
  return isJsonObject(resolvePointer(existing, operation));
}

function operationNames(document: OpenApiDocument): string[] {
  return operationsOf(document).map(({ method, path }) => `${method.toUpperCase()} ${path}`);
}
