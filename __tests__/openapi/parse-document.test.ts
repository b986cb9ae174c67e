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

    expect(error.message).toContain(`specs/a.json is no OpenAPI 3.0 document:\n  ${message}`);
  });

  it("reports all problems at once", () => {
    expect(errorOf('{"openapi": 3}').problems.map(({ pointer }) => pointer)).toEqual(["/openapi", "/paths"]);
  });
});
