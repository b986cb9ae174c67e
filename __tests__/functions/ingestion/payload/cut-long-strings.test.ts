import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutLongStrings, MIN_CUT_BYTES } from "../../../../functions/ingestion/payload/cut-long-strings.ts";
import { itHolds } from "../../../support/property.ts";

const long = "a".repeat(MIN_CUT_BYTES);

function cut(text: string, maxOtherBytes = 100_000) {
  const bytes = Buffer.from(text);
  const result = cutLongStrings(bytes, maxOtherBytes);
  return (
    result && {
      rest: result.rest.toString(),
      strings: result.longStrings.map(({ start, end }) => bytes.toString("utf8", start, end)),
      ordinals: result.longStrings.map(({ ordinal }) => ordinal),
    }
  );
}

describe(cutLongStrings, () => {
  it.each([
    ["of the least length", `{"k":"${long}"}`, '{"k":""}', [long], [1]],
    [
      "among values and names",
      `{"${long}":["b","${long}b"],"c":1}`,
      '{"":["b",""],"c":1}',
      [long, `${long}b`],
      [0, 2],
    ],
    [
      "that ends with escaped backslashes",
      String.raw`["${long}\\","d"]`,
      '["","d"]',
      [String.raw`${long}\\`],
      [0],
    ],
    ["that holds quotes", String.raw`["\"${long}\"","d"]`, '["","d"]', [String.raw`\"${long}\"`], [0]],
    [
      "of bytes beyond ASCII",
      `["${"ä".repeat(MIN_CUT_BYTES / 2)}"]`,
      '[""]',
      ["ä".repeat(MIN_CUT_BYTES / 2)],
      [0],
    ],
    ["that is never closed", `["a","${long}`, '["a","', [long], [1]],
  ])("cuts the strings %s", (_name, text, rest, strings, ordinals) => {
    expect(cut(text)).toEqual({ rest, strings, ordinals });
  });

  it("leaves what is one byte shorter, and a text without strings, as it is", () => {
    const text = `["${long.slice(1)}",1]`;

    expect(cut(text)).toEqual({ rest: text, strings: [], ordinals: [] });
    expect(cut("[1]")).toEqual({ rest: "[1]", strings: [], ordinals: [] });
  });

  it("finds nothing where there are more bytes beside long strings than allowed", () => {
    const text = `["${long}","${"b".repeat(6)}","${long}"]`;
    const other = text.length - 2 * MIN_CUT_BYTES;

    expect(cut(text, other)?.strings).toHaveLength(2);
    expect(cut(text, other - 1)).toBeUndefined();
  });

  it("counts quotes inside strings as bytes beside them, of all strings together", () => {
    const text = `["${'\\"'.repeat(600)}","${'\\"'.repeat(600)}"]`;

    expect(cut(text, 1200)).toBeDefined();
    expect(cut(text, 1199)).toBeUndefined();
  });

  itHolds(
    "cuts every long string of every JSON text, and leaves the text of all others",
    fc.property(
      fc.array(
        fc
          .tuple(fc.string({ unit: "binary" }), fc.nat(3))
          .map(([text, times]) => text + 'x\\"ü'.repeat(times * 200)),
      ),
      (strings) => {
        const isLong = (text: string) => Buffer.byteLength(JSON.stringify(text)) - 2 >= MIN_CUT_BYTES;
        const text = JSON.stringify(strings);

        expect(cut(text, 1e6)).toEqual({
          rest: JSON.stringify(strings.map((each) => (isLong(each) ? "" : each))),
          strings: strings.filter(isLong).map((each) => JSON.stringify(each).slice(1, -1)),
          ordinals: strings.flatMap((each, index) => (isLong(each) ? [index] : [])),
        });
      },
    ),
    { seed: 7, numRuns: 2000 },
  );
});
