import { describe, expect, it } from "vitest";
import { createApiGateway } from "../../emulator/api-gateway/api-gateway.ts";
import { routeKeyOf } from "../../emulator/api-gateway/routes.ts";
import { operationsOf } from "../../openapi/operations.ts";
import { findNotExecuted } from "../support/find-not-executed.ts";
import { plausibleBackends, TOKEN } from "../support/plausible-backends.ts";
import { sampleRequest } from "../support/sample-request.ts";
import { anApi, calling, functionArn, invocationUri } from "../support/small-stack.ts";

const responses = { "200": { description: "OK" } };
const action = (service: string) => ({
  responses,
  "x-amazon-apigateway-integration": {
    type: "aws",
    httpMethod: "POST",
    uri: `arn:aws:apigateway:eu-central-1:${service}`,
    credentials: "arn:aws:iam::111111111111:role/orders",
    requestTemplates: { "application/json": "{}" },
    responses: { default: { statusCode: "200" } },
  },
});
const integrated = (integration: object) => ({ responses, "x-amazon-apigateway-integration": integration });
const guardedBy = (scheme: object) => ({
  paths: { "/items": { get: calling("orders", { security: [{ guard: [] }] }) } },
  rest: { components: { securitySchemes: { guard: { type: "apiKey", in: "header", ...scheme } } } },
});
/** As the console writes it for "Enable CORS". */
const preflight = {
  responses: {
    "200": {
      description: "OK",
      headers: { "Access-Control-Allow-Origin": { schema: { type: "string" } } },
    },
  },
  "x-amazon-apigateway-integration": {
    type: "mock",
    requestTemplates: { "application/json": '{"statusCode": 200}' },
    passthroughBehavior: "when_no_match",
    responses: {
      default: {
        statusCode: "200",
        responseParameters: { "method.response.header.Access-Control-Allow-Origin": "'*'" },
      },
    },
  },
};

interface ThirdApi {
  readonly paths: object;
  readonly rest?: object;
  /** The backend behind the method, or why there is none. */
  readonly runs?: string;
  readonly refused?: RegExp;
  readonly isGuarded?: true;
}

/** The most usual ones that people have beside S3: a document each. */
const apis: Readonly<Record<string, ThirdApi>> = {
  "CORS by mock": { paths: { "/items": { options: preflight } }, runs: "nothing" },
  "a proxy to HTTP": {
    paths: {
      "/items": {
        get: integrated({ type: "http_proxy", httpMethod: "GET", uri: "http://127.0.0.1:9/items" }),
      },
    },
    runs: "http GET http://127.0.0.1:9/items",
  },
  "a function without proxy": {
    paths: {
      "/items": {
        get: integrated({
          type: "aws",
          httpMethod: "POST",
          uri: invocationUri(functionArn("orders")),
          requestTemplates: { "application/json": '{"id": 1}' },
          passthroughBehavior: "when_no_templates",
          responses: { default: { statusCode: "200" } },
        }),
      },
    },
    runs: "lambda orders",
  },
  "an action of SQS": {
    paths: { "/items": { post: action("sqs:path/111111111111/orders") } },
    refused: /sqs/i,
  },
  "an action of DynamoDB": {
    paths: { "/items": { get: action("dynamodb:action/Query") } },
    refused: /dynamodb/i,
  },
  "an authorizer": {
    ...guardedBy({
      name: "Authorization",
      "x-amazon-apigateway-authtype": "custom",
      "x-amazon-apigateway-authorizer": { type: "token", authorizerUri: invocationUri(functionArn("guard")) },
    }),
    runs: "lambda orders",
    isGuarded: true,
  },
  "an API key": { ...guardedBy({ name: "x-api-key" }), runs: "lambda orders", isGuarded: true },
  "IAM authorization": {
    ...guardedBy({ name: "Authorization", "x-amazon-apigateway-authtype": "awsSigv4" }),
    refused: /IAM/,
    isGuarded: true,
  },
  "a proxy to a function": { paths: { "/items": { get: calling("orders") } }, runs: "lambda orders" },
};

const apiKey = { id: "partner", value: "a-key-of-twenty-characters" };

function served({ paths, rest = {} }: ThirdApi, skip: readonly string[] = []) {
  const { document } = anApi(paths, { rest });
  const [operation = expect.fail()] = operationsOf(document);
  const { backends, called } = plausibleBackends();
  const options = {
    document,
    deployment: {
      ...{ apiId: "a1b2c3d4e5", accountId: "111111111111", region: "eu-central-1", stageName: "v1" },
      stageVariables: {},
    },
    backends,
    apiKeys: [apiKey],
    skip,
  };
  const send = (headers: Readonly<Record<string, string>>) =>
    createApiGateway(options)(sampleRequest(document, operation, { headers }));
  return { options, operation, called, send };
}

const named = Object.entries(apis);

describe("an API that somebody imports", () => {
  it.each(named.filter(([, { runs }]) => runs !== undefined))("runs: %s", async (_, api) => {
    const { called, send } = served(api);

    const { status } = await send({ Authorization: TOKEN, "x-api-key": apiKey.value });

    expect(status).toBe(200);
    expect(called).toEqual(api.runs === "nothing" ? [] : [api.runs]);
  });

  it.each(named.filter(([, { refused }]) => refused !== undefined))("is refused by name: %s", (_, api) => {
    expect(findNotExecuted(served(api).options)).toEqual([
      expect.objectContaining({ path: "/items", reason: expect.stringMatching(api.refused ?? "") }),
    ]);
  });

  it.each(named)("answers 501, calls nothing and says so where it is left out: %s", async (_, api) => {
    const { called, send } = served(api, [routeKeyOf(served(api).operation)]);

    const { status } = await send({ Authorization: TOKEN, "x-api-key": apiKey.value });

    expect(status).toBe(501);
    expect(called).toEqual([]);
  });

  it.each(named.filter(([, { isGuarded, runs }]) => isGuarded && runs))(
    "never lets anybody through without credentials: %s",
    async (_, api) => {
      const { called, send } = served(api);

      for (const headers of [{}, { Authorization: "wrong", "x-api-key": "wrong" }]) {
        expect([401, 403]).toContain((await send(headers)).status);
      }
      expect(called).toEqual([]);
    },
  );

  it("allows what the console's preflight says", async () => {
    const { headers } = await served(apis["CORS by mock"] ?? expect.fail()).send({
      Origin: "https://a.example",
    });

    expect(Object.fromEntries(headers)).toMatchObject({ "Access-Control-Allow-Origin": "*" });
  });
});
