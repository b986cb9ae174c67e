import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type Json, type JsonObject } from "../../../openapi/json.ts";
import { jsonPointer } from "../../../openapi/json-pointer.ts";

/** A place of a document that is not as the domain says. */
export interface Change {
  readonly pointer: string;
  readonly is: "missing" | "different" | "left over";
}

/** A document after a step that makes it as the domain says. */
export interface Changed {
  readonly document: JsonObject;
  readonly changes: readonly Change[];
}

/** The innermost places that differ; a list differs as a whole. */
export function differences(before: Json | undefined, after: Json | undefined, pointer: string): Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (before === undefined) return [{ pointer, is: "missing" }];
  if (after === undefined) return [{ pointer, is: "left over" }];
  if (!isJsonObject(before) || !isJsonObject(after)) return [{ pointer, is: "different" }];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => differences(before[key], after[key], pointer + jsonPointer(key)));
}
