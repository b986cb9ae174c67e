import { describe, expect, it } from "vitest";
import { showApiRequests } from "../../cli/show-api-requests.ts";
import { SHARED_CALLER } from "../../contract/keys.ts";
import { anApi, calling } from "../support/small-stack.ts";

const urls = { url: "http://127.0.0.1:1", apisUrl: "http://127.0.0.1:2" };
const scheme = (authorizer?: object) => ({
  type: "apiKey",
  name: authorizer ? "X-Token" : "x-api-key",
  in: "header",
  ...(authorizer && {
    "x-amazon-apigateway-authtype": "custom",
    "x-amazon-apigateway-authorizer": authorizer,
  }),
});
const rest = {
  components: {
    securitySchemes: {
      key: scheme(),
      token: scheme({ type: "token" }),
      request: scheme({
        type: "request",
        identitySource: "method.request.header.X-Who, method.request.querystring.for, context.httpMethod",
      }),
      query: scheme({ type: "request", identitySource: "method.request.querystring.for" }),
    },
  },
};
const by = (name: string, operation: object = {}) =>
  calling("orders", { security: [{ [name]: [] }], ...operation });
const content = { requestBody: { content: { "application/json": {} } } };

const show = (
  paths: object,
  callers: Parameters<typeof showApiRequests>[2] = SHARED_CALLER,
  skip: string[] = [],
) => showApiRequests({ ...anApi(paths, { rest }), skip }, urls, callers);

describe(showApiRequests, () => {
  it("has a command for each route that is not left out, but for preflights", () => {
    const paths = {
      "/items": { get: calling("a"), post: calling("a", content), options: calling("a") },
      "/items/{id}": { head: calling("a"), delete: calling("a") },
      "/rest/{proxy+}": { "x-amazon-apigateway-any-method": calling("a") },
    };

    expect(show(paths, SHARED_CALLER, ["DELETE /items/{id}"])).toEqual([
      "curl -sS 'http://127.0.0.1:1/items'",
      "curl -sS -X POST -H 'Content-Type: application/json' --data-binary @<file> 'http://127.0.0.1:1/items'",
      "curl -sS -I 'http://127.0.0.1:1/items/<id>'",
      "curl -sS 'http://127.0.0.1:1/rest/<proxy>'",
    ]);
  });

  it("asks for the bytes, where a backend may answer with a binary media type", () => {
    const through = (type: string) => ({
      responses: {},
      "x-amazon-apigateway-integration": {
        type,
        httpMethod: "GET",
        uri: "arn:aws:apigateway:eu-central-1:s3:path/a/b",
      },
    });
    const paths = {
      "/files": { get: through("aws"), head: through("aws") },
      "/health": { get: through("mock") },
      "/items": { get: calling("a") },
    };
    const shown = (...types: string[]) => {
      const binary = { "x-amazon-apigateway-binary-media-types": types };
      return showApiRequests({ ...anApi(paths, { rest: binary }), skip: [] }, urls, SHARED_CALLER);
    };

    expect(shown("application/pdf", "image/*")).toEqual([
      "curl -sS -H 'Accept: application/pdf' -o download 'http://127.0.0.1:1/files'",
      "curl -sS -I 'http://127.0.0.1:1/files'",
      "curl -sS 'http://127.0.0.1:1/health'",
      "curl -sS 'http://127.0.0.1:1/items'",
    ]);
    expect(shown("image/*")[0]).toBe(
      "curl -sS -H 'Accept: image/<subtype>' -o download 'http://127.0.0.1:1/files'",
    );
    expect(shown("*/*")[0]).toBe("curl -sS -o download 'http://127.0.0.1:1/files'");
  });

  it("speaks as the caller that may do most, and shows what it may", () => {
    const paths = { "/items": { get: calling("a"), put: calling("a"), delete: calling("a") } };
    const limits = { credentials: [] };
    const callers = [
      { name: "reader", may: ["read"], ...limits },
      { name: "writer", may: ["read", "write"], ...limits },
    ] as unknown as Parameters<typeof showApiRequests>[2];

    expect(show(paths, callers)).toEqual([
      "curl -sS -H 'Authorization: Bearer writer' 'http://127.0.0.1:1/items'",
      "curl -sS -X PUT -H 'Authorization: Bearer writer' -H 'Content-Type: <type>' --data-binary @<file> 'http://127.0.0.1:1/items'",
    ]);
  });

  it("goes to the API by itself, with placeholders, where a guard reads a header that the proxy keeps back", () => {
    const paths = {
      "/key": { get: by("key") },
      "/token": { get: by("token") },
      "/request": { get: by("request") },
      "/query": { get: by("query") },
    };

    expect(show(paths)).toEqual([
      "curl -sS -H 'x-api-key: <x-api-key>' 'http://127.0.0.1:2/apis/orders/v1/key'",
      "curl -sS -H 'X-Token: <X-Token>' 'http://127.0.0.1:2/apis/orders/v1/token'",
      "curl -sS -H 'X-Who: <X-Who>' 'http://127.0.0.1:2/apis/orders/v1/request?for=<for>'",
      "curl -sS 'http://127.0.0.1:1/query?for=<for>'",
    ]);
  });
});
