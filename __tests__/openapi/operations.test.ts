import { describe, expect, it } from "vitest";
import type { Json } from "../../openapi/json.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { operationsOf } from "../../openapi/operations.ts";

const item: Json = { name: "item", in: "path", required: true };

function documentOf(pathItem: Json): OpenApiDocument {
  return {
    openapi: "3.0.1",
    paths: { "/a/{item}": pathItem },
    components: { parameters: { item, tag: { name: "Tag", in: "header" } } },
  };
}

function parametersOf(pathItem: Json): string[][] {
  return operationsOf(documentOf(pathItem)).map(({ parameters }) => [...parameters]);
}

describe(operationsOf, () => {
  it.each(["get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method"])(
    "finds the operation %s with its integration",
    (method) => {
      const integration = { type: "aws_proxy", uri: "arn:a" };

      const operations = operationsOf(
        documentOf({ [method]: { "x-amazon-apigateway-integration": integration } }),
      );

      expect(operations).toMatchObject([
        {
          path: "/a/{item}",
          method,
          pointer: `/paths/~1a~1{item}/${method}`,
          integration: {
            pointer: `/paths/~1a~1{item}/${method}/x-amazon-apigateway-integration`,
            ...integration,
          },
        },
      ]);
    },
  );

  it("takes nothing else of a path for an operation", () => {
    expect(operationsOf(documentOf({ summary: "a", parameters: [], trace: {} }))).toEqual([]);
  });

  it("gives each operation the parameters of its path and its own", () => {
    const tag = { name: "Tag", in: "header" };

    expect(parametersOf({ parameters: [item], get: { parameters: [tag] }, put: {} })).toEqual([
      ["path.item", "header.Tag"],
      ["path.item"],
    ]);
  });

  it("follows references to parameters, of a path as of an operation", () => {
    const refer = (name: string) => ({ $ref: `#/components/parameters/${name}` });

    expect(parametersOf({ parameters: [refer("item")], get: { parameters: [refer("tag")] } })).toEqual([
      ["path.item", "header.Tag"],
    ]);
  });

  it("has no parameter for a reference that leads nowhere or out of the document", () => {
    const references = ["#/components/parameters/other", "parameters.json#/item"];

    expect(parametersOf({ get: { parameters: references.map(($ref) => ({ $ref })) } })).toEqual([[]]);
  });
});
