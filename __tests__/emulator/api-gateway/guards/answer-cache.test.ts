import { describe, expect, it } from "vitest";
import { anApi } from "../../../support/api-gateway.ts";
import {
  allowsAll,
  apiArn,
  authorizerScheme,
  functions,
  guarded,
  policyFor,
  schemes,
} from "../../../support/authorizers.ts";

interface Options {
  readonly answer?: unknown;
  readonly authorizer?: Readonly<Record<string, unknown>>;
}

/** An API with a clock of its own, and with two methods of one authorizer and one of another. */
function start({ answer = allowsAll, authorizer = {} }: Options = {}) {
  const clock = { seconds: 0 };
  const { backends, asked, called } = functions(answer);
  const { send } = anApi({
    paths: {
      "/orders": { get: guarded("auth"), delete: guarded("auth") },
      "/items": { get: guarded("other") },
    },
    rest: schemes({ auth: authorizerScheme(authorizer), other: authorizerScheme() }),
    backends,
    now: () => new Date(1_700_000_000_000 + clock.seconds * 1000),
  });
  const call = async (method: string, target: string, token: string) =>
    (await send(method, target, { headers: [["Authorization", token]] })).status;
  return { call, send, clock, asked, called };
}

describe("the answers of an authorizer", () => {
  it.each<[string, object, number]>([
    ["300 seconds where it does not say", {}, 300],
    ["as long as it says", { authorizerResultTtlInSeconds: 60 }, 60],
    ["as long as it says in text", { authorizerResultTtlInSeconds: "3600" }, 3600],
  ])("are kept for %s", async (_, authorizer, seconds) => {
    const { call, clock, asked } = start({ authorizer: { ...authorizer } });

    await call("GET", "/orders", "t");
    clock.seconds = seconds - 1;
    expect(await call("GET", "/orders", "t")).toBe(200);
    expect(asked).toHaveLength(1);
    clock.seconds = seconds;
    expect(await call("GET", "/orders", "t")).toBe(200);
    expect(asked).toHaveLength(2);
  });

  it("are not kept where it says 0", async () => {
    const { call, asked } = start({ authorizer: { authorizerResultTtlInSeconds: 0 } });

    await call("GET", "/orders", "t");
    await call("GET", "/orders", "t");

    expect(asked).toHaveLength(2);
  });

  it("are kept by token, and by authorizer", async () => {
    const { call, asked } = start();

    await call("GET", "/orders", "t");
    await call("GET", "/orders", "u");
    await call("GET", "/items", "t");

    expect(asked).toHaveLength(3);
  });

  it("are kept by all identity sources together", async () => {
    const { send, asked } = start({
      authorizer: {
        type: "request",
        identitySource: "method.request.header.Authorization,method.request.querystring.q",
      },
    });

    for (const [token, q] of [
      ["a", "b,c"],
      ["a,b", "c"],
      ["a", "b,c"],
      ["a", "d"],
      ["ad", "e"],
      ["a", "de"],
    ]) {
      await send("GET", `/orders?q=${q}`, { headers: [["Authorization", `${token}`]] });
    }

    expect(asked).toHaveLength(5);
  });

  it("are evaluated again for each method", async () => {
    const { call, asked } = start({
      answer: { principalId: "caller", policyDocument: policyFor("Allow", `${apiArn}/GET/orders`) },
    });

    expect(await call("GET", "/orders", "t")).toBe(200);
    expect(await call("DELETE", "/orders", "t")).toBe(403);
    expect(await call("GET", "/orders", "t")).toBe(200);
    expect(asked).toHaveLength(1);
  });

  it("are kept where they deny", async () => {
    const { call, asked } = start({ answer: { policyDocument: policyFor("Deny") } });

    expect([await call("GET", "/orders", "t"), await call("GET", "/orders", "t")]).toEqual([403, 403]);
    expect(asked).toHaveLength(1);
  });

  it("are not kept where there are none", async () => {
    const answers = [{ kind: "failed", errorType: "Error", errorMessage: "Unauthorized" }, null, allowsAll];
    const { call } = start({ answer: () => answers.shift() });

    expect([
      await call("GET", "/orders", "t"),
      await call("GET", "/orders", "t"),
      await call("GET", "/orders", "t"),
    ]).toEqual([401, 500, 200]);
  });

  it("reach the function again with their context, and took no time", async () => {
    const { call, called } = start({ answer: { ...allowsAll, context: { name: "a" } } });

    await call("GET", "/orders", "t");
    await call("GET", "/orders", "t");

    expect(called[1]?.requestContext["authorizer"]).toEqual({
      principalId: "caller",
      name: "a",
      integrationLatency: 0,
    });
  });
});
