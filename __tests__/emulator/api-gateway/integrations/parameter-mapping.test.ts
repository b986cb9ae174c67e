import { describe, expect, it } from "vitest";
import type { ApiRequest } from "../../../../emulator/api-gateway/messages.ts";
import { anApi, stores } from "../../../support/api-gateway.ts";

describe("parameter mapping", () => {
  const map = async (source: string, request: Partial<ApiRequest> = {}, target = "/a/item?tag=x&tag=y") => {
    const { send, calls } = anApi({
      paths: {
        "/a/{id}": { put: stores("a", { "integration.request.header.x-amz-meta-value": source }) },
      },
    });
    const response = await send("PUT", target, request);
    const header = calls[0]?.headers.find(([name]) => name === "x-amz-meta-value");
    return { status: response.status, value: header?.[1] };
  };

  it.each<[string, string | undefined, Partial<ApiRequest>?]>([
    ["'constant'", "constant"],
    ["method.request.path.id", "item"],
    ["method.request.querystring.tag", "y"],
    ["method.request.multivaluequerystring.tag", "x,y"],
    [
      "method.request.header.X-One",
      "2",
      {
        headers: [
          ["x-one", "1"],
          ["X-One", "2"],
        ],
      },
    ],
    [
      "method.request.multivalueheader.X-One",
      "1,2",
      {
        headers: [
          ["x-one", "1"],
          ["X-One", "2"],
        ],
      },
    ],
    ["method.request.body.a.b", "deep", { body: Buffer.from('{"a":{"b":"deep"}}') }],
    ["context.identity.sourceIp", "10.0.0.1"],
    ["context.stage", "v1"],
    ["method.request.header.X-None", undefined],
    ["method.request.body.none", undefined],
  ])("of %s gives %s", async (source, value, request) => {
    expect(await map(source, request)).toEqual({ status: 200, value });
  });

  it.each<[string, string, string]>([
    ["from no source", "integration.request.header.X", "request.header.X"],
    ["from a cookie", "integration.request.header.X", "method.request.cookie.id"],
    ["from no name", "integration.request.header.X", "method.request.header"],
    ["from an answer", "integration.request.header.X", "integration.response.header.X"],
    ["from a filter", "integration.request.header.X", "method.request.body.items[?(@.id)]"],
    ["to the body", "integration.request.body.x", "'constant'"],
  ])("keeps the API from its start: %s", (_, target, source) => {
    const start = () => anApi({ paths: { "/a": { put: stores("a", { [target]: source }) } } });

    expect(start).toThrow(/^PUT \/a .+: a mapping .+ \(\/paths\/~1a\/put\/.+\) is not executed here. Map /);
  });

  it("encodes what it puts into a path, but not the slashes", async () => {
    const { send, calls } = anApi({
      paths: {
        "/a": {
          put: stores("{key}", { "integration.request.path.key": "method.request.querystring.key" }),
        },
      },
    });

    await send("PUT", "/a?key=x%2Fy%20z%3F");

    expect(calls[0]?.target).toBe("/bucket/x/y%20z%3F");
  });

  it("fails the call if nothing fills a place in the path", async () => {
    const { send, calls } = anApi({ paths: { "/a": { put: stores("{key}") } } });

    expect((await send("PUT", "/a")).status).toBe(500);
    expect(calls).toEqual([]);
  });

  it("takes nothing that JavaScript's objects inherit for a stage variable", async () => {
    expect(await map("stageVariables.toString")).toEqual({ status: 200, value: undefined });
  });

  it("of a value that HTTP does not allow in a header fails the call", async () => {
    expect(await map("method.request.querystring.tag", {}, "/a/item?tag=x%0D%0Ay")).toMatchObject({
      status: 500,
    });
    expect(await map("method.request.querystring.tag", {}, "/a/item?tag=%E2%82%AC")).toMatchObject({
      status: 500,
    });
  });
});
