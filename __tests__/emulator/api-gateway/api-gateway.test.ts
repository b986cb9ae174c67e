import { describe, expect, it } from "vitest";
import { createApiGateway } from "../../../emulator/api-gateway/api-gateway.ts";
import { anApi, stores } from "../../support/api-gateway.ts";

describe(createApiGateway, () => {
  it("refuses a document with an integration that it does not execute", () => {
    const http = { type: "http_proxy", httpMethod: "GET", uri: "https://example.com/" };

    expect(() =>
      anApi({ paths: { "/a": { get: { "x-amazon-apigateway-integration": http, responses: {} } } } }),
    ).toThrow(
      'GET /a (/paths/~1a/get): an integration of type "http_proxy" with "https://example.com/" is not executed here',
    );
  });

  it("refuses a function whose answer is streamed", () => {
    const uri =
      "arn:aws:apigateway:eu-central-1:lambda:path/2021-11-15/functions/orders/response-streaming-invocations";
    const streamed = { type: "aws_proxy", httpMethod: "POST", responseTransferMode: "STREAM", uri };

    expect(() =>
      anApi({ paths: { "/a": { get: { "x-amazon-apigateway-integration": streamed, responses: {} } } } }),
    ).toThrow(/is not executed here; .* are, without streaming/);
  });

  it("gives each request an extended id that its sender cannot choose, and a request id that it can", async () => {
    const { send, answers } = anApi({ paths: { "/a": { put: stores("a") } } });

    await send("PUT", "/a", {
      headers: [
        ["x-amzn-RequestId", "mine"],
        ["x-amz-apigw-id", "mine"],
      ],
    });

    expect(answers[0]?.requestId).toBe("mine");
    expect(answers[0]?.extendedRequestId).toMatch(/^[A-Za-z0-9+/]{15}=$/);
  });
});
