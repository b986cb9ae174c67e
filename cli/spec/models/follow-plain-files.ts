import { isJsonObject, type JsonObject } from "../../../openapi/json.ts";
import { resolvePointer } from "../../../openapi/json-pointer.ts";
import { methods } from "../../../openapi/methods.ts";
import type { Changed } from "./change.ts";
import type { DomainDocument } from "./domain-documents.ts";
import { parentOf, removeAt, setAt } from "./edit-at.ts";
import { referencedModels } from "./model-references.ts";

/**
 * A document with all parts of plain files, or with none of them: an operation that nothing stands behind accepts what is
 * rejected later, unseen. What is there stays as its owner wants it.
 */
export function followPlainFiles(
  document: JsonObject,
  { document: wanted, ofPlainFiles }: DomainDocument,
): Changed {
  const isIn = (whole: JsonObject, pointer: string) => resolvePointer(whole, pointer) !== undefined;
  const parts = ofPlainFiles.parts.filter(
    (pointer) => isIn(wanted, pointer) && !isIn(document, pointer) && isPossible(document, pointer),
  );
  const models = referencedModels(wanted, valuesAt(wanted, parts));
  const missing = [...parts, ...models.filter((pointer) => !isIn(document, pointer))];
  const leftOver = ofPlainFiles.parts.filter((pointer) => !isIn(wanted, pointer) && isIn(document, pointer));
  const added = missing.reduce(
    (whole, pointer) => setAt(whole, pointer, resolvePointer(wanted, pointer) ?? null),
    document,
  );
  return {
    document: leftOver.reduce(removePart, added),
    changes: [
      ...missing.map((pointer) => ({ pointer, is: "missing" as const })),
      ...leftOver.map((pointer) => ({ pointer, is: "left over" as const })),
    ],
  };
}

/** An operation needs nothing around it; a property needs its model. */
function isPossible(document: JsonObject, pointer: string): boolean {
  return pointer.startsWith("/paths/") || isJsonObject(resolvePointer(document, parentOf(pointer)));
}

function valuesAt(document: JsonObject, pointers: readonly string[]) {
  return pointers.flatMap((pointer) => resolvePointer(document, pointer) ?? []);
}

/** With its path, if no operation is left there. */
function removePart(document: JsonObject, pointer: string): JsonObject {
  const without = removeAt(document, pointer);
  if (!pointer.startsWith("/paths/")) return without;
  const path = resolvePointer(without, parentOf(pointer));
  const isEmpty = isJsonObject(path) && !methods.some((method) => path[method] !== undefined);
  return isEmpty ? removeAt(without, parentOf(pointer)) : without;
}
