import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../openapi/json.ts";
import { lintDocument } from "../../../openapi/lint-document.ts";
import { exportWith, imported, integrationPointer, region, serviceUri, textAt, uriOf } from "./exports.ts";

describe("what an import must not mistake", () => {
  it.each([
    ["a public host that contains execute-api", "https://execute-api.example.com/a"],
    ["a public host with a region in it", "https://my-execute-api.us-east-1.example.com/a"],
    ["a public host that is named like an API", "https://r6y1c4h9ua.execute-api.us-east-1.example.com/a"],
    ["a service that every account has", "https://s3.amazonaws.com/a"],
  ])("%s", (_, uri) => {
    expect(uriOf(uri, "http")).toBe(uri);
  });

  it("media types and dates with digits of their own", () => {
    const requestParameters = {
      "integration.request.header.Content-Type": "'application/x-amz-json-1.1'",
      "integration.request.header.x-date": "'2015-03-31'",
      "integration.request.header.x-other": "'north-1'",
    };

    expect(
      textAt(`${integrationPointer}/requestParameters`, {
        type: "aws",
        uri: serviceUri("states:action/StartExecution"),
        requestParameters,
      }),
    ).toEqual(requestParameters);
  });

  it("a greedy path with a parameter named proxy, and operations without responses", () => {
    const value = exportWith({ type: "mock" });
    const greedy = {
      "x-amazon-apigateway-any-method": {
        parameters: [{ name: "proxy", in: "path", required: true, schema: { type: "string" } }],
        "x-amazon-apigateway-integration": {
          type: "http_proxy",
          httpMethod: "ANY",
          uri: "https://example.com/{proxy}",
          requestParameters: { "integration.request.path.proxy": "method.request.path.proxy" },
        },
      },
    };
    (value["paths"] as JsonObject)["/{proxy+}"] = greedy;

    const { document } = imported(value);

    expect(document.paths["/{proxy+}"]).toEqual(greedy);
    expect(lintDocument(document).filter(({ severity }) => severity === "error")).toEqual([]);
  });

  it("a path parameter that no operation declares", () => {
    const value = exportWith({ type: "mock" });
    (value["paths"] as JsonObject)["/orders/{id}"] = {
      get: { "x-amazon-apigateway-integration": { type: "mock" } },
    };

    const { document } = imported(value);

    expect(lintDocument(document).map(({ rule, severity }) => `${rule} ${severity}`)).toContain(
      "undeclared-path-parameter warning",
    );
  });

  it.each([
    "'1234abcd-12ab-34cd-56ef-123456789012'",
    "'2026-01-31T10:00:00Z'",
    "'+447911123456'",
    "'vpc-orders'",
    "'subnet-mask'",
    "'us-east'",
    "'i-am-here'",
    "'sk-0a1b2c3d4e5f60718'",
  ])("a constant that is no literal: %s", (constant) => {
    const requestParameters = { "integration.request.header.x-a": constant };

    expect(
      textAt(`${integrationPointer}/requestParameters`, {
        type: "aws",
        uri: serviceUri("s3:path/acme"),
        requestParameters,
      }),
    ).toEqual(requestParameters);
  });

  it.each([
    "order 690418257713",
    "2026-01-31",
    "+447911123456",
    "1234abcd-12ab-34cd-56ef-1234567890ab",
    "i-0a1b2c3d",
  ])("a word of a description or an example: %s", (text) => {
    const schemas = { Order: { type: "string", example: text, description: text, enum: [text] } };

    expect(
      imported(exportWith({ type: "mock" }, { components: { schemas } })).document["components"],
    ).toEqual({
      schemas,
    });
  });

  it("words of documentation that are a region", () => {
    const { document } = imported(
      exportWith({ type: "mock" }, { info: { title: `orders of ${region}`, version: "1" } }),
    );

    expect(document["info"]).toEqual({ title: `orders of ${region}`, version: "1" });
  });
});
