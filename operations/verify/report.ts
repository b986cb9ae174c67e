import type { Check } from "./check.ts";
import type { StepReport } from "./step.ts";

const MARKS = { holds: "✓", fails: "✗", "not checked": "–" } as const;

export function formatReport({ checks }: StepReport): string[] {
  return checks.flatMap(formatCheck);
}

function formatCheck({ expected, result, got, finding }: Check): string[] {
  const detail = { holds: got && ` (${got})`, fails: `: got ${got}`, "not checked": `: not checked: ${got}` };
  return [
    `  ${MARKS[result]} ${expected}${detail[result] ?? ""}`,
    ...(finding
      ? [
          `      part: ${finding.part}`,
          `      look: ${finding.look}`,
          ...(finding.section === undefined ? [] : [`      runbook: docs/operations.md#${finding.section}`]),
        ]
      : []),
  ];
}

export interface Summary {
  readonly held: number;
  readonly failed: number;
  readonly notChecked: number;
}

export function summarize(reports: readonly StepReport[]): Summary {
  const results = reports.flatMap(({ checks }) => checks.map(({ result }) => result));
  const count = (wanted: Check["result"]) => results.filter((result) => result === wanted).length;
  return { held: count("holds"), failed: count("fails"), notChecked: count("not checked") };
}
