import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64 } from "../../../../functions/ingestion/payload/decode-base64.ts";
import { itHolds } from "../../../support/property.ts";

describe(decodeBase64, () => {
  itHolds(
    "gives back any bytes",
    fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
      const text = Buffer.from(bytes).toString("base64");

      expect(decodeBase64(Buffer.from(text))).toEqual({ text, bytes: Buffer.from(bytes) });
    }),
  );

  const characters = fc.constantFrom(..."AZaz09+/=-_ \n\u0141é");
  itHolds(
    "accepts a text only where encoding again gives the same text",
    fc.property(fc.string({ unit: characters, minLength: 1, maxLength: 12 }), (text) => {
      const canonical = Buffer.from(text, "base64").toString("base64") === text;
      expect(decodeBase64(Buffer.from(text)) !== undefined).toBe(canonical);
    }),
    { numRuns: 5000 },
  );

  it.each([
    ["no padding", "YQ"],
    ["a line break", "YWJj\nZGVm"],
    ["the alphabet of URLs", "_-__"],
    ["bits that no byte has", "YR=="],
    ["padding inside", "YQ==YQ=="],
    ["only padding", "===="],
    ["a character whose low byte is a letter", "\u0141AAA"],
  ])("refuses %s", (_name, text) => {
    expect(decodeBase64(Buffer.from(text))).toBeUndefined();
  });
});
