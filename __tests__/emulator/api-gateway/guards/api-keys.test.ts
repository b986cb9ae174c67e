import { describe, expect, it } from "vitest";
import { anApi, stores } from "../../../support/api-gateway.ts";
import { allowsAll, authorizerScheme, functions, guarded, schemes } from "../../../support/authorizers.ts";

const keyScheme = { type: "apiKey", name: "x-api-key", in: "header" };
const apiKeys = [
  { id: "key1", value: "one-long-enough-api-key" },
  { id: "key2", value: "two-long-enough-api-key" },
];

describe("a method that requires an API key", () => {
  const start = (options: { apiKeys?: typeof apiKeys } = { apiKeys }) => {
    const { backends, called } = functions(undefined);
    const paths = {
      "/orders": { get: guarded("key") },
      "/keyed": {
        put: {
          ...stores("{name}", { "integration.request.path.name": "context.identity.apiKeyId" }),
          security: [{ key: [] }],
        },
      },
      "/open": { get: guarded() },
    };
    return { ...anApi({ paths, rest: schemes({ key: keyScheme }), backends, ...options }), called };
  };

  it.each(["x-api-key", "X-API-Key"])("takes a request with one of the given keys in %s", async (name) => {
    const { send, called } = start();

    expect(await send("GET", "/orders", { headers: [[name, "two-long-enough-api-key"]] })).toMatchObject({
      status: 200,
    });
    expect(called).toMatchObject([
      { requestContext: { identity: { apiKey: "two-long-enough-api-key", apiKeyId: "key2" } } },
    ]);
  });

  // Recorded: https://github.com/localstack/localstack/blob/main/tests/aws/services/apigateway/test_apigateway_common.py test_api_key_required_for_methods
  it.each<[string, [string, string][]]>([
    ["without a key", []],
    ["with an empty key", [["x-api-key", ""]]],
    ["with an unknown key", [["x-api-key", "three-unknown-api-key"]]],
    ["with the id of a key", [["x-api-key", "key1"]]],
    ["with a key in another header", [["Authorization", "one-long-enough-api-key"]]],
  ])("answers a request %s as AWS does, and calls nothing", async (_, headers) => {
    const { send, called, answers } = start();

    expect(await send("GET", "/orders", { headers })).toMatchObject({
      status: 403,
      text: '{"message":"Forbidden"}',
      headers: { "x-amzn-ErrorType": "ForbiddenException" },
    });
    expect(called).toEqual([]);
    expect(JSON.stringify(answers)).not.toContain("api-key");
  });

  it("tells mappings the id of the key", async () => {
    const { send, calls } = start();

    await send("PUT", "/keyed", { headers: [["x-api-key", "one-long-enough-api-key"]] });

    expect(calls).toMatchObject([{ target: "/bucket/key1" }]);
  });

  it("leaves others without", async () => {
    const { send, called } = start();

    expect(await send("GET", "/open", { headers: [["x-api-key", "anything"]] })).toMatchObject({
      status: 200,
    });
    expect(called[0]?.requestContext["identity"]).not.toHaveProperty("apiKey");
  });

  it("does not start without any key, and says how one is given", () => {
    expect(() => start({})).toThrow(
      /^GET \/orders \(\/paths\/~1orders\/get\): a method that requires an API key, without a key, is not executed here. Give the keys that callers may send, each as --api-key <id>=<value>/,
    );
  });

  it("is asked for after the authorizer, whose answer it does not replace", async () => {
    const { backends, asked, called } = functions(allowsAll);
    const { send } = anApi({
      paths: { "/orders": { get: guarded("key", "auth") } },
      rest: schemes({ key: keyScheme, auth: authorizerScheme() }),
      apiKeys,
      backends,
    });

    expect(
      await send("GET", "/orders", { headers: [["x-api-key", "one-long-enough-api-key"]] }),
    ).toMatchObject({
      status: 401,
    });
    expect(await send("GET", "/orders", { headers: [["Authorization", "token"]] })).toMatchObject({
      status: 403,
    });
    expect([asked.length, called.length]).toEqual([1, 0]);
  });
});

describe("x-amazon-apigateway-api-key-source AUTHORIZER", () => {
  const start = (usageIdentifierKey?: string) => {
    const { backends, called } = functions({ ...allowsAll, usageIdentifierKey });
    const { send } = anApi({
      paths: { "/orders": { get: guarded("key", "auth") }, "/keyed": { get: guarded("key") } },
      rest: {
        ...schemes({ key: keyScheme, auth: authorizerScheme() }),
        "x-amazon-apigateway-api-key-source": "AUTHORIZER",
      },
      apiKeys,
      backends,
    });
    return { send, called };
  };
  const token: [string, string] = ["Authorization", "token"];
  const key: [string, string] = ["x-api-key", "one-long-enough-api-key"];

  it("takes the key that the authorizer names", async () => {
    const { send, called } = start("one-long-enough-api-key");

    expect(await send("GET", "/orders", { headers: [token] })).toMatchObject({ status: 200 });
    expect(called).toMatchObject([{ requestContext: { identity: { apiKeyId: "key1" } } }]);
  });

  it.each([
    ["names none", undefined],
    ["names an unknown one", "unknown"],
  ])("refuses a caller for whom the authorizer %s, whatever the caller sends", async (_, named) => {
    const { send, called } = start(named);

    expect(await send("GET", "/orders", { headers: [token, key] })).toMatchObject({
      status: 403,
      text: '{"message":"Forbidden"}',
    });
    expect(called).toEqual([]);
  });

  it("lets nobody in where a method has no authorizer", async () => {
    const { send, called } = start("one-long-enough-api-key");

    expect(await send("GET", "/keyed", { headers: [key] })).toMatchObject({ status: 403 });
    expect(called).toEqual([]);
  });
});
