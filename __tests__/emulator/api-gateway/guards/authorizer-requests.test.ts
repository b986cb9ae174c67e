import { describe, expect, it } from "vitest";
import type { Headers } from "../../../../emulator/api-gateway/messages.ts";
import { anApi, lambdaUri } from "../../../support/api-gateway.ts";
import {
  allowsAll,
  apiArn,
  authorizerScheme,
  functions,
  guarded,
  schemes,
} from "../../../support/authorizers.ts";

const unauthorized = {
  status: 401,
  text: '{"message":"Unauthorized"}',
  headers: { "x-amzn-ErrorType": "UnauthorizedException" },
};

function start(scheme: object, stageVariables: Readonly<Record<string, string>> = {}) {
  const { backends, asked, called } = functions(allowsAll);
  const api = anApi({
    paths: { "/orders/{id}": { get: guarded("auth") }, "/": { get: guarded("auth") } },
    rest: schemes({ auth: scheme }),
    backends,
    stageVariables,
  });
  return { ...api, asked, called };
}

describe("an authorizer of type token", () => {
  it("is asked with the token of its header and the ARN of the method as it was called", async () => {
    const { send, asked, called } = start(authorizerScheme());

    expect(
      await send("GET", "/orders/a%20b?c=d", { headers: [["authorization", "Bearer t"]] }),
    ).toMatchObject({
      status: 200,
    });
    expect(asked).toEqual([
      { type: "TOKEN", authorizationToken: "Bearer t", methodArn: `${apiArn}/GET/orders/a%20b` },
    ]);
    expect(called).toHaveLength(1);
  });

  it("is asked about the root with a slash at the end", async () => {
    const { send, asked } = start(authorizerScheme());

    await send("GET", "/", { headers: [["Authorization", "t"]] });

    expect(asked).toMatchObject([{ methodArn: `${apiArn}/GET/` }]);
  });

  it("is asked about the method in the partition of the API", async () => {
    const { backends, asked } = functions(allowsAll);
    const { send } = anApi({
      paths: { "/": { get: guarded("auth") } },
      rest: schemes({ auth: authorizerScheme() }),
      partition: "aws-cn",
      backends,
    });

    await send("GET", "/", { headers: [["Authorization", "t"]] });

    expect(asked).toMatchObject([{ methodArn: `${apiArn.replace("arn:aws:", "arn:aws-cn:")}/GET/` }]);
  });

  it.each<[string, object, string]>([
    ["the scheme names", authorizerScheme({}, "X-Token"), "X-Token"],
    [
      "identitySource names",
      authorizerScheme({ identitySource: "method.request.header.X-Other" }, "X-Token"),
      "X-Other",
    ],
  ])("reads the header that %s", async (_, scheme, header) => {
    const { send, asked } = start(scheme);

    await send("GET", "/", { headers: [[header, "t"]] });

    expect(asked).toMatchObject([{ authorizationToken: "t" }]);
  });

  it.each<[string, object, Headers]>([
    ["without the header", authorizerScheme(), [["X-Other", "t"]]],
    ["with an empty header", authorizerScheme(), [["Authorization", ""]]],
    [
      "whose token only contains what it has to match",
      authorizerScheme({ identityValidationExpression: "Bearer [a-z]+" }),
      [["Authorization", "a Bearer t"]],
    ],
    [
      "whose token continues behind what it has to match",
      authorizerScheme({ identityValidationExpression: "Bearer [a-z]+|none" }),
      [["Authorization", "Bearer t1"]],
    ],
  ])("is not asked about a request %s", async (_, scheme, headers) => {
    const { send, asked, called } = start(scheme);

    expect(await send("GET", "/", { headers })).toMatchObject(unauthorized);
    expect([asked, called]).toEqual([[], []]);
  });

  it.each(["^Bearer [a-z]+$", "\\ABearer \\p{Lower}+\\z"])(
    "is asked about a token that matches identityValidationExpression, a pattern of Java: %s",
    async (pattern) => {
      const { send, asked } = start(authorizerScheme({ identityValidationExpression: pattern }));

      await send("GET", "/", { headers: [["Authorization", "Bearer abc"]] });

      expect(asked).toHaveLength(1);
    },
  );

  it("is the function that a stage variable names, with its alias", async () => {
    const invoked: string[] = [];
    const { send } = anApi({
      paths: { "/": { get: guarded("auth") } },
      rest: schemes({
        auth: authorizerScheme({
          authorizerUri: lambdaUri.replace(":function:api/", `:function:$\{stageVariables.check}:live/`),
        }),
      }),
      stageVariables: { check: "checker" },
      backends: {
        lambda: async (functionArn) => {
          invoked.push(functionArn);
          return { kind: "returned", payload: JSON.stringify(allowsAll) };
        },
      },
    });

    await send("GET", "/", { headers: [["Authorization", "t"]] });

    expect(invoked[0]).toBe("arn:aws:lambda:eu-central-1:111111111111:function:checker:live");
  });
});

describe("an authorizer of type request", () => {
  const scheme = (identitySource: string, more: object = {}) =>
    authorizerScheme({ type: "request", identitySource, ...more }, "Unused");

  // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
  it("is asked with the request, without its body", async () => {
    const { send, asked } = start(scheme("method.request.header.X-Key"), { color: "blue" });

    await send("GET", "/orders/1?a=b&a=c", { headers: [["X-Key", "k"]], body: Buffer.from("secret") });

    expect(asked).toMatchObject([
      {
        type: "REQUEST",
        methodArn: `${apiArn}/GET/orders/1`,
        resource: "/orders/{id}",
        path: "/orders/1",
        httpMethod: "GET",
        headers: { "X-Key": "k", "X-Forwarded-For": "10.0.0.1" },
        multiValueHeaders: { "X-Key": ["k"] },
        queryStringParameters: { a: "c" },
        multiValueQueryStringParameters: { a: ["b", "c"] },
        pathParameters: { id: "1" },
        stageVariables: { color: "blue" },
        requestContext: {
          resourcePath: "/orders/{id}",
          path: "/v1/orders/1",
          httpMethod: "GET",
          stage: "v1",
          apiId: "abcde12345",
          identity: { sourceIp: "10.0.0.1" },
        },
      },
    ]);
    expect(JSON.stringify(asked)).not.toContain("secret");
  });

  it("gets empty maps for what a request does not have", async () => {
    const { send, asked } = start(scheme("method.request.header.X-Key"));

    await send("GET", "/", { headers: [["X-Key", "k"]] });

    const names = [
      "queryStringParameters",
      "multiValueQueryStringParameters",
      "pathParameters",
      "stageVariables",
    ];
    expect(names.map((name) => asked[0]?.[name])).toEqual([{}, {}, {}, {}]);
  });

  const sources =
    "method.request.header.X-Key, method.request.querystring.q,context.identity.sourceIp , stageVariables.color";

  it.each<[string, string, Headers, Record<string, string>, number]>([
    ["all of its identity sources", "/?q=1", [["x-key", "k"]], { color: "blue" }, 200],
    ["no header", "/?q=1", [], { color: "blue" }, 401],
    ["an empty header", "/?q=1", [["X-Key", ""]], { color: "blue" }, 401],
    ["no query parameter", "/?p=1", [["X-Key", "k"]], { color: "blue" }, 401],
    ["an empty query parameter", "/?q=", [["X-Key", "k"]], { color: "blue" }, 401],
    ["no stage variable", "/?q=1", [["X-Key", "k"]], {}, 401],
  ])("is asked about a request with %s, or answers 401", async (_, target, headers, variables, status) => {
    for (const authorizerResultTtlInSeconds of [300, 0]) {
      const { send, asked } = start(scheme(sources, { authorizerResultTtlInSeconds }), variables);

      expect(await send("GET", target, { headers })).toMatchObject({ status });
      expect(asked).toHaveLength(status === 200 ? 1 : 0);
    }
  });

  it("is asked about every request where it keeps no answers and names no source", async () => {
    const { send, asked } = start(
      authorizerScheme({ type: "request", authorizerResultTtlInSeconds: "0" }, "Unused"),
    );

    expect(await send("GET", "/")).toMatchObject({ status: 200 });
    expect(await send("GET", "/")).toMatchObject({ status: 200 });
    expect(asked).toHaveLength(2);
  });
});
