import { describe, expect, it } from "vitest";
import { anApi, stores } from "../../support/api-gateway.ts";

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
