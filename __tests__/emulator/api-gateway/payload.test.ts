import { describe, expect, it } from "vitest";
import { isBinary, mediaTypeOf } from "../../../emulator/api-gateway/payload.ts";

describe(isBinary, () => {
  it.each<[string, string | undefined, boolean]>([
    ["image/png", "image/png", true],
    ["Image/PNG", "image/png", true],
    ["image/png", "image/jpeg", false],
    ["image/*", "image/png", true],
    ["IMAGE/*", "image/png", true],
    ["image/*", "images/png", false],
    ["application/*", "application/json", true],
    ["application/*", "text/plain", false],
    ["image/*", undefined, false],
    ["*/*", "text/plain", true],
    ["*/*", undefined, true],
    ["image/png", "image/*", false],
    ["application/json; charset=utf-8", "application/json", true],
  ])("by %s takes %s for binary: %s", (type, mediaType, expected) => {
    expect(isBinary(["font/woff", type], mediaType)).toBe(expected);
  });
});

describe(mediaTypeOf, () => {
  it.each([
    ["image/webp,image/*,*/*;q=0.8", "image/webp"],
    ["text/html;q=0.1, image/png;q=0.9", "text/html"],
    ["Application/JSON; charset=utf-8", "application/json"],
  ])("takes the first of %s", (header, expected) => {
    expect(mediaTypeOf(header)).toBe(expected);
  });
});
