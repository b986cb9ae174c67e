import { describe, expect, it } from "vitest";
import { createDemoFile, createDemoSample } from "../../../cli/demo/sample.ts";
import { domain } from "../../../domain/domain.ts";
import { PDF, PNG } from "../../../domain/media-types.ts";
import { isOfType } from "../../../functions/ingestion/payload/is-of-type.ts";

describe(createDemoSample, () => {
  it.each([200_000, 8_000_000])("makes a body of about %s bytes that keeps the contract", (bodyBytes) => {
    const { body, record } = createDemoSample("a", bodyBytes);

    expect(Math.abs(body.length - bodyBytes)).toBeLessThan(bodyBytes / 20);
    expect(domain.contract.safeParse(record).success).toBe(true);
  });
});

describe(createDemoFile, () => {
  it("shows the title in a PDF, parentheses too", () => {
    const pdf = createDemoFile(PDF, "a (b) \\ c", 50_000).toString("latin1");

    expect(pdf).toContain("(a \\(b\\) \\\\ c) Tj");
    expect(Math.abs(pdf.length - 50_000)).toBeLessThan(2_000);
  });

  it("begins a file of another type as that type does", () => {
    const png = createDemoFile(PNG, "a", 50_000);

    expect(isOfType(png, PNG)).toBe(true);
    expect(png).toHaveLength(50_000);
  });
});
