import type { Run } from "./enterprise-documents.ts";

/** How a run ended well, or what it waits for while nobody else is needed. */
export type RunOutcome =
  | "applied"
  | "nothing to change"
  | "planned"
  | "waits for confirmation"
  | "waits for its turn";

/** How it ended well, or undefined while it goes on or did not. */
export function outcomeOf({ status, isPlanOnly }: Run): RunOutcome | undefined {
  if (status === "applied") return "applied";
  if (status === "planned_and_finished") return isPlanOnly ? "planned" : "nothing to change";
  return undefined;
}
