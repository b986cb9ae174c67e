import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixDocument, lintDocument } from "../../../openapi/lint-document.ts";
import { itHolds } from "../../support/property.ts";
import { s3Document, s3DocumentWith } from "../documents.ts";
import { broken } from "./cases.ts";

const fixable = ["model-keyword", "path-item-key"];

describe(fixDocument, () => {
  it("leaves a sound document as it is", () => {
    expect(fixDocument(s3Document())).toEqual(s3Document());
  });

  it("does not change what it is given", () => {
    const given = s3DocumentWith("/components/schemas/File/example", {});

    fixDocument(given);

    expect(given).toEqual(s3DocumentWith("/components/schemas/File/example", {}));
  });

  itHolds(
    "mends every example of an ignored keyword, adds no finding, and has nothing to do the second time",
    fc.property(fc.constantFrom(...broken), ({ change }) => {
      const document = s3DocumentWith(...change);
      const fixed = fixDocument(document);

      const messages = (of: typeof document) =>
        lintDocument(of).map(({ rule, pointer }) => `${rule} ${pointer}`);
      const before = new Set(messages(document));
      expect(messages(fixed).filter((message) => message.startsWith("model-keyword"))).toEqual([]);
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
