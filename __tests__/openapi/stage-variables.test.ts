import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../openapi/json.ts";
import { stageVariableUses } from "../../openapi/stage-variables.ts";

const at = "/paths/~1a/get/x-amazon-apigateway-integration";

function usesOf(integration: JsonObject, more: JsonObject = {}) {
  return stageVariableUses({
    openapi: "3.0.1",
    paths: { "/a": { get: { "x-amazon-apigateway-integration": integration } } },
    ...more,
  });
}

const authorizer = (value: JsonObject): JsonObject => ({
  components: {
    securitySchemes: { a: { type: "apiKey", "x-amazon-apigateway-authorizer": value } },
  },
});

describe(stageVariableUses, () => {
  it.each<[string, JsonObject, string[]]>([
    ["a URI", { uri: "https://${stageVariables.host}/${stageVariables.path}/{id}" }, ["host", "path"]],
    ["credentials", { credentials: "arn:aws:iam::1:role/${stageVariables.role}" }, ["role"]],
    ["a VPC link", { connectionId: "${stageVariables.link}" }, ["link"]],
    ["a load balancer", { integrationTarget: "${stageVariables.balancer}" }, ["balancer"]],
    ["a server's name", { tlsConfig: { serverNameToVerify: "${stageVariables.name}" } }, ["name"]],
  ])("are required by %s", (_, integration, names) => {
    expect(usesOf(integration)).toEqual(
      names.map((name) => ({ name, pointers: [expect.stringContaining(at)], required: true })),
    );
  });

  it.each<[string, JsonObject]>([
    ["its function", { authorizerUri: "arn:x:function:${stageVariables.v}/invocations" }],
    ["its role", { authorizerCredentials: "arn:x:role/${stageVariables.v}" }],
    ["its user pool", { providerARNs: ["arn:x:userpool/${stageVariables.v}"] }],
    ["what it looks at", { identitySource: "method.request.header.Authorization, stageVariables.v" }],
  ])("are required by an authorizer for %s", (_, value) => {
    expect(usesOf({}, authorizer(value))).toMatchObject([{ name: "v", required: true }]);
  });

  it.each([
    "$stageVariables.v",
    "${stageVariables.v}",
    "$!{stageVariables.v}",
    "$stageVariables['v']",
    '$stageVariables["v"]',
    "$stageVariables.get('v')",
    "#if($stageVariables.v == 1)a#end",
  ])("are used by a template as %s, which may do without", (template) => {
    const used = { name: "v", required: false };

    expect(usesOf({ requestTemplates: { "application/json": template } })).toMatchObject([used]);
    expect(usesOf({ responses: { default: { responseTemplates: { a: template } } } })).toMatchObject([used]);
  });

  it("are used by mappings of requests, answers and gateway responses, and by no constant there", () => {
    const requestParameters = {
      "integration.request.header.a": "stageVariables.mapped",
      "integration.request.header.b": "'stageVariables.constant'",
    };
    const responses = {
      default: { responseParameters: { "method.response.header.a": "stageVariables.answered" } },
    };
    const more = {
      "x-amazon-apigateway-gateway-responses": {
        DEFAULT_4XX: { responseParameters: { "gatewayresponse.header.a": "stageVariables.refused" } },
      },
    };

    expect(
      usesOf({ requestParameters, responses }, more).map(({ name, required }) => `${name} ${required}`),
    ).toEqual(["mapped false", "answered false", "refused false"]);
  });

  it("are listed once, with each of their places", () => {
    const uses = usesOf({
      uri: "https://a/${stageVariables.v}/${stageVariables.v}",
      requestTemplates: { "application/json": "$stageVariables.v" },
    });

    expect(uses).toEqual([
      { name: "v", pointers: [`${at}/uri`, `${at}/requestTemplates/application~1json`], required: true },
    ]);
  });

  it("are none where API Gateway reads nothing", () => {
    expect(
      usesOf(
        {},
        {
          info: { description: "${stageVariables.a}" },
          "x-amazon-apigateway-documentation": { documentationParts: [{ b: "${stageVariables.b}" }] },
        },
      ),
    ).toEqual([]);
  });
});
