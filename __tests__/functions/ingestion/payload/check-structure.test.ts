import { describe, expect, it } from "vitest";
import { checkStructure } from "../../../../functions/ingestion/payload/check-structure.ts";

describe(checkStructure, () => {
  it.each([
    ["no fault", '{"a":[1,{"a":2}],"b":{"a":3}}', undefined],
    ["equal texts that are no names", '["a","a",{"b":"b"}]', undefined],
    ["a name twice", '{"a":1,"b":{},"a":2}', "duplicate_key"],
    ["a name twice, once escaped", String.raw`{"a":1,"\u0061":2}`, "duplicate_key"],
    ["a name twice after containers", '{"a":[{"x":1}],"b":{"y":[]},"a":0}', "duplicate_key"],
    ["a name that ends with a backslash", String.raw`{"a\\":1,"a":"\"}"}`, undefined],
    ["__proto__", '{"a":{"__proto__":{}}}', "forbidden_key"],
    ["an escaped __proto__", String.raw`{"\u005f_proto__":1}`, "forbidden_key"],
    ["brackets in a text", `{"a":"${"[".repeat(50)}"}`, undefined],
    ["16 levels", "[".repeat(16) + "]".repeat(16), undefined],
    ["17 levels", "[".repeat(17) + "]".repeat(17), "too_deep"],
    ["containers side by side", `[${Array(100).fill("[[]]").join(",")}]`, undefined],
  ])("sees %s", (_name, text, fault) => {
    expect(() => JSON.parse(text)).not.toThrow();
    expect(checkStructure(text).fault).toBe(fault);
  });

  it("bounds the number of values", () => {
    expect(checkStructure(JSON.stringify(Array(1001).fill(0))).fault).toBeUndefined();
    expect(checkStructure(JSON.stringify(Array(1002).fill(0))).fault).toBe("too_many_values");
  });

  it.each<[string, string, (string | number)[]]>([
    ["of a value", '{"a":{"b":"@"}}', ["a", "b"]],
    ["of a value after others", '{"x":[{"y":1}],"a":{"z":{},"b":"@","c":1}}', ["a", "b"]],
    ["of the root", '"@"', []],
    ["in a list", '["x",{"a":[[],[0,"@"]]}]', [1, "a", 1, 1]],
    ["after a list that has ended", '{"a":["x","y"],"b":"@"}', ["b"]],
    ["below a name without characters", '{"":{"":"@"}}', ["", ""]],
  ])("tells the path %s", (_name, text, path) => {
    const before = text.slice(0, text.indexOf('"@"')).match(/"/g) ?? [];
    const ordinal = before.length / 2;

    expect(checkStructure(text, new Set([ordinal]))).toEqual({ paths: new Map([[ordinal, path]]) });
  });

  it("tells the paths of all strings that are asked for, and of no other", () => {
    const { paths } = checkStructure('["a","b",{"c":"d"}]', new Set([0, 3]));

    expect(paths).toEqual(
      new Map<number, unknown>([
        [0, [0]],
        [3, [2, "c"]],
      ]),
    );
  });

  it("forbids a name that was too long to stay", () => {
    expect(checkStructure('{"":1}', new Set([0])).fault).toBe("forbidden_key");
    expect(checkStructure('{"":1}').fault).toBeUndefined();
  });
});
