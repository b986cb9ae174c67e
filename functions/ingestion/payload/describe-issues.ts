import type * as z from "zod/mini";
import { maxReasons, type Reason } from "../outcome.ts";

/** Zod's issues as reasons. They say what the contract wants, never what the payload holds. */
export function describeIssues(issues: readonly z.core.$ZodIssue[]): Reason[] {
  return issues
    .slice(0, maxReasons)
    .map((issue) => ({ path: issue.path.join("."), code: issue.code, message: describeIssue(issue) }));
}

function describeIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `Must be of type ${issue.expected}.`;
    case "too_small":
      return `Must be at least ${issue.minimum}${unit(issue.origin)}.`;
    case "too_big":
      return `Must be at most ${issue.maximum}${unit(issue.origin)}.`;
    case "invalid_value":
      return `Must be one of: ${issue.values.join(", ")}.`;
    case "invalid_format":
      return issue.format === "datetime"
        ? "Must be a time in UTC such as 2026-01-31T12:00:00Z."
        : `Must match ${issue.pattern}.`;
    case "unrecognized_keys":
      return "Has properties that the contract does not know.";
    default:
      return "Is not valid.";
  }
}

function unit(origin: string): string {
  return origin === "string" ? " characters long" : "";
}
