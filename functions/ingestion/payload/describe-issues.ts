import * as z from "zod/mini";
import { $ZodType } from "zod/v4/core";
import { FILE_NAME_PATTERN, FILE_NAME_RULE } from "../../../domain/file-names.ts";
import { maxReasons, type Reason } from "../outcome.ts";

/** Zod's issues as reasons. They say what the contract wants, never what the payload holds. */
export function describeIssues(issues: readonly z.core.$ZodIssue[], contract: z.core.$ZodType): Reason[] {
  const names = namesOf(contract);
  // Where a contract has a record, names of the payload's own lead to its values.
  const known = (step: PropertyKey) => typeof step === "number" || names.has(step);
  return issues.slice(0, maxReasons).map((issue) => ({
    path: issue.path.map((step) => (known(step) ? String(step) : "*")).join("."),
    code: issue.code,
    message: describeIssue(issue),
  }));
}

/** All names of properties that a contract itself has. A schema may hold itself. */
function namesOf(contract: z.core.$ZodType): ReadonlySet<PropertyKey> {
  const names = new Set<PropertyKey>();
  const seen = new Set([contract]);
  // Grows while it is walked.
  for (const schema of seen) {
    if (schema instanceof z.ZodMiniObject) for (const name of Object.keys(schema.shape)) names.add(name);
    for (const part of Object.values(schema._zod.def)) {
      for (const inner of typeof part === "object" && part !== null ? [part, ...Object.values(part)] : []) {
        if (inner instanceof $ZodType) seen.add(inner);
      }
    }
  }
  return names;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `Must be of type ${issue.expected}.`;
    case "too_small":
      return sized(issue.origin, `${boundOf("least", issue)}${issue.minimum}`);
    case "too_big":
      return sized(issue.origin, `${boundOf("most", issue)}${issue.maximum}`);
    case "not_multiple_of":
      return `Must be a multiple of ${issue.divisor}.`;
    case "invalid_value":
      return `Must be one of: ${issue.values.join(", ")}.`;
    case "invalid_format":
      return formats[issue.format] ?? describePattern(issue.pattern);
    case "unrecognized_keys":
      return "Has properties that the contract does not allow.";
    default:
      return "Is not valid.";
  }
}

function boundOf(
  which: "least" | "most",
  { inclusive = true, exact = false }: { readonly inclusive?: boolean; readonly exact?: boolean },
): string {
  if (exact) return "exactly ";
  if (inclusive) return `at ${which} `;
  return which === "least" ? "more than " : "less than ";
}

function sized(origin: string, bound: string): string {
  if (origin === "string") return `Must be ${bound} characters long.`;
  return ["array", "set", "map"].includes(origin) ? `Must have ${bound} entries.` : `Must be ${bound}.`;
}

const formats: Readonly<Record<string, string>> = {
  datetime: "Must be a time with Z or an offset, such as 2026-01-31T12:00:00Z or 2026-01-31T13:00:00+01:00.",
  date: "Must be a date such as 2026-01-31.",
  time: "Must be a time of day such as 12:00:00.",
  email: "Must be an email address.",
  url: "Must be a URL.",
  uuid: "Must be a UUID.",
};

/** A longer pattern helps nobody who reads it. */
const maxPatternLength = 100;

function describePattern(pattern: string | undefined): string {
  if (pattern === String(FILE_NAME_PATTERN)) return FILE_NAME_RULE;
  return pattern !== undefined && pattern.length <= maxPatternLength
    ? `Must match ${pattern}.`
    : "Must have the format that the contract requires.";
}
