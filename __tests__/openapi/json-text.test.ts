import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isJsonObject, type Json } from "../../openapi/json.ts";
import { walk } from "../../openapi/json-pointer.ts";
import { jsonTextProblems } from "../../openapi/json-text.ts";
import { itHolds } from "../support/property.ts";

/** Texts with all that JSON has a meaning for. */
const key = fc.string({ unit: fc.constantFrom(...'{}[]:,"\\/~aé\n'), maxLength: 4 });
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(null, true, -1.5e3),
    key,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, tie("value"), { maxKeys: 3 }),
  ),
}));

/** The text of a value in which the first key of the object at `pointer` stands once more, at the end. */
function textWithTwice(root: Json, pointer: string): { text: string; twice: string } {
  let twice = "";
  const write = (node: Json, at: string): string => {
    if (Array.isArray(node))
      return `[${node.map((entry, index) => write(entry, `${at}/${index}`)).join(",")}]`;
    if (!isJsonObject(node)) return JSON.stringify(node);
    const place = (name: string) => `${at}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const entries = Object.entries(node).map(
      ([name, entry]) => `${JSON.stringify(name)}: ${write(entry, place(name))}`,
    );
    const [first] = Object.keys(node);
    if (at === pointer && first !== undefined) {
      twice = place(first);
      entries.push(`${JSON.stringify(first)}:0`);
    }
    return `{${entries.join(",\n")}}`;
  };
  return { text: write(root, ""), twice };
}

describe(jsonTextProblems, () => {
  itHolds(
    "finds nothing in what has each key once",
    fc.property(value, fc.constantFrom(0, 2), (root, indentation) => {
      expect(jsonTextProblems(JSON.stringify(root, null, indentation))).toEqual([]);
    }),
    { numRuns: 500 },
  );

  itHolds(
    "finds the one key that stands twice, wherever it does",
    fc.property(value, fc.nat(), (root, choice) => {
      const objects = [...walk(root)].filter(
        (node) => isJsonObject(node.value) && Object.keys(node.value).length > 0,
      );
      fc.pre(objects.length > 0);
      const { text, twice } = textWithTwice(root, objects[choice % objects.length]?.pointer ?? "");

      expect(jsonTextProblems(text).map(({ pointer }) => pointer)).toEqual([twice]);
    }),
    { numRuns: 500 },
  );

  it("ends after so many that nobody mends more at once", () => {
    expect(jsonTextProblems(`{${Array(1_000).fill('"a":1').join(",")}}`)).toHaveLength(50);
  });
});
