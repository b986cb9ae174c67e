import { isPair, isScalar, isSeq, type ParsedNode, parseDocument, visit } from "yaml";
import { isJsonObject } from "../json.ts";
import { jsonPointer } from "../json-pointer.ts";
import { MAX_NESTING, tooDeep } from "../json-text.ts";
import type { Problem } from "../openapi-document.ts";

/** Far more than any export holds: aliases that stand for aliases make billions of a page of text. */
const MAX_VALUES = 1_000_000;

/** Nobody corrects more at once. */
const MAX_FAULTS = 50;

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
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) return { value: undefined, problems: explainAll(faults) };
  const lost = lostZeros(document);
  if (lost.length > 0) return { value: undefined, problems: lost };
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

/** An account id without quotes is a number to YAML, which has no zeros at its beginning. */
function lostZeros(document: ReturnType<typeof parseDocument>): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Scalar(key, { value, source }, ancestors) {
      if (key === "key" || typeof value !== "number" || !/^[-+]?0\d/.test(source ?? "")) return;
      const pointer = jsonPointer(...waysTo([...ancestors, key]));
      const message = `${source} without quotes is the number ${value}; put it in quotes`;
      problems.push({ rule: "export-text", pointer, message });
    },
  });
  return problems.slice(0, MAX_FAULTS);
}

/** The keys and indices that lead through nodes, each of which holds the next; at the end stands an index, or a role in a pair. */
function waysTo(nodes: readonly unknown[]): (string | number)[] {
  return nodes.flatMap((node, index): (string | number)[] => {
    const next = nodes[index + 1];
    if (isPair(node)) return [String(isScalar(node.key) ? node.key.value : node.key)];
    return isSeq(node) ? [typeof next === "number" ? next : node.items.indexOf(next)] : [];
  });
}

interface Fault {
  readonly code: string;
  readonly message: string;
}

/** Of what leaves the rest readable all of it, else the first: what follows from it helps nobody. */
function explainAll(faults: readonly Fault[]): Problem[] {
  const single = faults.find(({ code }) => code !== "DUPLICATE_KEY" && code !== "TAG_RESOLVE_FAILED");
  if (single?.code === "RESOURCE_EXHAUSTION") return [tooDeep("")];
  return (single ? [single] : faults.slice(0, MAX_FAULTS)).map(explain);
}

function explain({ code, message }: Fault): Problem {
  const [first = ""] = message.split("\n");
  const advice: Readonly<Record<string, string>> = {
    MULTIPLE_DOCS: "the file has several YAML documents; keep only the export",
    TAG_RESOLVE_FAILED: `${first} exports have no tags such as !Sub; write the value instead`,
    DUPLICATE_KEY: `${first} remove one of them: 200 and "200" are also the same key`,
  };
  return { rule: "export-text", pointer: "", message: advice[code] ?? first };
}

/** An alias inside its own anchor has no end, and is found by its depth. */
function boundProblems(root: unknown): Problem[] {
  const waiting = [{ value: root, path: [] as readonly (string | number)[] }];
  for (let count = 0, node = waiting.pop(); node !== undefined; node = waiting.pop(), count += 1) {
    const { value, path } = node;
    if (path.length > MAX_NESTING) return [tooDeep(jsonPointer(...path.slice(0, 8)))];
    if (count > MAX_VALUES)
      return failed(`its aliases expand to more than ${MAX_VALUES} values; remove aliases`).problems;
    if (typeof value === "number" && !Number.isFinite(value)) {
      return [
        {
          rule: "export-text",
          pointer: jsonPointer(...path),
          message: `JSON has no number ${value}; write another value`,
        },
      ];
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
