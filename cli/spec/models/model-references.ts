import { type Json, type JsonObject, objectAt } from "../../../openapi/json.ts";
import { jsonPointer, walk } from "../../../openapi/json-pointer.ts";

/** The models of a document, by name. */
export function modelsOf(document: JsonObject): JsonObject {
  return objectAt(objectAt(document, "components"), "schemas");
}

export function modelPointer(name: string): string {
  return jsonPointer("components", "schemas", name);
}

/** Whether anything but the model itself refers to it. */
export function isReferenced(document: JsonObject, name: string): boolean {
  const own = `${modelPointer(name)}/`;
  return [...walk(document)].some(
    ({ pointer, segments, value }) =>
      segments.at(-1) === "$ref" && value === `#${modelPointer(name)}` && !pointer.startsWith(own),
  );
}

/** Pointers to the models of a document to which values refer, and to which these models do. */
export function referencedModels(document: JsonObject, values: readonly Json[]): string[] {
  const found = new Set<string>();
  const waiting = [...values];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    const references = new Set([...walk(value)].map((node) => node.value));
    for (const [name, model] of Object.entries(modelsOf(document))) {
      const pointer = modelPointer(name);
      if (!references.has(`#${pointer}`) || found.has(pointer)) continue;
      found.add(pointer);
      waiting.push(model);
    }
  }
  return [...found];
}
