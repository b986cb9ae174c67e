import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../openapi/json.ts";
import { exportWith, functionUri, integrationPointer, refusals, textOf } from "./exports.ts";

describe("what an import refuses", () => {
  it.each([
    [
      "a function of another region",
      "/x-amazon-apigateway-gateway-responses/DEFAULT_4XX/responseTemplates/a",
      {
        "x-amazon-apigateway-gateway-responses": {
          DEFAULT_4XX: { responseTemplates: { a: "arn:aws:sqs:eu-west-1:512873640091:x" } },
        },
      },
    ],
    [
      "an account id that nothing explains",
      "/x-amazon-apigateway-gateway-responses/DEFAULT_4XX/responseTemplates/a",
      {
        "x-amazon-apigateway-gateway-responses": {
          DEFAULT_4XX: { responseTemplates: { a: "999999999999" } },
        },
      },
    ],
    [
      "an encoded ARN of another account",
      "/x-amazon-apigateway-gateway-responses/DEFAULT_4XX/responseTemplates/a",
      {
        "x-amazon-apigateway-gateway-responses": {
          DEFAULT_4XX: { responseTemplates: { a: "arn%3Aaws%3Asns%3Aus-east-1%3A999999999999%3Ax" } },
        },
      },
    ],
    [
      "a regional host of a service",
      "/x-amazon-apigateway-gateway-responses/DEFAULT_4XX/responseTemplates/a",
      {
        "x-amazon-apigateway-gateway-responses": {
          DEFAULT_4XX: { responseTemplates: { a: "https://sqs.eu-west-1.amazonaws.com/" } },
        },
      },
    ],
    [
      "a host that AWS gave, with a stage variable in it",
      "/x-amazon-apigateway-gateway-responses/DEFAULT_4XX/responseTemplates/a",
      {
        "x-amazon-apigateway-gateway-responses": {
          DEFAULT_4XX: { responseTemplates: { a: "https://acme.${stageVariables.a}.es.amazonaws.com/" } },
        },
      },
    ],
    [
      "another region, as a word",
      "/x-amazon-apigateway-gateway-responses/DEFAULT_4XX/responseTemplates/a",
      {
        "x-amazon-apigateway-gateway-responses": {
          DEFAULT_4XX: { responseTemplates: { a: '{"region":"eu-central-1"}' } },
        },
      },
    ],
    ["an account in a path", "/paths/~1512873640091", { paths: { "/512873640091": {} } }],
    ["a text that looks like a placeholder", "/info/title", { info: { title: "hello {{name}}" } }],
    ["half a placeholder", "/info/title", { info: { title: "hello {{ role.a }}" } }],
  ])("%s, by its place", (_, pointer, more) => {
    expect(
      refusals(textOf(exportWith({ type: "mock" }, more as JsonObject))).map((problem) => problem.pointer),
    ).toContain(pointer);
  });

  it("what its author wrote, and no placeholder that it was to become", () => {
    const uri = "https://petstore.${stageVariables.a}.execute-api.us-east-1.amazonaws.com/a";
    const requestTemplates = { a: "arn:aws:secretsmanager:us-east-1:512873640091:secret:acme" };

    expect(
      refusals(textOf(exportWith({ type: "http", uri, requestTemplates }))).map(({ message }) => message),
    ).toEqual([
      expect.stringContaining('"petstore.${stageVariables.a}.execute-api.us-east-1.amazonaws.com"'),
      expect.stringContaining('"arn:aws:secretsmanager:us-east-1:512873640091:secret:acme"'),
    ]);
  });

  it.each([
    ["text that is neither JSON nor YAML", "{ a: [", "export-text"],
    ["a list", "[]", "export-shape"],
    ["nothing", "", "export-shape"],
    ["OpenAPI 3.1", '{"openapi":"3.1.0","paths":{"/a":{}}}', "export-shape"],
    ["Swagger 1.2", '{"swagger":"1.2","paths":{"/a":{}}}', "export-shape"],
    ["no paths", '{"openapi":"3.0.1","paths":{}}', "export-shape"],
    [
      "an account id that YAML took for a number",
      "openapi: 3.0.1\npaths: { /a: {} }\nx-amazon-apigateway-x: 512873640091",
      "export-shape",
    ],
    [
      "a form of Swagger",
      '{"swagger":"2.0","paths":{"/a":{"post":{"parameters":[{"in":"formData","name":"a"}]}}}}',
      "swagger-form",
    ],
  ])("%s", (_, text, rule) => {
    expect(refusals(text).map((problem) => problem.rule)).toEqual([rule]);
  });

  it.each([
    [
      "importexport version",
      { "x-amazon-apigateway-importexport-version": "1.0" },
      "/x-amazon-apigateway-importexport-version",
    ],
    ["cross-origin rules", { "x-amazon-apigateway-cors": {} }, "/x-amazon-apigateway-cors"],
    ["default route", { paths: { "/$default": {} } }, "/paths/~1$default"],
  ])("an HTTP API, by its %s", (_, more, pointer) => {
    expect(refusals(textOf(exportWith({ type: "mock" }, more as JsonObject)))).toEqual([
      {
        rule: "export-shape",
        pointer,
        message: expect.stringContaining("a part of an HTTP API; only exports of REST APIs"),
      },
    ]);
  });

  it("an HTTP API, by its payload format", () => {
    const value = exportWith({ type: "aws_proxy", payloadFormatVersion: "2.0", uri: functionUri("a") });

    expect(refusals(textOf(value))).toEqual([
      expect.objectContaining({ pointer: `${integrationPointer}/payloadFormatVersion` }),
    ]);
  });

  it.each([
    [
      "a name for what is not there",
      { bucket: { "acme-none": "a" } },
      'the export has no bucket "acme-none"; it has: none',
    ],
    [
      "a name of other characters",
      { function: { "acme-health": "a-b" } },
      '"a-b" for function acme-health is not a valid name',
    ],
    [
      "one name for two",
      { function: { "acme-health": "a", "acme-orders": "a" } },
      '"a" is the name of two function placeholders: give each a different name',
    ],
  ])("%s", (_, names, message) => {
    const text = textOf(exportWith({ type: "aws_proxy", uri: functionUri("acme-orders") }));

    expect(refusals(text, { names: names as never }).map((problem) => problem.message)).toEqual([
      expect.stringContaining(message),
    ]);
  });
});
