import { type Headers, headerOf } from "../messages.ts";

/** One way in which something is not as a vector says. */
export type Difference = string;

/** Compares with what a vector expects, and remembers the request id that it met first. */
export interface Comparison {
  text(where: string, expected: string, actual: string | undefined): void;
  bytes(where: string, expected: Buffer, actual: Buffer): void;
  /** Parsed JSON: the same, or with `subset` at least what is expected. */
  value(where: string, expected: unknown, actual: unknown, options?: { readonly subset: boolean }): void;
  headers(where: string, expected: Readonly<Record<string, string>>, actual: Headers): void;
  absent(where: string, names: readonly string[], actual: Headers): void;
  readonly differences: readonly Difference[];
}

const tokenPatterns: ReadonlyMap<string, string> = new Map([
  ["{{any}}", "[^]+"],
  ["{{ip}}", "(?:\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]+)"],
  ["{{clfTime}}", "\\d{2}/[A-Z][a-z]{2}/\\d{4}:\\d{2}:\\d{2}:\\d{2} \\+0000"],
  ["{{requestId}}", '(?<requestId>[^/\\s"]+)'],
]);

export function createComparison(): Comparison {
  const differences: Difference[] = [];
  let requestId: string | undefined;

  const note = (where: string, expected: unknown, actual: unknown) => {
    differences.push(`${where}: expected ${show(expected)}, got ${show(actual)}`);
  };

  const matches = (expected: string, actual: string): boolean => {
    const found = patternOf(expected).exec(actual);
    const seen = found?.groups?.["requestId"];
    if (seen !== undefined && requestId !== undefined && seen !== requestId) return false;
    requestId ??= seen;
    return found !== null;
  };

  const comparison: Comparison = {
    differences,
    text(where, expected, actual) {
      if (actual === undefined || !matches(expected, actual)) note(where, expected, actual);
    },
    bytes(where, expected, actual) {
      if (!expected.equals(actual)) note(where, expected, actual);
    },
    value(where, expected, actual, { subset } = { subset: false }) {
      if (expected === "{{epochMs}}") {
        if (typeof actual !== "number" || actual < 1e12) note(where, expected, actual);
      } else if (typeof expected === "string") {
        if (typeof actual !== "string" || !matches(expected, actual)) note(where, expected, actual);
      } else if (Array.isArray(expected)) {
        if (!Array.isArray(actual) || actual.length !== expected.length) note(where, expected, actual);
        else
          expected.forEach((item, index) => {
            comparison.value(`${where}[${index}]`, item, actual[index], { subset });
          });
      } else if (isObject(expected)) {
        if (!isObject(actual)) note(where, expected, actual);
        else compareObjects(where, expected, actual, subset);
      } else if (expected !== actual) note(where, expected, actual);
    },
    headers(where, expected, actual) {
      for (const [name, value] of Object.entries(expected)) {
        comparison.text(`${where}.${name}`, value, joinedHeader(actual, name));
      }
    },
    absent(where, names, actual) {
      for (const name of names) {
        const value = headerOf(actual, name);
        if (value !== undefined) note(`${where}.${name}`, undefined, value);
      }
    },
  };

  function compareObjects(
    where: string,
    expected: Readonly<Record<string, unknown>>,
    actual: Readonly<Record<string, unknown>>,
    subset: boolean,
  ) {
    for (const [key, value] of Object.entries(expected)) {
      comparison.value(`${where}.${key}`, value, actual[key], { subset });
    }
    const surplus = Object.keys(actual).filter((key) => !Object.hasOwn(expected, key));
    if (!subset && surplus.length > 0) note(where, undefined, surplus);
  }
  return comparison;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function patternOf(expected: string): RegExp {
  let named = false;
  const pattern = expected
    .split(/(\{\{[A-Za-z]+\}\})/)
    .map((part) => {
      const token = tokenPatterns.get(part);
      if (token === undefined) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      if (part !== "{{requestId}}") return token;
      const reference = named ? "\\k<requestId>" : token;
      named = true;
      return reference;
    })
    .join("");
  return new RegExp(`^${pattern}$`);
}

/** Several lines of one name count as one, joined. */
function joinedHeader(headers: Headers, name: string): string | undefined {
  const values = headers
    .filter(([candidate]) => candidate.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(", ");
}

function show(value: unknown): string {
  const text = Buffer.isBuffer(value) ? showBytes(value) : (JSON.stringify(value) ?? "nothing");
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** As text, where they are UTF-8. */
function showBytes(bytes: Buffer): string {
  const start = bytes.subarray(0, 120);
  const text = start.toString("utf8");
  const shown = text.includes("\uFFFD") ? start.toString("base64") : JSON.stringify(text);
  return `${bytes.length} bytes ${shown}`;
}
