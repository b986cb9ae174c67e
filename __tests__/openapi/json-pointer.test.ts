import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonPointer, resolvePointer, walk } from "../../openapi/json-pointer.ts";
import { itHolds } from "../support/property.ts";

describe(jsonPointer, () => {
  it("escapes tildes and slashes", () => {
    expect(jsonPointer("paths", "/a~b/{c}", 0)).toBe("/paths/~1a~0b~1{c}/0");
  });
});

describe(resolvePointer, () => {
  it("finds nothing in prototypes, beyond lists and with a pointer that has no slash", () => {
    expect(resolvePointer({}, "/constructor")).toBeUndefined();
    expect(resolvePointer([1], "/01")).toBeUndefined();
    expect(resolvePointer({ a: 1 }, "a")).toBeUndefined();
  });
});

describe(walk, () => {
  itHolds(
    "gives every value the pointer that resolves to it",
    fc.property(fc.jsonValue(), (given) => {
      const root = JSON.parse(JSON.stringify(given));
      for (const { pointer, value } of walk(root)) expect(resolvePointer(root, pointer)).toBe(value);
    }),
  );
});
