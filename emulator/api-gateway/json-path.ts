import { JSONPath } from "jsonpath-plus";

/** What a JSONPath finds first, or undefined. Script expressions are not evaluated. */
export function findByJsonPath(json: unknown, path: string): unknown {
  if (path === "$") return json;
  if (typeof json !== "object" || json === null) return undefined;
  return JSONPath({ path, json, wrap: false, eval: false });
}
