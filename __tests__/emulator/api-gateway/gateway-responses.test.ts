import { describe, expect, it } from "vitest";
import { anApi, stores } from "../../support/api-gateway.ts";
import { authorizerScheme, functions, guarded, policyFor, schemes } from "../../support/authorizers.ts";

describe("gateway responses", () => {
  const custom = (name: string, response: unknown) => ({
    paths: { "/a": { put: stores("a") } },
    rest: { "x-amazon-apigateway-gateway-responses": { [name]: response } },
  });

  it("customize status, headers and body of an error", async () => {
    const { send } = anApi(
      custom("MISSING_AUTHENTICATION_TOKEN", {
        statusCode: "404",
        responseParameters: {
          "gatewayresponse.header.Content-Type": "'application/problem+json'",
          "gatewayresponse.header.X-Request": "context.requestId",
        },
        responseTemplates: {
          "application/json": '{"detail":$context.error.messageString,"type":"$context.error.responseType"}',
        },
      }),
    );

    const response = await send("GET", "/nothing", { headers: [["x-amzn-RequestId", "chosen"]] });

    expect(response).toMatchObject({
      status: 404,
      headers: { "Content-Type": "application/problem+json", "X-Request": "chosen" },
      text: '{"detail":"Missing Authentication Token","type":"MISSING_AUTHENTICATION_TOKEN"}',
    });
  });

  it("of a class of statuses stand in for those of a type, and keep its status", async () => {
    const { send } = anApi(
      custom("DEFAULT_4XX", { statusCode: "400", responseTemplates: { "application/json": "{}" } }),
    );

    expect(await send("GET", "/nothing")).toMatchObject({ status: 403, text: "{}" });
  });

  it("have headers from the request and its route", async () => {
    const { send } = anApi({
      paths: { "/orders/{id}": { put: stores("{nothing}") } },
      rest: {
        "x-amazon-apigateway-gateway-responses": {
          DEFAULT_5XX: {
            responseParameters: {
              "gatewayresponse.header.Access-Control-Allow-Origin": "method.request.header.origin",
              "gatewayresponse.header.X-Id": "method.request.path.id",
              "gatewayresponse.header.X-Tag": "method.request.querystring.tag",
              "gatewayresponse.header.X-None": "method.request.querystring.none",
              "gatewayresponse.header.X-Resource": "context.resourcePath",
            },
          },
        },
      },
    });

    const response = await send("PUT", "/orders/7?tag=x&tag=y", {
      headers: [["Origin", "https://shop.example"]],
    });

    expect(response).toMatchObject({
      status: 500,
      headers: {
        "Access-Control-Allow-Origin": "https://shop.example",
        "X-Id": "7",
        "X-Tag": "y",
        "X-Resource": "/orders/{id}",
      },
    });
    expect(response.headers).not.toHaveProperty("X-None");
  });

  it.each([
    ["application/xml", "application/xml", "<e>Missing Authentication Token</e>"],
    ["text/html", "application/json", "{}"],
  ])("are those for what a client accepts: %s", async (accept, contentType, text) => {
    const { send } = anApi(
      custom("DEFAULT_4XX", {
        responseTemplates: { "application/xml": "<e>$context.error.message</e>", "application/json": "{}" },
      }),
    );

    const response = await send("GET", "/nothing", { headers: [["Accept", accept]] });

    expect(response).toMatchObject({ text, headers: { "Content-Type": contentType } });
  });

  it("name stage variables and what an authorizer gave, whatever characters their names have", async () => {
    const denies = { policyDocument: policyFor("Deny"), context: { user_id2: "u-1" } };
    const { send } = anApi({
      paths: { "/a": { put: guarded("auth") } },
      rest: {
        ...schemes({ auth: authorizerScheme() }),
        "x-amazon-apigateway-gateway-responses": {
          ACCESS_DENIED: {
            responseTemplates: { "application/json": "$context.authorizer.user_id2/$stageVariables.my_2" },
          },
        },
      },
      stageVariables: { my_2: "x" },
      backends: functions(denies).backends,
    });

    expect(await send("PUT", "/a", { headers: [["Authorization", "t"]] })).toMatchObject({ text: "u-1/x" });
  });

  it("tell a client nothing of a backend that cannot be reached, and the log everything", async () => {
    const { send, answers } = anApi({
      paths: { "/a": { put: stores("a") } },
      backends: { s3: () => Promise.reject(new Error("connect ECONNREFUSED")) },
    });

    const response = await send("PUT", "/a");

    expect(response.status).toBe(504);
    expect(response.text).not.toContain("ECONNREFUSED");
    expect(answers).toMatchObject([{ status: 504, error: expect.stringContaining("ECONNREFUSED") }]);
  });
});
