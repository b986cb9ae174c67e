import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { OPEN_FACTS } from "../../../operations/verify/open-facts.ts";
import { createPayloads } from "../../../operations/verify/payloads.ts";
import { STEPS } from "../../../operations/verify/steps.ts";

const page = readFileSync("docs/verify.md", "utf8");

/** The rows of the table that begins with that line. */
function rowsBelow(head: string): string[] {
  const lines = page.split("\n");
  const start = lines.indexOf(head) + 2;
  const end = lines.findIndex((line, index) => index > start && !line.startsWith("|"));
  return lines.slice(start, end);
}

describe("docs/verify.md", () => {
  it("has the steps as they are taken", () => {
    expect(rowsBelow("| step | shows |")).toEqual(
      STEPS.map(({ title, shows }, index) => `| ${index + 1}. ${title} | ${shows} |`),
    );
  });

  it("names every item that is sent, with that of the checksum check", () => {
    const limits = { thresholdBytes: 1_000_000, maxBytes: 2_000_000 };
    const names = [...Object.keys(createPayloads(limits)), "checksum"];

    expect(rowsBelow("| item | payload |").map((row) => row.split(" | ")[0])).toEqual(
      names.map((name) => `| \`verify-<random>-${name}\``),
    );
  });

  it("has the open facts as they are observed, each with a way to look", () => {
    const head = "| fact | assumed | what goes wrong otherwise | how a verification looks | by hand |";

    expect(rowsBelow(head)).toEqual(
      OPEN_FACTS.map(
        ({ id, assumed, matters, observed = "not visible from outside", byHand = "" }) =>
          `| \`${id}\` | ${assumed} | ${matters} | ${observed} | ${byHand} |`,
      ),
    );
    expect(
      OPEN_FACTS.filter(({ observed, byHand }) => observed === undefined && byHand === undefined),
    ).toEqual([]);
  });
});
