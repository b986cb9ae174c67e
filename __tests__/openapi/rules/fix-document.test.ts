import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixDocument, lintDocument } from "../../../openapi/lint-document.ts";
import { itHolds } from "../../support/property.ts";
import { s3Document, s3DocumentWith } from "../documents.ts";
import { broken } from "./cases.ts";

const fixable = ["model-keyword", "path-item-key"];

/** A method that gets a name of its own is checked from then on, and may have faults. */
const withoutNewMethods = broken.filter(({ rule }) => rule !== "path-item-key");

describe(fixDocument, () => {
  it("leaves a sound document as it is", () => {
    expect(fixDocument(s3Document())).toEqual(s3Document());
  });

  it.each(["maxItems", "minItems"])("keeps %s, which others check", (keyword) => {
    const document = s3DocumentWith(`/components/schemas/File/${keyword}`, 1);

    expect(fixDocument(document)).toEqual(document);
    expect(lintDocument(document)).toContainEqual(
      expect.objectContaining({ rule: "model-keyword", message: expect.not.stringContaining("--fix") }),
    );
  });

  it("names a method in lower case, so that it is one", () => {
    const document = s3DocumentWith("/paths/~1files~1{item}/POST", { responses: {} });

    const rules = lintDocument(fixDocument(document)).map(({ rule }) => rule);

    expect(rules).not.toContain("path-item-key");
    expect(rules).toContain("missing-integration");
  });

  it("does not change what it is given", () => {
    const given = s3DocumentWith("/components/schemas/File/example", {});

    fixDocument(given);

    expect(given).toEqual(s3DocumentWith("/components/schemas/File/example", {}));
  });

  itHolds(
    "leaves no ignored keyword in any example, adds no finding, and has nothing to do the second time",
    fc.property(fc.constantFrom(...withoutNewMethods), ({ change }) => {
      const document = s3DocumentWith(...change);
      const fixed = fixDocument(document);

      const messages = (of: typeof document) =>
        lintDocument(of).map(({ rule, pointer }) => `${rule} ${pointer}`);
      const before = new Set(messages(document));
      const ignored = messages(fixed).filter((message) => message.startsWith("model-keyword"));
      expect(ignored.filter((message) => !/\/(?:max|min)Items$/.test(message))).toEqual([]);
      expect(messages(fixed).filter((message) => !before.has(message))).toEqual([]);
      expect(fixDocument(fixed)).toEqual(fixed);
    }),
    { numRuns: 60 },
  );

  it.each(broken.filter(({ rule }) => !fixable.includes(rule)))(
    "leaves $rule, where a document $breaks, to those who know what is meant",
    ({ rule, change, found = change[0] }) => {
      const fixed = fixDocument(s3DocumentWith(...change));

      expect(lintDocument(fixed)).toContainEqual(expect.objectContaining({ rule, pointer: found }));
    },
  );
});
