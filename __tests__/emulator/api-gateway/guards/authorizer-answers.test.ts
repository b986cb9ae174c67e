import { afterEach, describe, expect, it, vi } from "vitest";
import { anApi, stores } from "../../../support/api-gateway.ts";
import {
  allowsAll,
  apiArn,
  authorizerScheme,
  functions,
  guarded,
  policyFor,
  schemes,
} from "../../../support/authorizers.ts";

const token = { headers: [["Authorization", "the-token"]] } as const;

function start(answer: unknown, rest: object = {}) {
  const { backends, called } = functions(answer);
  const api = anApi({
    paths: {
      "/orders/{id}": { get: guarded("auth"), delete: guarded("auth") },
      "/items": {
        put: {
          ...stores("{caller}/{count}", {
            "integration.request.path.caller": "context.authorizer.principalId",
            "integration.request.path.count": "context.authorizer.count",
          }),
          security: [{ auth: [] }],
        },
      },
    },
    rest: { ...schemes({ auth: authorizerScheme() }), ...rest },
    backends,
  });
  return { ...api, called };
}

/** A mock integration whose answer is what a template gives. */
function answersWith(template: string) {
  return {
    "x-amazon-apigateway-integration": {
      type: "mock",
      requestTemplates: { "application/json": '{"statusCode":200}' },
      responses: { default: { statusCode: "200", responseTemplates: { "application/json": template } } },
    },
    responses: { 200: {} },
  };
}

function withStatements(...statements: readonly object[]) {
  return { principalId: "caller", policyDocument: { Version: "2012-10-17", Statement: statements } };
}

const allow = { Effect: "Allow", Action: "execute-api:Invoke", Resource: "*" };
const deny = { ...allow, Effect: "Deny" };

afterEach(() => {
  vi.useRealTimers();
});

describe("the policy of an authorizer", () => {
  it.each<[string, object]>([
    ["everything", policyFor("Allow")],
    ["the method by its ARN", policyFor("Allow", `${apiArn}/GET/orders/1`)],
    ["the method among others", policyFor("Allow", [`${apiArn}/PUT/items`, `${apiArn}/GET/orders/1`])],
    ["the stage", policyFor("Allow", `${apiArn}/*`)],
    ["all stages and methods", policyFor("Allow", "arn:aws:execute-api:*:*:abcde12345/*/*/orders/*")],
    ["one character of it", policyFor("Allow", `${apiArn}/GET/orders/?`)],
    ["in one statement that is no list", { Statement: allow }],
    ["by actions with a wildcard", { Statement: [{ ...allow, Action: ["s3:GetObject", "execute-api:*"] }] }],
    ["by an action in another case", { Statement: [{ ...allow, Action: "execute-api:invoke", Sid: "a" }] }],
  ])("lets in where it allows %s", async (_, policyDocument) => {
    const { send, called } = start({ principalId: "caller", policyDocument });

    expect(await send("GET", "/orders/1", token)).toMatchObject({ status: 200 });
    expect(called).toHaveLength(1);
  });

  const implicit =
    "User is not authorized to access this resource because no identity-based policy allows the execute-api:Invoke action";
  const explicit =
    "User is not authorized to access this resource with an explicit deny in an identity-based policy";

  it.each<[string, object, string]>([
    ["denies", withStatements(deny), explicit],
    ["denies what it also allows", withStatements(allow, { ...deny, Resource: `${apiArn}/GET/*` }), explicit],
    ["denies before it allows", withStatements({ ...deny, Resource: `${apiArn}/GET/*` }, allow), explicit],
    ["says nothing", withStatements(), implicit],
    ["allows another method", withStatements({ ...allow, Resource: `${apiArn}/DELETE/orders/1` }), implicit],
    ["allows another path", withStatements({ ...allow, Resource: `${apiArn}/GET/orders/12` }), implicit],
    ["allows a part of the path", withStatements({ ...allow, Resource: `${apiArn}/GET/order` }), implicit],
    ["allows it in another case", withStatements({ ...allow, Resource: `${apiArn}/get/orders/1` }), implicit],
    ["means a dot as it is", withStatements({ ...allow, Resource: `${apiArn}/GET/orders/.` }), implicit],
    [
      "allows another action",
      withStatements({ ...allow, Action: "execute-api:ManageConnections" }),
      implicit,
    ],
    ["names nothing", withStatements({ ...allow, Resource: [] }), implicit],
  ])("lets nobody in where it %s", async (_, answer, message) => {
    const { send, called } = start(answer);

    expect(await send("GET", "/orders/1", token)).toMatchObject({
      status: 403,
      text: JSON.stringify({ Message: message }),
      headers: { "x-amzn-ErrorType": "AccessDeniedException" },
    });
    expect(called).toEqual([]);
  });
});

describe("an authorizer that gives no answer", () => {
  // https://github.com/lmammino/loige.co/blob/main/astro/src/content/posts/2023-11-05_debugging-custom-apigateway-authorizers/index.md
  const misconfigured = {
    status: 500,
    text: '{"message":null}',
    headers: { "x-amzn-ErrorType": "AuthorizerConfigurationException" },
  };

  it.each<[string, unknown]>([
    ["that is no JSON", { kind: "returned", payload: "{" }],
    ["null", null],
    ["a text", "Unauthorized"],
    ["true", true],
    ["without a policy", { principalId: "caller" }],
    ["with a policy as text", { ...allowsAll, policyDocument: JSON.stringify(policyFor("Allow")) }],
    ["with a policy without statements", { ...allowsAll, policyDocument: {} }],
    ["with an unknown effect", withStatements({ ...allow, Effect: "allow" })],
    ["with a statement without an action", withStatements({ Effect: "Allow", Resource: "*" })],
    ["with a statement without a resource", withStatements({ Effect: "Allow", Action: "*" })],
    [
      "with a condition",
      withStatements({ ...allow, Condition: { Bool: { "aws:SecureTransport": "true" } } }),
    ],
    ["with what it does not mean", withStatements({ Effect: "Allow", Action: "*", NotResource: "*" })],
    ["of a simple form, as HTTP APIs have it", { isAuthorized: true }],
    ["with an object in its context", { ...allowsAll, context: { user: { name: "a" } } }],
    ["with a list in its context", { ...allowsAll, context: { groups: ["a"] } }],
    ["with a principal that is no text", { ...allowsAll, principalId: { id: "caller" } }],
  ])("refuses an answer %s", async (_, answer) => {
    const { send, called } = start(answer);

    expect(await send("GET", "/orders/1", token)).toMatchObject(misconfigured);
    expect(called).toEqual([]);
  });

  it("tells who runs it what is wrong with an answer, without a value of it", async () => {
    const { send, answers } = start({ ...allowsAll, context: { groups: ["secret"] } });

    await send("GET", "/orders/1", token);

    expect(answers[0]?.error).toMatch(/^The answer of the authorizer "auth" is malformed: context\.groups: /);
    expect(answers[0]?.error).not.toContain("secret");
  });

  it("lets nobody in where its function throws, and keeps the function's message to itself", async () => {
    const { send, called, answers } = start({
      kind: "failed",
      errorType: "Error",
      errorMessage: "Unauthorized: the-token",
    });

    expect(await send("GET", "/orders/1", token)).toMatchObject(misconfigured);
    expect(called).toEqual([]);
    expect(answers).toMatchObject([{ error: 'The function of the authorizer "auth" failed with Error.' }]);
  });

  it("lets nobody in where its function cannot be reached", async () => {
    const { send, called } = start(() => {
      throw new Error("no such function");
    });

    expect(await send("GET", "/orders/1", token)).toMatchObject(misconfigured);
    expect(called).toEqual([]);
  });

  it("lets nobody in where its function does not answer in 29 seconds", async () => {
    vi.useFakeTimers();
    const { send } = anApi({
      paths: { "/": { get: guarded("auth") } },
      rest: schemes({ auth: authorizerScheme() }),
      backends: { lambda: () => new Promise(() => {}) },
    });
    const answer = send("GET", "/", token);
    await vi.advanceTimersByTimeAsync(29_000);

    expect(await answer).toMatchObject(misconfigured);
  });

  it("answers 401 where its function throws Unauthorized", async () => {
    const { send, called } = start({ kind: "failed", errorType: "Error", errorMessage: "Unauthorized" });

    expect(await send("GET", "/orders/1", token)).toMatchObject({
      status: 401,
      text: '{"message":"Unauthorized"}',
      headers: { "x-amzn-ErrorType": "UnauthorizedException" },
    });
    expect(called).toEqual([]);
  });
});

describe("the context of an authorizer", () => {
  const context = { name: "a", count: 3, active: true };

  // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
  it("reaches a function with its values as text", async () => {
    const { send, called } = start({ ...allowsAll, context });

    await send("GET", "/orders/1", token);

    expect(called[0]?.requestContext["authorizer"]).toEqual({
      principalId: "caller",
      name: "a",
      count: "3",
      active: "true",
      integrationLatency: expect.any(Number),
    });
  });

  it("reaches mappings", async () => {
    const { send, calls } = start({ ...allowsAll, context });

    expect(await send("PUT", "/items", token)).toMatchObject({ status: 200 });
    expect(calls).toMatchObject([{ target: "/bucket/caller/3" }]);
  });

  it("reaches templates of the response", async () => {
    const { backends } = functions({ ...allowsAll, context });
    const { send } = anApi({
      paths: {
        "/": {
          get: {
            ...answersWith("$context.authorizer.name $context.authorizer.count"),
            security: [{ auth: [] }],
          },
        },
      },
      rest: schemes({ auth: authorizerScheme() }),
      backends,
    });

    expect(await send("GET", "/", token)).toMatchObject({ status: 200, text: "a 3" });
  });

  it("takes no principal of the answer's place", async () => {
    const { send, called } = start({ ...allowsAll, context: { principalId: "other" } });

    await send("GET", "/orders/1", token);

    expect(called[0]?.requestContext["authorizer"]).toMatchObject({ principalId: "caller" });
  });

  it("is not there where a method has no authorizer", async () => {
    const { backends, called } = functions(allowsAll);
    const { send } = anApi({ paths: { "/": { get: guarded() } }, backends });

    await send("GET", "/");

    expect(called[0]?.requestContext).not.toHaveProperty("authorizer");
  });

  it("reaches the gateway response of a caller who is denied", async () => {
    const { send } = start(
      { ...withStatements(deny), context: { reason: "expired" } },
      {
        "x-amazon-apigateway-gateway-responses": {
          ACCESS_DENIED: {
            statusCode: "402",
            responseTemplates: { "application/json": '{"reason":"$context.authorizer.reason"}' },
          },
        },
      },
    );

    expect(await send("GET", "/orders/1", token)).toMatchObject({
      status: 402,
      text: '{"reason":"expired"}',
    });
  });
});
