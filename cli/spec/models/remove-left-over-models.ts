import { isJsonObject, type Json, type JsonObject, stringAt } from "../../../openapi/json.ts";
import type { Changed } from "./change.ts";
import type { DomainDocument } from "./domain-documents.ts";
import { removeAt } from "./edit-at.ts";
import { isReferenced, modelPointer, modelsOf } from "./model-references.ts";
import { GENERATED } from "./record-models.ts";

/** A document without models that the command wrote, that the domain has no more, and to which nothing refers. */
export function removeLeftOverModels(document: JsonObject, made: DomainDocument): Changed {
  const wanted = modelsOf(made.document);
  const leftOver = Object.entries(modelsOf(document)).find(
    ([name, model]) =>
      !Object.hasOwn(wanted, name) &&
      (isGenerated(model) || made.ofPlainFiles.models.includes(name)) &&
      !isReferenced(document, name),
  );
  if (leftOver === undefined) return { document, changes: [] };
  const pointer = modelPointer(leftOver[0]);
  // One may have been all that referred to another.
  const rest = removeLeftOverModels(removeAt(document, pointer), made);
  return { document: rest.document, changes: [{ pointer, is: "left over" }, ...rest.changes] };
}

function isGenerated(model: Json): boolean {
  return isJsonObject(model) && stringAt(model, "description")?.includes(GENERATED) === true;
}
