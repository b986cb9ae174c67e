import { describe, expect, it } from "vitest";
import { UserError } from "../../../contract/user-error.ts";
import { createApiGateway } from "../../../emulator/api-gateway/api-gateway.ts";
import { callHttpEndpoint } from "../../../emulator/http-backend.ts";
import { anApi, proxies, stores } from "../../support/api-gateway.ts";

const unknown = { "x-amazon-apigateway-integration": { type: "magic" }, responses: {} };
const schemes = {
  components: { securitySchemes: { Keyed: { type: "apiKey", name: "x-api-key", in: "header" } } },
};

/** What an API that does not start says. */
function refusalOf(options: Parameters<typeof anApi>[0]): string {
  try {
    anApi(options);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return "";
}

describe("an API that is not executed", () => {
  it("says all that keeps it from starting, each with its place and what to do", () => {
    const refusal = refusalOf({
      paths: { "/orders": { get: unknown, put: stores("a") }, "/items": { delete: { responses: {} } } },
      skip: ["GET /nothing"],
      policy: JSON.stringify({ Statement: [{ Effect: "Allow" }] }),
    });

    const lines = refusal.split("\n");
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^GET \/orders \(\/paths\/~1orders\/get\): .+ is not executed here. .*leave the route out: --skip "GET \/orders"\.$/,
      ),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^DELETE \/items .*a method without integration is not executed here\. Add one.*--skip/,
      ),
    );
    expect(lines).toContain(
      '"GET /nothing" cannot be left out: there is no such route. The routes are GET /orders, PUT /orders, DELETE /items.',
    );
    expect(refusal).toContain("The resource policy is not evaluated here");
    expect(refusal).not.toContain("PUT /orders (");
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      "an unknown gateway response",
      { MADE_UP: {} },
      '/x-amazon-apigateway-gateway-responses/MADE_UP: "MADE_UP" is not a gateway response type',
    ],
    [
      "a gateway response from a body",
      { DEFAULT_4XX: { responseParameters: { "gatewayresponse.header.X": "method.request.body.x" } } },
      'a gateway response cannot set "gatewayresponse.header.X" to "method.request.body.x" here',
    ],
    [
      "a gateway response with another status",
      { DEFAULT_4XX: { statusCode: "4xx" } },
      '/x-amazon-apigateway-gateway-responses/DEFAULT_4XX/statusCode: "4xx" is not a status',
    ],
  ])("refuses %s", (_, responses, sentence) => {
    const rest = { "x-amazon-apigateway-gateway-responses": responses };

    expect(refusalOf({ paths: { "/a": { put: stores("a") } }, rest })).toContain(sentence);
  });

  it("refuses another source of API keys", () => {
    const rest = { "x-amazon-apigateway-api-key-source": "QUERY" };

    expect(refusalOf({ paths: { "/a": { put: stores("a") } }, rest })).toBe(
      '/x-amazon-apigateway-api-key-source: "QUERY" is not a source of API keys. Write HEADER or AUTHORIZER.',
    );
  });

  it.each([
    [{ swagger: "2.0" }, "The document is Swagger 2.0. Only OpenAPI 3.0 is executed here."],
    [{ openapi: "3.1.0" }, "The document is OpenAPI 3.1.0. Only OpenAPI 3.0 is executed here."],
  ])("refuses %j", (version, sentence) => {
    const document = { paths: { "/a": { put: stores("a") } }, ...version };
    const backends = {
      s3: async () => ({ status: 200, headers: [], body: Buffer.alloc(0) }),
      lambda: async () => ({ kind: "returned", payload: "" }) as const,
      http: callHttpEndpoint,
    };
    const deployment = { apiId: "a", accountId: "1", region: "r", stageName: "v1", stageVariables: {} };

    expect(() => createApiGateway({ document: document as never, deployment, backends })).toThrow(sentence);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      "a validator that is not declared",
      {},
      'the request validator "all" is not executed here. Declare it in',
    ],
    [
      "a model that is no schema of draft 4",
      { "x-amazon-apigateway-request-validators": { all: { validateRequestBody: true } } },
      "the model for application/json (",
    ],
  ])("refuses a route with %s", (_, rest, sentence) => {
    const schema = { type: "number", minimum: 1, exclusiveMinimum: 2 };
    const post = {
      ...proxies,
      requestBody: { content: { "application/json": { schema } } },
      "x-amazon-apigateway-request-validator": "all",
    };

    expect(refusalOf({ paths: { "/a": { post } }, rest })).toContain(sentence);
  });
});

describe("a route that is left out", () => {
  const guarded = { ...proxies, security: [{ Keyed: [] }] };

  it.each(["GET /orders/{id}", "get /orders/{id}", " GET  /orders/{id} "])(
    "as %j answers 501, whatever the document says of errors",
    async (route) => {
      const called: string[] = [];
      const { send, answers } = anApi({
        paths: { "/orders/{id}": { get: unknown, put: stores("a") } },
        rest: { "x-amazon-apigateway-gateway-responses": { DEFAULT_5XX: { statusCode: "200" } } },
        skip: [route],
        backends: {
          lambda: async (functionArn) => {
            called.push(functionArn);
            return { kind: "returned", payload: "{}" };
          },
        },
      });

      const response = await send("GET", "/orders/7");

      expect(response).toMatchObject({
        status: 501,
        text: '{"message":"Not Implemented"}',
        headers: { "Content-Type": "application/json", "x-amzn-RequestId": expect.any(String) },
      });
      expect(answers).toMatchObject([{ status: 501, error: "GET /orders/{id} is left out here" }]);
      expect((await send("PUT", "/orders/7")).status).toBe(200);
      expect(called).toEqual([]);
    },
  );

  it("lets nobody in, guarded or not, and calls nothing", async () => {
    const called: string[] = [];
    const { send } = anApi({
      paths: { "/a": { "x-amazon-apigateway-any-method": guarded } },
      rest: schemes,
      skip: ["ANY /a"],
      backends: {
        lambda: async (functionArn) => {
          called.push(functionArn);
          return { kind: "returned", payload: '{"statusCode":200}' };
        },
      },
    });

    expect((await send("GET", "/a", { headers: [["x-api-key", "k"]] })).status).toBe(501);
    expect(called).toEqual([]);
  });
});

describe("a policy in the document", () => {
  const inDocument = {
    "x-amazon-apigateway-policy": {
      Statement: [{ Effect: "Deny", Principal: "*", Action: "execute-api:Invoke", Resource: "*" }],
    },
  };
  const paths = { "/a": { put: stores("a") } };

  it("counts where none is given beside it", async () => {
    expect((await anApi({ paths, rest: inDocument }).send("PUT", "/a")).status).toBe(403);
  });

  it("gives way to one that is", async () => {
    const policy = JSON.stringify({
      Statement: [{ Effect: "Allow", Principal: "*", Action: "execute-api:Invoke", Resource: "*" }],
    });

    expect((await anApi({ paths, rest: inDocument, policy }).send("PUT", "/a")).status).toBe(200);
  });
});
