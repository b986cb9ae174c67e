import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../openapi/json.ts";
import { resolvePointer } from "../../../openapi/json-pointer.ts";
import { exportWith, imported, integrationPointer, operationPointer } from "./exports.ts";

const server = { url: "https://r6y1c4h9ua.execute-api.us-east-1.amazonaws.com/{basePath}" };

describe("what an import leaves out", () => {
  const value = exportWith(
    { type: "mock", cacheNamespace: "x1y2z3", cacheKeyParameters: ["b", "a"] },
    {
      servers: [server],
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
        why: "the resource's id is API Gateway's default",
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
    const kept = exportWith(
      { type: "mock", cacheNamespace: "shared" },
      {
        tags: [{ name: "orders" }],
        components: { schemas: { Empty: { title: "Empty Schema", type: "object" } } },
      },
    );
    const post = resolvePointer(kept, operationPointer) as JsonObject;
    post["responses"] = {
      "200": {
        description: "",
        content: { "application/json": { schema: { $ref: "#/components/schemas/Empty" } } },
      },
    };
    const health = resolvePointer(kept, "/paths/~1health/get/x-amazon-apigateway-integration") as JsonObject;
    health["cacheNamespace"] = "shared";

    const { document, dropped } = imported(kept);

    expect(dropped).toEqual([]);
    expect(document["tags"]).toEqual([{ name: "orders" }]);
    expect(resolvePointer(document, `${integrationPointer}/cacheNamespace`)).toBe("shared");
  });

  it("is a key of an integration only where an integration has it", () => {
    const example = { cacheNamespace: "x1y2z3", responseTransferMode: "BUFFERED", servers: [], content: {} };
    const kept = exportWith(
      { type: "http_proxy", responseTransferMode: "STREAM", uri: "https://orders.example.com/" },
      {
        components: { schemas: { Order: { type: "object", example, default: { parameters: ["b", "a"] } } } },
      },
    );

    const { document, dropped } = imported(kept);

    expect(dropped).toEqual([]);
    expect(resolvePointer(document, "/components")).toEqual(kept["components"]);
    expect(resolvePointer(document, `${integrationPointer}/responseTransferMode`)).toBe("STREAM");
  });

  it("is the empty content of a response, which Swagger 2.0 does not write", () => {
    const post = exportWith({ type: "mock" });
    (resolvePointer(post, operationPointer) as JsonObject)["responses"] = {
      "200": { description: "200 response", content: {} },
    };

    const { document, dropped } = imported(post);

    expect(dropped).toEqual([{ pointer: `${operationPointer}/responses/200/content`, why: "it is empty" }]);
    expect(resolvePointer(document, `${operationPointer}/responses/200`)).toEqual({
      description: "200 response",
    });
  });

  it("is Error as API Gateway makes it, and no model of people's own that is called so", () => {
    const own = { title: "Error Schema", type: "object", properties: { message: { type: "string" } } };
    const model = { type: "object", properties: { code: { type: "string" } } };

    expect(
      imported(exportWith({ type: "mock" }, { components: { schemas: { Error: own } } })).dropped,
    ).toEqual([{ pointer: "/components/schemas/Error", why: "nothing refers to it" }]);
    expect(
      imported(exportWith({ type: "mock" }, { components: { schemas: { Error: model } } })).dropped,
    ).toEqual([]);
  });
});

describe("the TLS of the exported endpoint", () => {
  const policy = "x-amazon-apigateway-security-policy";
  const mode = "x-amazon-apigateway-endpoint-access-mode";
  const enhanced = { [policy]: "SecurityPolicy_TLS13_1_3_2025_09", [mode]: "STRICT" };
  const endpoint = { vpcEndpointIds: ["vpce-0a1b2c3d4e5f60718"] };
  const configuration = "x-amazon-apigateway-endpoint-configuration";
  const fromVpc = {
    Statement: [{ Effect: "Deny", Condition: { StringNotEquals: { "aws:sourceVpce": "vpce-0a1b2c3d" } } }],
  };
  const leftOf = (more: JsonObject) => {
    const { document } = imported(exportWith({ type: "mock" }, more));
    return Object.fromEntries(
      [policy, mode].flatMap((key) => (key in document ? [[key, document[key]]] : [])),
    );
  };

  it.each<[string, JsonObject]>([
    ["a server alone", { servers: [server] }],
    [
      "a switched off address",
      { servers: [{ ...server, [configuration]: { disableExecuteApiEndpoint: true } }] },
    ],
    ["an endpoint configuration without VPC endpoints", { [configuration]: { types: ["REGIONAL"] } }],
  ])("is left out by %s", (_, more) => {
    expect(leftOf({ ...enhanced, ...more })).toEqual({});
  });

  it.each<[string, JsonObject]>([
    ["no server, as in a canonical document", {}],
    ["VPC endpoints beside the server", { servers: [{ ...server, [configuration]: endpoint }] }],
    ["VPC endpoints at the top", { servers: [server], [configuration]: endpoint }],
    [
      "a resource policy that asks for a VPC endpoint",
      { servers: [server], "x-amazon-apigateway-policy": fromVpc },
    ],
  ])("is kept by %s", (_, more) => {
    expect(leftOf({ ...enhanced, ...more })).toEqual(enhanced);
  });

  it.each([
    ["TLS_1_0", {}],
    ["SecurityPolicy_TLS13_2025_EDGE", {}],
    ["TLS_1_2", { servers: [{ ...server, [configuration]: endpoint }] }],
  ])("is left out where it is %s", (value, more) => {
    expect(leftOf({ [policy]: value, ...more } as JsonObject)).toEqual({});
  });

  it("stays TLS_1_2 where a canonical document says so", () => {
    expect(leftOf({ [policy]: "TLS_1_2" })).toEqual({ [policy]: "TLS_1_2" });
  });
});
