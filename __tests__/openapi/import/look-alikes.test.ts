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

  it("words of documentation that are a region", () => {
    const { document } = imported(
      exportWith({ type: "mock" }, { info: { title: `orders of ${region}`, version: "1" } }),
    );

    expect(document["info"]).toEqual({ title: `orders of ${region}`, version: "1" });
  });
});
