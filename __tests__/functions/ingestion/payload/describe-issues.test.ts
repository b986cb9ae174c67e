import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { fileName, timestamp } from "../../../../domain/seam.ts";
import { describeIssues } from "../../../../functions/ingestion/payload/describe-issues.ts";

function reasonsOf(contract: z.ZodMiniType, value: unknown) {
  return describeIssues(contract.safeParse(value).error?.issues ?? [], contract);
}

describe(describeIssues, () => {
  it("describes at most twenty issues, the first ones", () => {
    const contract = z.array(z.string());

    expect(contract.safeParse(Array(30).fill(0)).error?.issues).toHaveLength(30);
    expect(reasonsOf(contract, Array(30).fill(0)).map(({ path }) => path)).toEqual(
      Array.from({ length: 20 }, (_, index) => `${index}`),
    );
  });

  it("says no more of an issue it has no words for", () => {
    expect(reasonsOf(z.union([z.string(), z.number()]), { secret: 1 })).toEqual([
      { path: "", code: "invalid_union", message: "Is not valid." },
    ]);
  });

  it.each<[string, z.ZodMiniType, unknown, string]>([
    ["a date", z.iso.date(), "x", "Must be a date such as 2026-01-31."],
    ["a time of day", z.iso.time(), "x", "Must be a time of day such as 12:00:00."],
    [
      "a time",
      timestamp(),
      "x",
      "Must be a time with Z or an offset, such as 2026-01-31T12:00:00Z or 2026-01-31T13:00:00+01:00.",
    ],
    ["an email address", z.email(), "x", "Must be an email address."],
    ["a URL", z.url(), "x", "Must be a URL."],
    ["a UUID", z.uuid(), "x", "Must be a UUID."],
    ["a short pattern", z.string().check(z.regex(/^[a-z]+$/)), "1", "Must match /^[a-z]+$/."],
    [
      "a pattern too long to help",
      z.string().check(z.regex(new RegExp(`^(${"a|".repeat(60)}b)$`))),
      "1",
      "Must have the format that the contract requires.",
    ],
    [
      "a beginning",
      z.string().check(z.startsWith("a")),
      "1",
      "Must have the format that the contract requires.",
    ],
    ["a short text", z.string().check(z.minLength(2)), "a", "Must be at least 2 characters long."],
    ["a long text", z.string().check(z.maxLength(2)), "abc", "Must be at most 2 characters long."],
    ["a text of one length", z.string().check(z.length(3)), "a", "Must be exactly 3 characters long."],
    ["a short list", z.array(z.int()).check(z.minLength(1)), [], "Must have at least 1 entries."],
    ["a long list", z.array(z.int()).check(z.maxLength(1)), [1, 2], "Must have at most 1 entries."],
    ["a small number", z.number().check(z.gte(1)), 0, "Must be at least 1."],
    ["a number at its open end", z.number().check(z.gt(0)), 0, "Must be more than 0."],
    ["a number at its other open end", z.number().check(z.lt(1)), 1, "Must be less than 1."],
    ["a broken multiple", z.number().check(z.multipleOf(5)), 7, "Must be a multiple of 5."],
    ["one of several", z.enum(["a", "b"]), "c", "Must be one of: a, b."],
  ])("says what %s must be", (_name, contract, value, message) => {
    expect(reasonsOf(contract, value).map((reason) => reason.message)).toContain(message);
  });

  it("never shows a pattern that fills lines, for a name of a file or a time either", () => {
    const contract = z.strictObject({ at: timestamp(), on: z.iso.date(), name: fileName() });

    for (const { message } of reasonsOf(contract, { at: "x", on: "x", name: "a/b" })) {
      expect(message.length).toBeLessThan(130);
    }
  });

  it("names no property that the payload has made up", () => {
    const contract = z.strictObject({
      prices: z.record(z.string(), z.strictObject({ amount: z.int() })),
      more: z.optional(z.union([z.strictObject({ inner: z.int() }), z.int()])),
    });

    const reasons = reasonsOf(contract, { prices: { Erika: { amount: "x" }, Max: 1 } });

    expect(reasons.map(({ path }) => path)).toEqual(["prices.*.amount", "prices.*"]);
  });

  it("names the properties of a contract that holds itself", () => {
    const person = z.strictObject({
      name: z.string(),
      get children() {
        return z.array(person);
      },
    });

    const reasons = reasonsOf(person, { name: "a", children: [{ name: 1, children: [{}] }] });

    expect(reasons.map(({ path }) => path)).toEqual([
      "children.0.name",
      "children.0.children.0.name",
      "children.0.children.0.children",
    ]);
  });
});
