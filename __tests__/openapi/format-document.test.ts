import { describe, expect, it } from "vitest";
import { formatDocument } from "../../openapi/format-document.ts";

describe(formatDocument, () => {
  it("gives one text for a document, whatever the order of its keys", () => {
    const first = { paths: { "/b": {}, "/a": {} }, openapi: "3.0.1", components: { x: 1, description: "d" } };
    const second = {
      components: { description: "d", x: 1 },
      openapi: "3.0.1",
      paths: { "/a": {}, "/b": {} },
    };

    expect(formatDocument(first)).toBe(formatDocument(second));
    expect(formatDocument(first)).toBe(
      `${JSON.stringify(
        { openapi: "3.0.1", paths: { "/a": {}, "/b": {} }, components: { description: "d", x: 1 } },
        null,
        2,
      )}\n`,
    );
  });

  it("keeps the order of lists", () => {
    const text = formatDocument({ openapi: "3.0.1", paths: {}, tags: ["b", "a"] });

    expect(JSON.parse(text)["tags"]).toEqual(["b", "a"]);
  });
});
