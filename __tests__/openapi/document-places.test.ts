import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mapPlaces, walkPlaces } from "../../openapi/document-places.ts";
import type { Json } from "../../openapi/json.ts";
import { walk } from "../../openapi/json-pointer.ts";

const kindsIn = (document: Json) =>
  Object.fromEntries([...walkPlaces(document)].map(({ place }) => [place.pointer, place.kind]));

describe(walkPlaces, () => {
  it("tells what a value is by its place, not by its key", () => {
    const schema = { properties: { parameters: { $ref: "#/a" }, servers: { example: { $ref: "#/a" } } } };
    const kinds = kindsIn({
      paths: {
        "/parameters": {
          parameters: [{ schema }],
          post: {
            parameters: [{}],
            responses: {
              "200": { headers: { responses: {} }, content: { "a/b": { schema, example: { schema } } } },
            },
            "x-amazon-apigateway-integration": { responses: { default: {} }, requestTemplates: {} },
            "x-own": { parameters: [{}] },
          },
        },
        "x-own": { post: {} },
      },
      "x-amazon-apigateway-documentation": { documentationParts: [] },
      "x-amazon-apigateway-gateway-responses": { DEFAULT_4XX: {} },
    });
    const content = "/paths/~1parameters/post/responses/200/content/a~1b";

    expect(kinds).toMatchObject({
      "/paths/~1parameters": "pathItem",
      "/paths/~1parameters/parameters/0": "parameter",
      "/paths/~1parameters/parameters/0/schema/properties/parameters": "schema",
      "/paths/~1parameters/parameters/0/schema/properties/parameters/$ref": "reference",
      "/paths/~1parameters/parameters/0/schema/properties/servers/example/$ref": "free",
      "/paths/~1parameters/post/parameters": "parameters",
      "/paths/~1parameters/post/responses/200/headers/responses": "header",
      [`${content}/schema`]: "schema",
      [`${content}/example/schema`]: "free",
      "/paths/~1parameters/post/x-amazon-apigateway-integration/responses/default": "integrationResponse",
      "/paths/~1parameters/post/x-amazon-apigateway-integration/requestTemplates": "extension",
      "/paths/~1parameters/post/x-own/parameters/0": "free",
      "/paths/x-own/post": "free",
      "/x-amazon-apigateway-documentation/documentationParts": "free",
      "/x-amazon-apigateway-gateway-responses/DEFAULT_4XX": "extension",
    });
  });

  it.each(readdirSync("specs").filter((file) => file.endsWith(".openapi.json")))(
    "finds every value and every reference of %s",
    (file) => {
      const document: Json = JSON.parse(readFileSync(`specs/${file}`, "utf8"));
      const references = [...walk(document)].filter(({ segments }) => segments.at(-1) === "$ref");

      expect([...walkPlaces(document)].map(({ place }) => place.pointer)).toEqual(
        [...walk(document)].map(({ pointer }) => pointer),
      );
      expect(references.length).toBeGreaterThan(0);
      expect(
        [...walkPlaces(document)].flatMap(({ place }) => (place.kind === "reference" ? [place.pointer] : [])),
      ).toEqual(references.map(({ pointer }) => pointer));
      expect(mapPlaces(document, (value) => value)).toEqual(document);
    },
  );
});
