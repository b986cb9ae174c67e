import { describe, expect, it } from "vitest";
import { GatewayError } from "../../../emulator/api-gateway/gateway-error.ts";
import { findByJsonPath } from "../../../emulator/api-gateway/json-path.ts";

const document = {
  id: "o-1",
  "two words": { "it's": 1 },
  items: [{ id: "a", price: 1.5 }, { id: "b", none: null }, { "x-y": true }],
};

describe(findByJsonPath, () => {
  it.each<[string, unknown]>([
    ["$", document],
    ["id", "o-1"],
    ["$.items[0].price", 1.5],
    ["$.items[-1].x-y", true],
    ["$['two words']['it\\'s']", 1],
    ["$.items[1].none", null],
    ["$.items[*].id", ["a", "b"]],
    ["$..id", ["o-1", "a", "b"]],
    ["$.items[0,1].id", ["a", "b"]],
    ["$.items[1:].id", ["b"]],
    ["$.items.length()", 3],
    ["$.items[*].missing", []],
  ])("finds by %s", (path, expected) => {
    expect(findByJsonPath(document, path)).toEqual(expected);
  });

  it.each([
    "$.missing",
    "$.items[9]",
    "$.items.id",
    "$.id.length",
    "$.__proto__",
    "$.constructor",
    "$.items.length",
  ])("finds nothing by %s", (path) => {
    expect(findByJsonPath(document, path)).toBeUndefined();
  });

  it.each([
    ["$.items[?(@.price > 1)]", "a JSONPath has a filter that is not executed here"],
    ["$.items[(@.length - 1)]", "a JSONPath has a script that is not executed here"],
    ["$.items[", "a JSONPath has a form that is not executed here"],
    ["$.", "a JSONPath has a form that is not executed here"],
    [`$${"..*".repeat(8)}`, "a JSONPath finds too many values"],
  ])("fails for %s", (path, detail) => {
    const deep = Array.from({ length: 60 }).reduce<unknown>((inner) => [inner], document);

    expect(() => findByJsonPath(deep, path)).toThrow(GatewayError);
    expect(() => findByJsonPath(deep, path)).toThrow(expect.objectContaining({ detail }));
  });
});
