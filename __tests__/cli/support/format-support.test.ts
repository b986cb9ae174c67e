import { describe, expect, it } from "vitest";
import type { SupportReport } from "../../../cli/support/assess-support.ts";
import { formatSupport } from "../../../cli/support/format-support.ts";

const report: SupportReport = {
  date: "2027-06-01",
  findings: [
    {
      product: "Terraform",
      version: "1.10",
      where: ["this machine", "a.yml"],
      state: "ended",
      ends: "2026-11-27",
      daysLeft: -186,
      afterwards: "no support",
      source: "https://example.com/terraform",
      exception: { reason: "no time yet", until: "2027-05-31" },
    },
    {
      product: "Node.js",
      version: "27",
      where: ["this machine"],
      state: "unknown",
      afterwards: "no fixes",
      source: "https://example.com/node",
    },
    {
      product: "cdktf",
      version: "0.21",
      where: ["package.json"],
      state: "excepted",
      ends: "2025-12-10",
      daysLeft: -538,
      afterwards: "no fixes",
      source: "https://example.com/cdktf",
      exception: { reason: "nothing of it is deployed", until: "2027-06-30" },
    },
    {
      product: "HAProxy",
      version: "2.8",
      where: ["proxy of dev"],
      state: "supported",
      ends: "2028-04-01",
      daysLeft: 305,
      afterwards: "no fixes",
      source: "https://example.com/haproxy",
    },
  ],
  oldRows: [
    { product: "Terraform", lookedUp: "2026-11-28" },
    { product: "HAProxy", lookedUp: "2026-11-28" },
  ],
  needless: [{ product: "Node.js", version: "18", reason: "habit", until: "2028-01-01" }],
};

describe(formatSupport, () => {
  it("says in lines what is used until when, what to do, and what was not looked at", () => {
    expect(formatSupport(report, ["Terraform of workspace items: the workspace sets its version"])).toBe(
      `Ends of support, as of 2027-06-01

ended      Terraform 1.10  2026-11-27 (186 days ago)      this machine, a.yml
           no support (https://example.com/terraform)
           its exception ended on 2027-05-31: no time yet
unknown    Node.js 27      not in the table               this machine
           add its end to cli/support/ends-of-support.ts, from https://example.com/node
excepted   cdktf 0.21      2025-12-10 (538 days ago)      package.json
           no fixes (https://example.com/cdktf)
           has an exception until 2027-06-30: nothing of it is deployed
supported  HAProxy 2.8     2028-04-01 (in 305 days)       proxy of dev

not checked: Terraform of workspace items: the workspace sets its version
old: last looked up on 2026-11-28: Terraform, HAProxy. Renew the table: docs/support.md
needless: nothing uses Node.js 18. Remove its exception from env/project.ts
2 of 4 versions are past their end of support without an exception, or not in the table.`,
    );
  });

  it("says so where there is nothing to do", () => {
    const findings = report.findings.slice(2);

    expect(formatSupport({ ...report, findings, oldRows: [], needless: [] }, [])).toMatch(
      /\n\nNo version is past its end of support without an exception\.$/,
    );
  });
});
