import { isScalar, type ParsedNode, parseDocument } from "yaml";
import { isJsonObject } from "../json.ts";
import { jsonPointer } from "../json-pointer.ts";
import { MAX_NESTING, tooDeep } from "../json-text.ts";
import type { Problem } from "../openapi-document.ts";

/** Far more than any export holds: aliases that stand for aliases make billions of a page of text. */
const MAX_VALUES = 1_000_000;

/**
 * The value of a YAML text, or why it is none that JSON could hold as well. Anchors and merge keys (`<<`) are
 * resolved; what they make is bounded.
 */
export function readYaml(text: string): { value: unknown; problems: Problem[] } {
  const document = parseDocument<ParsedNode>(text, {
    merge: true,
    resolveKnownTags: false,
    uniqueKeys: (a, b) => isScalar(a) && isScalar(b) && String(a.value) === String(b.value),
  });
  const [fault] = [...document.errors, ...document.warnings];
  if (fault) return failed(explain(fault.code, fault.message.split("\n")[0] ?? ""));
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_VALUES });
    return { value, problems: boundProblems(value) };
  } catch (error) {
    // An alias without an anchor, and aliases of aliases without end, show only here.
    return failed(error instanceof Error ? error.message : String(error));
  }
}

function failed(message: string): { value: unknown; problems: Problem[] } {
  return { value: undefined, problems: [{ rule: "export-text", pointer: "", message }] };
}

function explain(code: string, message: string): string {
  if (code === "MULTIPLE_DOCS") return "several YAML documents stand in it; leave the one that is the export";
  if (code === "TAG_RESOLVE_FAILED")
    return `${message} tags such as !Sub are no part of an export; write the value`;
  if (code === "DUPLICATE_KEY") return `${message} 200 and "200" are one key; remove one`;
  return message;
}

/** An alias inside its own anchor has no end, and is found by its depth. */
function boundProblems(root: unknown): Problem[] {
  const waiting = [{ value: root, path: [] as readonly (string | number)[] }];
  for (let count = 0, node = waiting.pop(); node !== undefined; node = waiting.pop(), count += 1) {
    const { value, path } = node;
    if (path.length > MAX_NESTING) return [tooDeep(jsonPointer(...path.slice(0, 8)))];
    if (count > MAX_VALUES) return failed(`its aliases make more than ${MAX_VALUES} values`).problems;
    if (typeof value === "number" && !Number.isFinite(value)) {
      return [{ rule: "export-text", pointer: jsonPointer(...path), message: `JSON has no number ${value}` }];
    }
    const entries = Array.isArray(value)
      ? [...value.entries()]
      : isJsonObject(value)
        ? Object.entries(value)
        : [];
    for (const [key, child] of entries) waiting.push({ value: child, path: [...path, key] });
  }
  return [];
}
