import { describe, expect, it } from "vitest";
import { anApi, proxies, stores } from "../../support/api-gateway.ts";

describe("routing", () => {
  const { send, calls } = anApi({
    paths: {
      "/a/{id}": { put: stores("parameter") },
      "/a/literal": { put: stores("literal") },
      "/a/{rest+}": { put: stores("greedy") },
      "/a/{id}/b": { "x-amazon-apigateway-any-method": stores("any"), put: stores("exact-method") },
    },
  });

  it.each([
    ["a literal segment before a parameter", "PUT", "/a/literal", "literal"],
    ["a parameter before a greedy one", "PUT", "/a/other", "parameter"],
    ["a greedy parameter for more segments", "PUT", "/a/x/y/z", "greedy"],
    ["a resource below a parameter before a greedy one", "PUT", "/a/x/b", "exact-method"],
    ["the method that is declared before the one for any", "PUT", "/a/x/b", "exact-method"],
    ["the one for any method", "PATCH", "/a/x/b", "any"],
    ["the same resource for a slash at the end", "PUT", "/a/literal/", "literal"],
    ["a literal that is written percent-encoded", "PUT", "/a/%6Citeral", "literal"],
  ])("takes %s", async (_, method, target, key) => {
    const { status } = await send(method, target);

    expect(status).toBe(200);
    expect(calls.at(-1)?.target).toBe(`/bucket/${key}`);
  });

  it.each([
    ["an empty parameter", "PUT", "/a//b"],
    ["nothing for a greedy parameter", "PUT", "/a/"],
    ["a method that the most specific resource lacks", "GET", "/a/literal"],
  ])("does not take %s", async (_, method, target) => {
    expect((await send(method, target)).status).toBe(403);
  });
});

describe("HEAD", () => {
  const { send } = anApi({
    paths: {
      "/function": { head: proxies },
      "/object": { head: stores("key") },
    },
    backends: { s3: async () => ({ status: 200, headers: [], body: Buffer.from("bytes") }) },
  });

  it.each([
    ["a function's", "/function", 200],
    ["a service's", "/object", 200],
    ["the gateway's own", "/nothing", 403],
  ])("gives the status and headers of %s answer without its content", async (_, target, status) => {
    expect(await send("HEAD", target)).toMatchObject({
      status,
      text: "",
      headers: { "x-amzn-RequestId": expect.any(String), "Content-Type": expect.any(String) },
    });
  });
});
