import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findLongestString } from "../../../../functions/ingestion/payload/find-longest-string.ts";
import { itHolds } from "../../../support/property.ts";

function find(text: string, maxOtherBytes = 1000): string | undefined {
  const bytes = Buffer.from(text);
  const span = findLongestString(bytes, maxOtherBytes);
  return span && bytes.toString("utf8", span.start, span.end);
}

describe(findLongestString, () => {
  it.each([
    ["among values and names", '{"short":"the longest","k":"b"}', "the longest"],
    ["that ends with escaped backslashes", String.raw`["abc\\","d"]`, String.raw`abc\\`],
    ["that holds quotes", String.raw`["\"abc\"","d"]`, String.raw`\"abc\"`],
    ["of bytes beyond ASCII", '["ää","bbb"]', "ää"],
    ["that is never closed", '["ab","cdef', "cdef"],
    ["of no string at all", "[1,2]", ""],
  ])("finds the one %s", (_name, text, expected) => {
    expect(find(text)).toBe(expected);
  });

  it("finds nothing where there are more bytes beside it than allowed", () => {
    const text = `["${"a".repeat(100)}","${"b".repeat(6)}"]`;
    const other = text.length - 100;

    expect(find(text, other)).toBe("a".repeat(100));
    expect(find(text, other - 1)).toBeUndefined();
  });

  it("counts quotes inside a string as bytes beside it", () => {
    const text = `["${'\\"'.repeat(100)}"]`;

    expect(find(text, 100)).toBeDefined();
    expect(find(text, 99)).toBeUndefined();
  });

  itHolds(
    "agrees with JSON.parse about the strings of every JSON text",
    fc.property(fc.array(fc.string({ unit: "binary" })), (strings) => {
      const lengths = strings.map((text) => Buffer.byteLength(JSON.stringify(text)) - 2);

      expect(Buffer.byteLength(find(JSON.stringify(strings), 1e6) ?? "?")).toBe(Math.max(0, ...lengths));
    }),
    { seed: 7, numRuns: 2000 },
  );
});
