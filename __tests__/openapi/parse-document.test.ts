import { describe, expect, it } from "vitest";
import { OpenApiError } from "../../openapi/openapi-error.ts";
import { parseDocument } from "../../openapi/parse-document.ts";
import { s3Document } from "./documents.ts";

function errorOf(text: string): OpenApiError {
  try {
    parseDocument(text, "specs/a.json");
  } catch (error) {
    if (error instanceof OpenApiError) return error;
    throw error;
  }
  throw new Error("the text was parsed");
}

describe(parseDocument, () => {
  it("returns the document", () => {
    expect(parseDocument(JSON.stringify(s3Document()), "specs/a.json")).toEqual(s3Document());
  });

  it("names the source and the line of broken JSON, and keeps the cause", () => {
    const error = errorOf('{\n  "openapi": "3.0.1",\n  oops\n}');

    expect(error.name).toBe("OpenApiError");
    expect(error.message).toMatch(/^specs\/a\.json is not JSON:\n {2}\(document\): .*line 3 column 3/);
    expect(error.cause).toBeInstanceOf(SyntaxError);
  });

  it.each([
    [
      "another version",
      { openapi: "3.1.0", paths: { "/a": {} } },
      '/openapi: expected version 3.0.x, got "3.1.0"',
    ],
    [
      "Swagger",
      { swagger: "2.0", paths: { "/a": {} } },
      '/openapi: expected version 3.0.x, got swagger "2.0"',
    ],
    ["no paths", { openapi: "3.0.1" }, "/paths: expected an object with at least one path"],
    ["empty paths", { openapi: "3.0.1", paths: {} }, "/paths: expected an object with at least one path"],
    ["a list", [], "(document): expected an object"],
  ])("refuses %s", (_, value, message) => {
    const error = errorOf(JSON.stringify(value));

    expect(error.message).toContain(`specs/a.json is not an OpenAPI 3.0 document:\n  ${message}`);
  });

  it("reports all problems at once", () => {
    expect(errorOf('{"openapi": 3}').problems.map(({ pointer }) => pointer)).toEqual(["/openapi", "/paths"]);
  });

  it("refuses a key that stands twice, by its place and lines, however it is written", () => {
    const error = errorOf(
      '{"openapi": "3.0.1",\n"paths": {"/a": {"get": 1}, "/b": [{}, {"x": 1,\n"\\u0078": 2}]}}',
    );

    expect(error.problems).toEqual([
      {
        rule: "duplicate-key",
        pointer: "/paths/~1b/1/x",
        message:
          "this key occurs twice in one object (lines 2 and 3); remove one of them: JSON parsers use only the second",
      },
    ]);
  });

  it("takes one key in several objects, and texts that look like keys", () => {
    const value = {
      ...s3Document(),
      "x-own": [{ a: '{"a": 1, "a": 2}' }, { a: { a: "\\" } }, { 'a"': 1, a: 2 }],
    };

    expect(parseDocument(JSON.stringify(value), "specs/a.json")).toEqual(value);
  });

  it("refuses nesting that nobody could follow", () => {
    const deep = `${'{"x":'.repeat(5_000)}1${"}".repeat(5_000)}`;

    expect(errorOf(`{"openapi": "3.0.1", "paths": {"/a": ${deep}}}`).problems).toEqual([
      expect.objectContaining({ rule: "nesting" }),
    ]);
  });

  it("takes a text behind a byte order mark", () => {
    expect(parseDocument(`\uFEFF${JSON.stringify(s3Document())}`, "specs/a.json")).toEqual(s3Document());
  });
});
