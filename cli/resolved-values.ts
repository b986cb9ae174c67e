import { fillIn, isRecord } from "../env/field-notes.ts";
import { environmentFields } from "../env/fields.ts";

export interface ResolvedValue {
  readonly path: string;
  readonly value: unknown;
  /** The environment's file, or "default: " and the reason of the default. */
  readonly origin: string;
}

/**
 * Every value of an environment, and its origin.
 * @param given the content of its file
 * @param resolved the content with all defaults
 */
export function resolvedValues(name: string, given: unknown, resolved: unknown): ResolvedValue[] {
  const reasons = new Map<string, string>();
  fillIn(environmentFields, given, (path, reason) => reasons.set(path, reason));
  const fromFile = `env/${name}.ts`;
  const list = (value: unknown, path: string, inherited: string): ResolvedValue[] => {
    const reason = reasons.get(path);
    const origin = reason === undefined ? inherited : `default: ${reason}`;
    const inside = entriesOf(value);
    if (inside.length === 0) return [{ path, value, origin }];
    return inside.flatMap(([key, each]) => list(each, join(path, key), origin));
  };
  return list(resolved, "", fromFile);
}

/** The entries of a value that is not shown in one line. A list of texts is. */
function entriesOf(value: unknown): [string | number, unknown][] {
  if (isRecord(value)) return Object.entries(value);
  return Array.isArray(value) && value.some(isRecord) ? [...value.entries()] : [];
}

function join(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!/^\w+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
