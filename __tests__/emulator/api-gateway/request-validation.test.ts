import { describe, expect, it } from "vitest";
import { anApi, proxies } from "../../support/api-gateway.ts";
import { allowsAll, authorizerScheme, functions, guarded, schemes } from "../../support/authorizers.ts";

describe("request validation", () => {
  const { send } = anApi({
    paths: {
      "/a": {
        parameters: [{ $ref: "#/components/parameters/Owner" }],
        post: {
          ...proxies,
          requestBody: {
            content: { "application/json": { schema: { $ref: "#/components/schemas/Outer" } } },
          },
          "x-amazon-apigateway-request-validator": "all",
        },
      },
    },
    rest: {
      components: {
        parameters: { Owner: { name: "X-Owner", in: "header", required: true } },
        schemas: {
          Outer: { type: "object", properties: { inner: { $ref: "#/components/schemas/Inner" } } },
          Inner: { type: "number" },
        },
      },
      "x-amazon-apigateway-request-validators": {
        all: { validateRequestBody: true, validateRequestParameters: true },
      },
    },
  });
  const post = (body: string, headers: Readonly<Record<string, string>> = { "X-Owner": "me" }) =>
    send("POST", "/a", { body: Buffer.from(body), headers: Object.entries(headers) });

  it.each([
    ["a body that fits its model, through references", 200, '{"inner":1}', { "X-Owner": "me" }],
    ["a body that breaks a referred model", 400, '{"inner":"x"}', { "X-Owner": "me" }],
    ["a body that is no JSON", 400, "{", { "X-Owner": "me" }],
    ["a body of a media type without a model", 200, "{", { "X-Owner": "me", "Content-Type": "text/plain" }],
    ["no body", 400, "", { "X-Owner": "me" }],
    ["no body, of a media type without a model", 200, "", { "X-Owner": "me", "Content-Type": "text/plain" }],
    [
      "a media type in capitals with a parameter",
      400,
      "{",
      { "X-Owner": "me", "Content-Type": "Application/JSON;charset=utf-8" },
    ],
    ["a header in another case", 200, "{}", { "x-owner": "me" }],
    ["a blank parameter that is declared for the whole path", 400, "{}", { "X-Owner": " " }],
  ])("of %s answers %i", async (_, status, body, headers) => {
    expect((await post(body, headers)).status).toBe(status);
  });
});

describe("a request validator", () => {
  const validating = (operation: Readonly<Record<string, unknown>>, components = {}) =>
    anApi({
      paths: {
        "/orders/{id}": { put: { ...proxies, ...operation, "x-amazon-apigateway-request-validator": "all" } },
      },
      rest: {
        components,
        "x-amazon-apigateway-request-validators": {
          all: { validateRequestBody: true, validateRequestParameters: true },
        },
      },
    });

  it.each([
    ["/orders/%20?tag=x", 400],
    ["/orders/7?tag=%20", 400],
    ["/orders/7?tag=x", 200],
  ])("takes a parameter that is blank once decoded for missing: %s", async (target, status) => {
    const parameters = [
      { name: "id", in: "path", required: true },
      { name: "tag", in: "query", required: true },
    ];

    expect((await validating({ parameters }).send("PUT", target)).status).toBe(status);
  });

  it("reads a body that the document refers to, and a model that names its draft", async () => {
    const $schema = "http://json-schema.org/draft-04/schema#";
    const { send } = validating(
      { requestBody: { $ref: "#/components/requestBodies/Order" } },
      {
        requestBodies: {
          Order: { content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } } },
        },
        schemas: { Order: { $schema, title: "Order", type: "object", required: ["count"] } },
      },
    );

    expect((await send("PUT", "/orders/7", { body: Buffer.from('{"count":1}') })).status).toBe(200);
    expect((await send("PUT", "/orders/7", { body: Buffer.from("{}") })).status).toBe(400);
  });

  it.each(["validateRequestBody", "validateRequestParameters"])(
    "that says neither true nor false of %s keeps the API from its start",
    (key) => {
      const start = () =>
        anApi({
          paths: { "/orders": { put: { ...proxies, "x-amazon-apigateway-request-validator": "all" } } },
          rest: { "x-amazon-apigateway-request-validators": { all: { [key]: "true" } } },
        });

      expect(start).toThrow(
        `the request validator "all" with ${key} "true" is not executed here. Write true or false`,
      );
    },
  );

  it("tells a caller who is not let in nothing", async () => {
    const { send } = anApi({
      paths: {
        "/orders": {
          put: {
            ...guarded("auth"),
            parameters: [{ name: "tag", in: "query", required: true }],
            "x-amazon-apigateway-request-validator": "parameters",
          },
        },
      },
      rest: {
        ...schemes({ auth: authorizerScheme() }),
        "x-amazon-apigateway-request-validators": { parameters: { validateRequestParameters: true } },
      },
      backends: functions(allowsAll).backends,
    });

    expect((await send("PUT", "/orders")).status).toBe(401);
    expect((await send("PUT", "/orders", { headers: [["Authorization", "t"]] })).status).toBe(400);
  });

  it("checks nothing of a media type without a schema", async () => {
    const { send } = validating({ requestBody: { content: { "application/json": {} } } });

    expect((await send("PUT", "/orders/7", { body: Buffer.from("no JSON") })).status).toBe(200);
  });
});
