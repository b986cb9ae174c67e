import { describe, expect, it } from "vitest";
import { anApi, proxies, stores } from "../../support/api-gateway.ts";
import {
  allowsAll,
  apiArn,
  authorizerScheme,
  functions,
  guarded,
  schemes,
} from "../../support/authorizers.ts";

const endpoint = "vpce-0123456789abcdef0";
const anyone = JSON.stringify({
  Statement: [{ Effect: "Allow", Principal: "*", Action: "execute-api:Invoke", Resource: "*" }],
});
const paths = { "/orders/{id}": { put: stores("key"), get: proxies } };

/** A header that takes that many bytes with its name and what stands around it. */
function headerOfBytes(bytes: number): [string, string] {
  return ["X", "x".repeat(bytes - "X: \r\n".length)];
}

describe("a request", () => {
  it("behind an authorizer may have a method ARN of 1,600 bytes, and not one more", async () => {
    const { backends, asked } = functions(allowsAll);
    const { send } = anApi({
      paths: { "/orders/{id}": { put: guarded("auth") } },
      rest: schemes({ auth: authorizerScheme() }),
      backends,
    });
    const id = "x".repeat(1600 - `${apiArn}/PUT/orders/`.length);
    const headers = [["Authorization", "t"]] as const;

    expect((await send("PUT", `/orders/${id}`, { headers })).status).toBe(200);
    expect((await send("PUT", `/orders/${id}x`, { headers })).status).toBe(414);
    expect(asked).toHaveLength(1);
  });

  it.each([
    ["a public API", undefined, 10_240],
    ["a private API", endpoint, 8000],
  ])("to %s may have headers of so many bytes, and not one more", async (_, sourceVpcEndpoint, limit) => {
    const { send, calls, answers } = anApi({ paths });

    const most = await send("PUT", "/orders/1", { sourceVpcEndpoint, headers: [headerOfBytes(limit)] });
    const more = await send("PUT", "/orders/1", { sourceVpcEndpoint, headers: [headerOfBytes(limit + 1)] });

    expect(most.status).toBe(200);
    expect(more).toMatchObject({
      status: 413,
      text: `HTTP header is larger than ${limit} bytes.`,
      headers: { "Content-Type": "text/plain" },
    });
    expect(calls).toHaveLength(1);
    expect(answers[1]?.error).toBe(`HTTP header is larger than ${limit} bytes.`);
  });

  it("under a resource policy may have a method ARN of 1,600 bytes, and not one more", async () => {
    const { send, calls } = anApi({ paths, policy: anyone });
    const prefix = "arn:aws:execute-api:eu-central-1:111111111111:abcde12345/v1/PUT/orders/";
    const id = "x".repeat(1600 - prefix.length);

    const most = await send("PUT", `/orders/${id}?q=${id}`);
    const more = await send("PUT", `/orders/${id}x`);

    expect(most.status).toBe(200);
    expect(more).toMatchObject({ status: 414, text: '{"message":"Request URI too long"}' });
    expect(calls).toHaveLength(1);
  });

  it.each([
    ["a public API", undefined, 10_240],
    ["a private API", endpoint, 8192],
  ])("to %s may have a URL of so many characters, and not one more", async (_, sourceVpcEndpoint, limit) => {
    const { send } = anApi({ paths });
    const target = `/orders/1?q=${"x".repeat(limit - "https:///v1/orders/1?q=".length)}`;

    expect((await send("PUT", target, { sourceVpcEndpoint })).status).toBe(200);
    expect((await send("PUT", `${target}x`, { sourceVpcEndpoint })).status).toBe(414);
  });

  it("with a compressed body is refused where the API compresses, which is not done here", async () => {
    const rest = { "x-amazon-apigateway-minimum-compression-size": 0 };
    const { send, calls, answers } = anApi({ paths, rest });

    const response = await send("PUT", "/orders/1", { headers: [["Content-Encoding", "gzip"]] });

    expect(response.status).toBe(501);
    expect(answers[0]?.error).toBe('a body with Content-Encoding "gzip" is not decompressed here');
    expect(calls).toEqual([]);
  });
});

describe("an answer", () => {
  const answerOf = async (bytes: number) => {
    const body = Buffer.alloc(bytes);
    const { send, answers } = anApi({
      paths: { "/a": { get: stores("key") } },
      rest: { "x-amazon-apigateway-binary-media-types": ["*/*"] },
      backends: { s3: async () => ({ status: 200, headers: [], body }) },
    });
    return { response: await send("GET", "/a"), answers };
  };

  it("of an integration may have 10,485,760 bytes", async () => {
    const { response } = await answerOf(10_485_760);

    expect(response.body).toHaveLength(10_485_760);
  });

  it("of one byte more is an error of configuration, as AWS logs it", async () => {
    const { response, answers } = await answerOf(10_485_761);

    expect(response).toMatchObject({ status: 500, text: '{"message":"Internal server error"}' });
    expect(answers[0]?.error).toBe("An answer of 10485761 bytes is larger than 10485760 bytes.");
  });
});
