import { describe, expect, it } from "vitest";
import { findOpenMethods } from "../../../../emulator/api-gateway/guards/open-methods.ts";
import { parseDocument } from "../../../../openapi/parse-document.ts";
import { anApi, proxies } from "../../../support/api-gateway.ts";
import { authorizerScheme, authorizerUri, guarded, schemes } from "../../../support/authorizers.ts";

const start = (operation: object, securitySchemes: Readonly<Record<string, unknown>> = {}) =>
  anApi({ paths: { "/orders": { get: operation } }, rest: schemes(securitySchemes) });

describe("an authorization that is not executed", () => {
  it.each<[string, object, Record<string, unknown>, RegExp]>([
    [
      "IAM by a scheme",
      guarded("sigv4"),
      { sigv4: { ...authorizerScheme(), "x-amazon-apigateway-authtype": "awsSigv4" } },
      /IAM authorization is not executed here. Use an API key or a Lambda authorizer/,
    ],
    [
      "IAM by its extension",
      { ...proxies, "x-amazon-apigateway-auth": { type: "AWS_IAM" } },
      {},
      /IAM authorization is not executed here/,
    ],
    [
      "a Cognito user pool",
      guarded("pool"),
      {
        pool: {
          ...authorizerScheme(),
          "x-amazon-apigateway-authtype": "cognito_user_pools",
          "x-amazon-apigateway-authorizer": {
            type: "cognito_user_pools",
            providerARNs: ["arn:aws:cognito-idp"],
          },
        },
      },
      /a Cognito user pool \(security scheme "pool"\) is not executed here. Use a Lambda authorizer of type "token" or "request"/,
    ],
    [
      "an unknown type",
      guarded("auth"),
      { auth: authorizerScheme({ type: "jwt" }) },
      /an authorizer of type "JWT" \(security scheme "auth"\)/,
    ],
    [
      "a scheme without its authorizer",
      guarded("auth"),
      {
        auth: {
          type: "apiKey",
          name: "Authorization",
          in: "header",
          "x-amazon-apigateway-authtype": "custom",
        },
      },
      /the security scheme "auth" is not executed here\. x-amazon-apigateway-authtype "custom" needs x-amazon-apigateway-authorizer/,
    ],
    [
      "an authorizer that API Gateway ignores for want of x-amazon-apigateway-authtype",
      guarded("auth"),
      { auth: { ...authorizerScheme(), "x-amazon-apigateway-authtype": undefined } },
      /the authorizer of the security scheme "auth" is not executed here. On AWS, API Gateway ignores the authorizer without x-amazon-apigateway-authtype/,
    ],
    [
      "an authorizer that API Gateway ignores for its scheme's type",
      guarded("auth"),
      { auth: { ...authorizerScheme({ type: "jwt" }), type: "oauth2", flows: {} } },
      /the authorizer of the security scheme "auth" is not executed here. On AWS, API Gateway ignores type "oauth2"/,
    ],
    [
      "a scheme that is a reference",
      guarded("auth"),
      { auth: { $ref: "#/components/securitySchemes/other" }, other: authorizerScheme() },
      /the security scheme "auth" without a valid type is not executed here. Set type at \/components\/securitySchemes\/auth /,
    ],
    [
      "a scheme of no type of OpenAPI's",
      guarded("auth"),
      { auth: { ...authorizerScheme(), type: "APIKEY" } },
      /the security scheme "auth" without a valid type/,
    ],
    ["a scheme that is not declared", guarded("auth"), {}, /the undeclared security scheme "auth"/],
    [
      "a scheme by the name of a property",
      guarded("__proto__"),
      {},
      /the undeclared security scheme "__proto__"/,
    ],
    [
      "two authorizers",
      guarded("auth", "other"),
      { auth: authorizerScheme(), other: authorizerScheme() },
      /a method with several authorizers \("auth", "other"\) is not executed here. Keep one of them/,
    ],
    [
      "a security that is no list",
      { ...proxies, security: { auth: [] } },
      {},
      /a security that is not a list/,
    ],
    ["a requirement that is none", { ...proxies, security: ["auth"] }, {}, /a security that is not a list/],
    [
      "an unknown extension",
      { ...proxies, "x-amazon-apigateway-auth": { type: "CUSTOM" } },
      {},
      /x-amazon-apigateway-auth \{"type":"CUSTOM"\}/,
    ],
  ])("keeps the API from its start: %s", (_, operation, securitySchemes, expected) => {
    expect(() => start(operation, securitySchemes)).toThrow(expected);
    expect(() => start(operation, securitySchemes)).toThrow(/^GET \/orders \(\/paths\/~1orders\/get\): /);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["no function", { authorizerUri: "" }, /with authorizerUri ""/],
    ["another service", { authorizerUri: authorizerUri.replace(":lambda:", ":s3:") }, /with authorizerUri/],
    [
      "a time above an hour",
      { authorizerResultTtlInSeconds: 3601 },
      /authorizerResultTtlInSeconds 3601.*0 to 3600/,
    ],
    ["a time below zero", { authorizerResultTtlInSeconds: -1 }, /authorizerResultTtlInSeconds -1/],
    ["a time that is no number", { authorizerResultTtlInSeconds: "" }, /authorizerResultTtlInSeconds ""/],
    [
      "a pattern that is not supported",
      { identityValidationExpression: "a++" },
      /identityValidationExpression "a\+\+"/,
    ],
    [
      "a token from two headers",
      { identitySource: "method.request.header.a, method.request.header.b" },
      /a token \(security scheme "auth"\) from "method.request.header.a, method.request.header.b"/,
    ],
    [
      "a token from the query",
      { identitySource: "method.request.querystring.a" },
      /a token \(security scheme "auth"\) from "method.request.querystring.a"/,
    ],
    [
      "answers that are kept by nothing",
      { type: "request" },
      /with caching and without identitySource.*set authorizerResultTtlInSeconds to 0/,
    ],
    [
      "an identity in the path",
      { type: "request", identitySource: "method.request.path.id" },
      /with "method.request.path.id" in identitySource/,
    ],
  ])("keeps the API from its start: an authorizer with %s", (_, authorizer, expected) => {
    expect(() => start(guarded("auth"), { auth: authorizerScheme(authorizer) })).toThrow(expected);
  });

  it.each<[string, object, object]>([
    ["security of a path", { security: [{ auth: [] }] }, {}],
    ["the extension of a path", { "x-amazon-apigateway-auth": { type: "AWS_IAM" } }, {}],
    ["the extension of the document", {}, { "x-amazon-apigateway-auth": { type: "AWS_IAM" } }],
  ])("keeps the API from its start where it stands outside the method: %s", (_, item, rest) => {
    const own = { ...guarded("auth"), "x-amazon-apigateway-auth": { type: "NONE" } };
    const startWith = (operation: object) => () =>
      anApi({
        paths: { "/orders": { ...item, get: operation } },
        rest: { ...schemes({ auth: authorizerScheme() }), ...rest },
      });

    expect(startWith(proxies)).toThrow(
      /^GET \/orders .*: an authorization outside a method .* is not executed here. Write it in the method/,
    );
    expect(startWith(own)).not.toThrow();
  });

  it("is told of for every method at once", () => {
    const startBoth = () =>
      anApi({ paths: { "/orders": { get: guarded("a"), put: guarded("b") } }, rest: schemes({}) });

    expect(startBoth).toThrow(/GET \/orders .*\n.*PUT \/orders /);
  });

  it("answers 501 where its method is left out", async () => {
    const { send, calls } = anApi({
      paths: { "/orders": { get: guarded("auth") } },
      rest: schemes({}),
      skip: ["GET /orders"],
    });

    expect(await send("GET", "/orders")).toMatchObject({ status: 501 });
    expect(calls).toEqual([]);
  });
});

describe(findOpenMethods, () => {
  const bearer = { type: "http", scheme: "bearer" };
  const keyInQuery = { type: "apiKey", name: "key", in: "query" };
  const preflight = { responses: {}, "x-amazon-apigateway-integration": { type: "mock" } };
  const securitySchemes = { bearer, keyInQuery, auth: authorizerScheme() };
  const paths = {
    "/bearer": { get: guarded("bearer") },
    "/both": { get: guarded("bearer", "auth"), put: guarded("bearer", "keyInQuery") },
    "/auth": { get: guarded("auth") },
    "/iam": { get: { ...proxies, "x-amazon-apigateway-auth": { type: "AWS_IAM" } } },
    "/root": { get: proxies, options: preflight },
    "/meant": { get: guarded() },
  };
  const documentOf = (rest: object) => {
    const document = { openapi: "3.0.1", info: { title: "api", version: "1" }, paths, ...rest };
    return parseDocument(JSON.stringify(document), "api");
  };

  it("names the methods whose security API Gateway ignores, and what it ignores", () => {
    const document = documentOf({ ...schemes(securitySchemes), security: [{ auth: [] }] });

    expect(findOpenMethods(document)).toMatchObject([
      {
        route: "GET /bearer",
        pointer: "/paths/~1bearer/get",
        faults: [
          expect.stringMatching(
            /^security scheme "bearer": API Gateway ignores type "http", so its methods are open to everybody/,
          ),
        ],
      },
      {
        route: "PUT /both",
        faults: [expect.stringContaining('"bearer"'), expect.stringContaining('"keyInQuery"')],
      },
      { route: "GET /root", faults: ["security of the document is ignored; write it at the method"] },
    ]);
  });

  it("names none that asks for nothing", () => {
    expect(findOpenMethods(documentOf(schemes(securitySchemes))).map(({ route }) => route)).toEqual([
      "GET /bearer",
      "PUT /both",
    ]);
  });

  it("names what is open here, as it is on AWS", async () => {
    const { send } = start(guarded("bearer"), { bearer });

    expect(await send("GET", "/orders")).toMatchObject({ status: 200 });
  });
});
