import { describe, expect, it } from "vitest";
import { type Content, contentSha256, documentsOf } from "../../../../functions/ingestion/stores/record.ts";

const fileOf = (sha256: string) => ({
  metadata: { fileName: `${sha256}.pdf`, contentType: "application/pdf", sha256, sizeBytes: 1 },
  bytes: Buffer.from(sha256),
});
const content = (record: Content["record"]): Content => ({ record, files: [] });

describe(documentsOf, () => {
  it("has a file that is there twice once", () => {
    const files = [fileOf("a"), fileOf("b"), fileOf("a")];

    expect([...documentsOf({ record: {}, files }).keys()]).toEqual(["a", "b"]);
  });
});

describe(contentSha256, () => {
  it("is the same for another order of properties, on every level", () => {
    const left = content({ a: 1, b: [{ c: null, d: "x" }] });
    const right = content({ b: [{ d: "x", c: null }], a: 1 });

    expect(contentSha256(left)).toBe(contentSha256(right));
  });

  it("is another for another order of a list, another value or another name", () => {
    const hashes = [{ a: [1, 2] }, { a: [2, 1] }, { a: [1, "2"] }, { b: [1, 2] }].map((record) =>
      contentSha256(content(record)),
    );

    expect(new Set(hashes).size).toBe(4);
  });
});
