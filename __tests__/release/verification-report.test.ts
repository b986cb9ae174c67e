import { describe, expect, it } from "vitest";
import { showVerification } from "../../cli/verify/show-verification.ts";
import { fails, holds, notChecked } from "../../operations/verify/check.ts";
import type { StepReport, Verification } from "../../operations/verify/step.ts";
import { reportLines, reportReasons } from "../../release/verification-report.ts";

const steps: StepReport[] = [
  { id: "small", title: "A small one", seconds: 0.1, checks: [holds("it is created (201)")] },
  {
    id: "outcome",
    title: "Its outcome",
    seconds: 120,
    checks: [
      fails("it is stored", "accepted", {
        part: "the notification",
        look: "npm run plan",
        section: "unprocessed-objects",
      }),
    ],
  },
  { id: "alarms", title: "Alarms", seconds: 0, checks: [notChecked("none is raised", "no AWS credentials")] },
];

/** As `npm run verify -- <environment> --json` prints it. */
function printedReport(): unknown {
  const printed: string[] = [];
  const entrance = { kind: "proxy", url: "https://proxy.example.com" };
  const verification = { stack: { environment: "dev" }, entrance, caller: "saas" } as unknown as Verification;
  const output = { json: true, print: (line: string) => printed.push(line), printError: () => {} };
  expect(showVerification(verification, output).end(steps)).toBe(1);
  return JSON.parse(printed.join("\n"));
}

describe("the report of npm run verify", () => {
  it("is told by a release, step by step", () => {
    expect(reportLines(printedReport())).toEqual([
      "  ✓ A small one",
      "  ✗ Its outcome",
      "      it is stored: got accepted",
      "      part: the notification",
      "      look: npm run plan",
      "  – Alarms",
      "      none is raised: not checked: no AWS credentials",
    ]);
  });

  it("gives a release the reasons why it stops", () => {
    expect(reportReasons(printedReport())).toEqual([
      "  ✗ Its outcome",
      "      it is stored: got accepted",
      "      part: the notification",
      "      look: npm run plan",
    ]);
  });

  it("is said not to be understood where it is another document", () => {
    expect(reportLines({ steps: [] })).toEqual(["  (the report has an unknown format: see the log)"]);
  });
});
