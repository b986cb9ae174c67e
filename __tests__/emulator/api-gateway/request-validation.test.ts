import { describe, expect, it } from "vitest";
import { anApi, proxies } from "../../support/api-gateway.ts";

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
    ["a blank parameter that is declared for the whole path", 400, "{}", { "X-Owner": " " }],
  ])("of %s answers %i", async (_, status, body, headers) => {
    expect((await post(body, headers)).status).toBe(status);
  });
});
