/** Of docs/operations.md, those that a verification names. */
export const RUNBOOK_SECTIONS = [
  "api-client-errors",
  "api-function-duration",
  "api-function-errors",
  "api-server-errors",
  "api-too-large",
  "dead-letters",
  "mapping-stalled",
  "queue-function-errors",
  "rejected-submissions",
  "unprocessed-objects",
  "unversioned-documents",
] as const;

export type RunbookSection = (typeof RUNBOOK_SECTIONS)[number];

/** The part of the service that is likely at fault, and where to look. */
export interface Finding {
  readonly part: string;
  readonly look: string;
  readonly section?: RunbookSection;
}

/** Something that was expected, and what came of it. */
export interface Check {
  readonly expected: string;
  readonly result: "holds" | "fails" | "not checked";
  /** What came instead, or why nobody could look. */
  readonly got?: string;
  readonly finding?: Finding;
}

export function holds(expected: string, got?: string): Check {
  return { expected, result: "holds", ...(got !== undefined && { got }) };
}

export function fails(expected: string, got: string, finding: Finding): Check {
  return { expected, result: "fails", got, finding };
}

export function notChecked(expected: string, why: string): Check {
  return { expected, result: "not checked", got: why };
}
