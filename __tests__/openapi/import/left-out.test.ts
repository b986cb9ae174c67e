import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../openapi/json.ts";
import { resolvePointer } from "../../../openapi/json-pointer.ts";
import { exportWith, imported, integrationPointer, operationPointer } from "./exports.ts";

describe("what an import leaves out", () => {
  const value = exportWith(
    { type: "mock", cacheNamespace: "x1y2z3", cacheKeyParameters: ["b", "a"] },
    {
      servers: [{ url: "https://r6y1c4h9ua.execute-api.us-east-1.amazonaws.com/{basePath}" }],
      tags: [{ name: "team", "x-amazon-apigateway-tag-value": "orders" }],
      "x-amazon-apigateway-policy": { Statement: [] },
      components: { schemas: { Empty: { title: "Empty Schema", type: "object" } } },
    },
  );

  it("is listed with its place and reason", () => {
    const { document, dropped } = imported(value);

    expect(dropped).toEqual([
      { pointer: "/servers", why: "the stack supplies it" },
      { pointer: "/x-amazon-apigateway-policy", why: "the stack supplies it" },
      { pointer: "/tags/0", why: "the stack supplies it" },
      {
        pointer: `${integrationPointer}/cacheNamespace`,
        why: "API Gateway fills in the resource's id again",
      },
      { pointer: "/components/schemas/Empty", why: "nothing refers to it" },
    ]);
    expect(Object.keys(document)).toEqual(["openapi", "info", "paths"]);
    expect(resolvePointer(document, integrationPointer)).toEqual({
      type: "mock",
      cacheKeyParameters: ["a", "b"],
    });
  });

  it("is not the model that something refers to, a shared cache, or a tag of operations", () => {
    const response = { content: { "application/json": { schema: { $ref: "#/components/schemas/Empty" } } } };
    const kept = exportWith(
      { type: "mock", cacheNamespace: "shared" },
      {
        tags: [{ name: "orders" }],
        components: { schemas: { Empty: { title: "Empty Schema", type: "object" } } },
      },
    );
    const post = resolvePointer(kept, operationPointer) as JsonObject;
    post["responses"] = { "200": { description: "", ...response } };
    const health = resolvePointer(kept, "/paths/~1health/get/x-amazon-apigateway-integration") as JsonObject;
    health["cacheNamespace"] = "shared";

    const { document, dropped } = imported(kept);

    expect(dropped).toEqual([]);
    expect(document["tags"]).toEqual([{ name: "orders" }]);
    expect(resolvePointer(document, `${integrationPointer}/cacheNamespace`)).toBe("shared");
  });
});
