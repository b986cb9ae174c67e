import { describe, expect, it } from "vitest";
import { assessSupport, needsWork } from "../../../cli/support/assess-support.ts";
import { ENDS_OF_SUPPORT, type SupportTable } from "../../../cli/support/ends-of-support.ts";
import type { SupportException } from "../../../cli/support/support-exceptions.ts";
import type { SupportUse } from "../../../cli/support/support-use.ts";

const table: SupportTable = {
  ...ENDS_OF_SUPPORT,
  "Node.js": {
    ends: { "20": "2026-04-30", "22": "2027-04-30", "99": undefined },
    afterwards: "no fixes",
    source: "https://example.com/node",
    lookedUp: "2026-11-01",
  },
};

const node = (version: string, where = "here"): SupportUse => ({ product: "Node.js", version, where });

function assess(date: string, uses: readonly SupportUse[], exceptions: readonly SupportException[] = []) {
  return assessSupport({ date, table, uses, exceptions, isComplete: true });
}

const exception = (until: string, version = "20"): SupportException => ({
  product: "Node.js",
  version,
  reason: "the machines of the others",
  until,
});

describe(assessSupport, () => {
  it.each([
    ["2026-10-31", "supported", 181],
    ["2026-11-01", "ends soon", 180],
    ["2027-04-30", "ends soon", 0],
    ["2027-05-01", "ended", -1],
  ] as const)("says on %s of what ends on 2027-04-30: %s", (date, state, daysLeft) => {
    const { findings } = assess(date, [node("22")]);

    expect(findings).toMatchObject([{ state, daysLeft, ends: "2027-04-30" }]);
  });

  it("counts days over the change of clocks and of years", () => {
    expect(assess("2025-12-31", [node("22")]).findings[0]?.daysLeft).toBe(485);
  });

  it("finds what nobody has announced an end of supported, without one", () => {
    const [finding] = assess("2026-11-28", [node("99")]).findings;

    expect(finding).toMatchObject({ state: "supported" });
    expect(finding).not.toHaveProperty("ends");
  });

  it("does not pass over what the table does not have", () => {
    const report = assess("2026-11-28", [node("23")]);

    expect(report.findings).toMatchObject([{ state: "unknown", version: "23" }]);
    expect(needsWork(report, { strict: false })).toBe(true);
  });

  it("names each place of a version once, and the most urgent version first", () => {
    const uses = [node("99"), node("22", "build"), node("20"), node("22", "build"), node("22", "laptop")];
    const { findings } = assess("2026-11-28", uses);

    expect(findings.map(({ version, where }) => [version, where])).toEqual([
      ["20", ["here"]],
      ["22", ["build", "laptop"]],
      ["99", ["here"]],
    ]);
  });

  it("wants work where something is past its end, and none where it only soon will be", () => {
    expect(needsWork(assess("2026-11-28", [node("22"), node("20")]), { strict: false })).toBe(true);
    expect(needsWork(assess("2026-11-28", [node("22"), node("99")]), { strict: false })).toBe(false);
  });

  describe("with exceptions", () => {
    it("accepts what is past its end, up to the exception's last day", () => {
      const on = (date: string) => assess(date, [node("20")], [exception("2026-12-31")]);

      expect(on("2026-12-31").findings).toMatchObject([
        { state: "excepted", exception: { until: "2026-12-31", reason: "the machines of the others" } },
      ]);
      expect(needsWork(on("2026-12-31"), { strict: true })).toBe(false);
      expect(on("2027-01-01").findings).toMatchObject([
        { state: "ended", exception: { until: "2026-12-31" } },
      ]);
      expect(needsWork(on("2027-01-01"), { strict: false })).toBe(true);
    });

    it("takes the one that holds longest", () => {
      const exceptions = [exception("2026-10-01"), exception("2026-12-31"), exception("2026-11-01")];

      expect(assess("2026-12-01", [node("20")], exceptions).findings).toMatchObject([{ state: "excepted" }]);
    });

    it("accepts nothing of another product", () => {
      const other: SupportException = { ...exception("2027-12-31"), product: "AWS SDK on Node.js" };

      expect(assess("2026-11-28", [node("20")], [other]).findings).toMatchObject([{ state: "ended" }]);
    });

    it("accepts nothing of another version, and says which are for what is not used", () => {
      const exceptions = [exception("2027-12-31", "18")];
      const some = { date: "2026-11-28", table, uses: [node("20")], exceptions };
      const report = assessSupport({ ...some, isComplete: true });

      expect(report.findings).toMatchObject([{ state: "ended" }]);
      expect(report.needless).toMatchObject([{ version: "18" }]);
      expect(assessSupport({ ...some, isComplete: false }).needless).toEqual([]);
    });

    it("still warns of what will end", () => {
      const { findings } = assess("2026-11-28", [node("22")], [exception("2028-01-01", "22")]);

      expect(findings).toMatchObject([{ state: "ends soon" }]);
    });
  });

  it("calls what was looked up more than 180 days ago old, which counts where it is strict", () => {
    const on = (date: string) => assess(date, [node("99")]);

    expect(on("2027-04-30").oldRows).toEqual([]);
    expect(on("2027-05-01").oldRows).toEqual([{ product: "Node.js", lookedUp: "2026-11-01" }]);
    expect(needsWork(on("2027-05-01"), { strict: false })).toBe(false);
    expect(needsWork(on("2027-05-01"), { strict: true })).toBe(true);
    expect(needsWork(on("2027-04-30"), { strict: true })).toBe(false);
  });
});
