import type * as z from "zod";
import { valueAt } from "./field-notes.ts";

type Path = readonly PropertyKey[];

/** The problems of an issue, one line each: where, what is wrong, what to do, and what was found. */
export function describeIssue(issue: z.core.$ZodIssue, data: unknown): string[] {
  const place = issue.path.length === 0 ? "the environment" : `${formatPath(issue.path)}:`;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map(
      (key) => `${formatPath([...issue.path, key])}: is not a known setting: remove or rename it`,
    );
  }
  if (issue.code === "invalid_key") {
    return issue.issues.map((inner) => `${place} ${inner.message}`);
  }
  const value = valueAt(data, issue.path);
  if (issue.code === "invalid_union" && Array.isArray(value)) {
    const inside = issue.errors.find((issues) => !issues.some(isOfAnotherType));
    if (inside !== undefined) {
      return inside.flatMap((inner) =>
        describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, data),
      );
    }
  }
  // A problem between the fields of a group names them itself.
  const isTold = isSecret(issue.path) ? value === undefined : issue.code !== "custom" || !isGroup(value);
  const found = isTold ? [formatFound(value)] : [];
  const got = [...found, ...otherFields(issue, data)].join(" with ");
  return [`${place} ${issue.message}${got === "" ? "" : `, got ${got}`}`];
}

/** In a choice between a word and a list: the issue of the word's option for a list. */
const isOfAnotherType = ({ path, code }: z.core.$ZodIssue) =>
  path.length === 0 && (code === "invalid_type" || code === "invalid_value");

/** Replaces zod's own names of types. */
const KINDS: Readonly<Record<string, string>> = { object: "an object", record: "an object", array: "a list" };
export function plainWords(issue: z.core.$ZodRawIssue): string | undefined {
  return issue.code === "invalid_type" ? `must be ${KINDS[issue.expected] ?? issue.expected}` : undefined;
}

/** The fields that the message names by their paths, with their values. */
function otherFields(issue: z.core.$ZodIssue, data: unknown): string[] {
  const named = issue.message.match(/\b[a-z]\w*(?:\.[a-z]\w*)+/gi) ?? [];
  const others = [...new Set(named)].flatMap((name) => {
    const path = name.split(".");
    const value = valueAt(data, path);
    const isTold = value !== undefined && !isGroup(value) && !isSecret(path);
    return isTold && name !== formatPath(issue.path) ? [`${name} ${formatFound(value)}`] : [];
  });
  return others.length === 0 ? [] : [others.join(" and ")];
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const isGroup = (value: unknown) => isObject(value) && !Array.isArray(value);

function formatPath(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      const name = shorten(String(part));
      if (!/^\w+$/.test(name)) return `[${JSON.stringify(name)}]`;
      return index === 0 ? name : `.${name}`;
    })
    .join("");
}

/** A user may have entered a secret in a field for the name of a secret: it is never printed. */
const isSecret = (path: Path) => path.some((part) => /secret|token|password/i.test(String(part)));

/** A value, never a whole object. */
function formatFound(value: unknown): string {
  if (value === undefined) return "nothing";
  if (isGroup(value)) return "an object";
  if (Array.isArray(value)) {
    const isPlain = value.every((each) => !isObject(each));
    return isPlain ? shorten(`[${value.map(formatScalar).join(", ")}]`) : `a list of ${value.length}`;
  }
  return shorten(formatScalar(value));
}

function formatScalar(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(withoutCredentials(value)) : String(value);
}

/** Removes the user name and the password of a URL. */
function withoutCredentials(text: string): string {
  return text.replace(/(:\/\/)[^/@]*@/g, "$1…@");
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
