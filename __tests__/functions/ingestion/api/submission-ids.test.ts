import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { possibleSubmissionIds } from "../../../../functions/ingestion/api/submission-ids.ts";
import { itHolds } from "../../../support/property.ts";

/** Every character that an id may hold. */
const alphabet = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_:-"];
const aliasOf = (id: string) => Buffer.from(id).toString("base64").replaceAll("=", "");
const anId = fc.string({ unit: fc.constantFrom(...alphabet), minLength: 1, maxLength: 256 });

describe(possibleSubmissionIds, () => {
  it("knows an id by its alias and by itself", () => {
    expect(possibleSubmissionIds(aliasOf("Jm5/aG+="))).toContain("Jm5/aG+=");
    expect(possibleSubmissionIds("Jm5/aG+=")).toEqual(["Jm5/aG+="]);
  });

  itHolds(
    "finds 1,000 ids by their alias first, and by themselves",
    fc.property(anId, (id) => {
      expect(possibleSubmissionIds(aliasOf(id))[0]).toBe(id);
      expect(possibleSubmissionIds(id)).toContain(id);
    }),
    { numRuns: 1000 },
  );

  itHolds(
    "takes a padded id, as API Gateway gives it, for no alias",
    fc.property(fc.uint8Array({ minLength: 11, maxLength: 11 }), (bytes) => {
      const id = Buffer.from(bytes).toString("base64");
      expect(possibleSubmissionIds(id)).toEqual([id]);
    }),
    { numRuns: 1000 },
  );

  // So the template of API Gateway, which has base64 only, need not replace "+" and "/".
  it("has ids of characters whose base64 is base64url, but for its padding", () => {
    const differing = new Set<string>();
    for (const first of alphabet) {
      for (const second of alphabet) {
        for (const third of alphabet) {
          const text = first + second + third;
          if (/[+/]/.test(aliasOf(text))) differing.add(text);
        }
      }
    }

    expect(differing).toEqual(new Set());
  });

  it.each(["", "a b", "a.b", "ä", "a".repeat(257), aliasOf("../../secret"), aliasOf("a".repeat(257))])(
    "finds no other text: %j",
    (text) => {
      expect(possibleSubmissionIds(text).filter((id) => id !== text)).toEqual([]);
    },
  );
});
