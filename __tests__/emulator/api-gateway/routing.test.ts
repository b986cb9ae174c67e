import { describe, expect, it } from "vitest";
import { anApi, proxies, stores } from "../../support/api-gateway.ts";

describe("routing", () => {
  const { send, calls } = anApi({
    paths: {
      "/a/{id}": { put: stores("parameter") },
      "/a/literal": { put: stores("literal") },
      "/a/{rest+}": { put: stores("greedy") },
      "/g/{id}": { get: stores("get") },
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
    ["a method that no resource has", "GET", "/a/literal"],
    ["HEAD for GET", "HEAD", "/g/x"],
    ["a slash that is written percent-encoded", "PUT", "/a%2Fliteral"],
  ])("does not take %s", async (_, method, target) => {
    expect((await send(method, target)).status).toBe(403);
  });
});

describe("a resource without the method", () => {
  const { send, calls } = anApi({
    paths: {
      "/{all+}": { "x-amazon-apigateway-any-method": stores("any") },
      "/orders/new": { post: stores("literal") },
      "/orders/{id}": { get: stores("parameter") },
      "/orders/{rest+}": { delete: stores("greedy") },
      "/orders/new/items/{item}": { get: stores("below-literal") },
      "/orders/{id}/items/last": { get: stores("below-parameter"), put: stores("below-parameter") },
    },
  });

  it.each([
    ["keeps its own", "POST", "/orders/new", "literal"],
    ["hides no parameter that has it", "GET", "/orders/new", "parameter"],
    ["hides no greedy parameter that has it", "DELETE", "/orders/new", "greedy"],
    ["hides no greedy parameter above that takes any", "PATCH", "/orders/new", "any"],
    ["goes before those that are less specific", "GET", "/orders/new/items/last", "below-literal"],
    ["hides no resource below a parameter", "PUT", "/orders/new/items/last", "below-parameter"],
    ["that has no child for it hides no greedy one above", "GET", "/orders/new/things", "any"],
  ])("%s: %s %s", async (_, method, target, key) => {
    expect((await send(method, target)).status).toBe(200);
    expect(calls.at(-1)?.target).toBe(`/bucket/${key}`);
  });

  it("and left out answers nothing for the others", async () => {
    const { send, calls } = anApi({
      paths: {
        "/orders/new": { post: stores("literal") },
        "/orders/{id}": { post: stores("parameter"), get: stores("get") },
      },
      skip: ["POST /orders/new"],
    });

    expect((await send("POST", "/orders/new")).status).toBe(501);
    expect((await send("GET", "/orders/new")).status).toBe(200);
    expect(calls.map(({ target }) => target)).toEqual(["/bucket/get"]);
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
