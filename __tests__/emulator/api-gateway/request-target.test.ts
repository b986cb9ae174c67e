import { describe, expect, it } from "vitest";
import { parseTarget } from "../../../emulator/api-gateway/request-target.ts";

describe(parseTarget, () => {
  it.each([
    ["/orders", "/orders", "/orders"],
    ["//orders", "/orders", "//orders"],
    ["///orders/7", "/orders/7", "///orders/7"],
    ["/orders//7", "/orders//7", "/orders//7"],
    ["/orders/?x=//a", "/orders/", "/orders/"],
    ["/orders/a%2Fb+c", "/orders/a%2Fb+c", "/orders/a%2Fb+c"],
  ])("of %s has the path %s, sent as %s", (target, path, rawPath) => {
    expect(parseTarget(target)).toMatchObject({ path, rawPath });
  });

  it.each<[string, [string, string][]]>([
    ["/a", []],
    ["/a?", []],
    ["/a?x", [["x", ""]]],
    [
      "/a?x=1?y=2&z=3",
      [
        ["x", "1?y=2"],
        ["z", "3"],
      ],
    ],
    ["/a??x=1", [["?x", "1"]]],
    ["/a?x=a+b%20c%2Bd", [["x", "a b c+d"]]],
    [
      "/a?x=100%&y=%zz",
      [
        ["x", "100%"],
        ["y", "%zz"],
      ],
    ],
    [
      "/a?=1&&x=2&x=3",
      [
        ["", "1"],
        ["x", "2"],
        ["x", "3"],
      ],
    ],
    ["/a?%6Eame=1#x", [["name", "1#x"]]],
  ])("of %s has the query %j", (target, query) => {
    expect([...parseTarget(target).query]).toEqual(query);
  });
});
