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

  it("of a source that is none fails the call", async () => {
    expect((await map("request.header.X")).status).toBe(500);
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
});
