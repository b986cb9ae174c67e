import { describe, expect, it } from "vitest";
import { anApi, stores } from "../../support/api-gateway.ts";

describe("a header of an answer that HTTP does not allow", () => {
  it.each([
    ["a line end", "X-One", "a%0Ab"],
    ["a character beyond Latin-1", "X-One", "%E2%82%AC"],
    ["a blank in its name", "X One", "a"],
  ])("fails the call where a template gives it: %s", async (_, name, value) => {
    const set = `#set($context.responseOverride.header["${name}"] = $input.params("q"))`;
    const { send, answers } = anApi({
      paths: {
        "/a": {
          get: {
            "x-amazon-apigateway-integration": {
              type: "mock",
              requestTemplates: { "application/json": `${set}{"statusCode": 200}` },
              responses: { default: { statusCode: "200" } },
            },
            responses: { 200: {} },
          },
        },
      },
    });

    expect((await send("GET", "/a?q=b")).status).toBe(name === "X One" ? 500 : 200);
    expect((await send("GET", `/a?q=${value}`)).status).toBe(500);
    expect(answers[1]?.error).toBe("A header of the answer has a name or a value that HTTP does not allow.");
  });

  it("is left out of a gateway response", async () => {
    const { send } = anApi({
      paths: { "/a": { put: stores("a") } },
      rest: {
        "x-amazon-apigateway-gateway-responses": {
          MISSING_AUTHENTICATION_TOKEN: {
            responseParameters: { "gatewayresponse.header.X-Query": "method.request.querystring.q" },
          },
        },
      },
    });

    expect((await send("GET", "/nothing?q=b")).headers).toMatchObject({ "X-Query": "b" });
    const { status, headers } = await send("GET", "/nothing?q=a%0Ab");
    expect(status).toBe(403);
    expect(headers).not.toHaveProperty("X-Query");
  });
});
