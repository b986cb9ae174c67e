import { readFileSync } from "node:fs";
import { request as sendRequest } from "node:https";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SHARED_CALLER } from "../../../contract/keys.ts";
import { RETRY_AFTER_SECONDS } from "../../../contract/limits.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../../domain/names.ts";
import type { ProxySettings } from "../../../proxy/proxy-settings.ts";
import {
  problemContentType,
  problemDocument,
  refusalsFor,
  tooLargeForSmallApi,
} from "../../../proxy/refusals.ts";
import { badCorrelationIds, goodCorrelationIds } from "../../support/proxy/correlation-ids.ts";
import { bytesOf, hash } from "../../support/proxy/edges.ts";
import { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";
import { headerOf, type RawResponse } from "../../support/proxy/raw-http.ts";
import { until } from "../../support/until.ts";

const apis = ["small", "large"] as const;
const apiNames = { small: SMALL_API, large: LARGE_API } as const;
const retryAfter = String(RETRY_AFTER_SECONDS);
const megabyte = 1024 * 1024;
let proxy: ProxyUnderTest;

/** Of dev, for everybody, with short times unless others are given. */
function startProxy(times: Partial<ProxySettings> = {}): Promise<ProxyUnderTest> {
  return ProxyUnderTest.start({
    environment: "dev",
    change: (settings) => ({
      ...settings,
      listener: { ...settings.listener, authentication: { kind: "none" } },
      clientTimeoutSeconds: 2,
      serverTimeoutSeconds: 3,
      healthCheckSeconds: 1,
      ...times,
    }),
  });
}

beforeAll(async () => {
  proxy = await startProxy();
  await proxy.ready();
});
afterAll(() => proxy?.stop());
beforeEach(() => proxy.forget());

const refusals = () => refusalsFor(proxy.settings.payload);

function head(requestLine: string, ...headers: string[]): string {
  return [`${requestLine} HTTP/1.1`, "Host: proxy.example.com", ...headers, "", ""].join("\r\n");
}

async function exchange(bytes: string | Buffer, by = proxy) {
  const connection = await by.connect();
  await connection.write(bytes);
  const response = await connection.response();
  connection.close();
  return response;
}

const post = (length: number, ...headers: string[]) =>
  head(`POST ${SHARED_PATH}/p-1`, `Content-Length: ${length}`, ...headers);
/** As they stand in the files: each key of a path is a method. */
const apiDocuments = Object.values(apiNames).map((name): { paths: Record<string, object> } =>
  JSON.parse(readFileSync(`specs/${name}.openapi.json`, "utf8")),
);
const sharedPaths = [...new Set(apiDocuments.flatMap(({ paths }) => Object.keys(paths)))];
const correlationIds = () =>
  received().flatMap(({ headers }) =>
    headers.flatMap(([name, value]) => (name === "x-correlation-id" ? [value] : [])),
  );
const received = () => apis.flatMap((api) => proxy[api].requests);

describe("a request on its way", () => {
  it("reaches its API under the API's own name, behind the stage, with its query", async () => {
    await exchange(head(`GET ${SHARED_PATH}/p-1?a=b%2Fc&d`));
    await exchange(head(`GET ${SHARED_PATH}/p-1/documents/${hash}`));
    await exchange(head(`GET http://proxy.example.com${SHARED_PATH}/p-2?a`));

    const [read, absolute] = proxy.small.requests;
    const [document] = proxy.large.requests;
    expect([read?.target, absolute?.target, document?.target]).toEqual([
      `/v1${SHARED_PATH}/p-1?a=b%2Fc&d`,
      `/v1${SHARED_PATH}/p-2?a`,
      `/v1${SHARED_PATH}/p-1/documents/${hash}`,
    ]);
    for (const [request, api] of [
      [read, "small"],
      [absolute, "small"],
      [document, "large"],
    ] as const) {
      const { host, hostname } = new URL(proxy.settings.apiUrls[apiNames[api]] ?? "");
      expect(request && headerOf(request, "host")).toBe(host);
      expect(request?.serverName).toBe(hostname);
    }
  });

  it("keeps of its headers what it may choose, and nothing else", async () => {
    const kept = [
      ["content-type", "application/json; charset=utf-8"],
      ["accept", "application/json"],
      ["prefer", "return=minimal"],
      ["x-correlation-id", "c-1"],
      ["x-file-name", "Gr%C3%BC%C3%9Fe.pdf"],
      ["x-amz-checksum-sha256", "abc="],
      ["user-agent", "saas/1"],
    ];
    const dropped = [
      ...[
        "X-Apigw-Api-Id: abcdefghij",
        "x-apigw-api-id: b",
        "x-amzn-vpce-id: vpce-1",
        "X-Amz-Meta-Submission-Id: s-1",
      ],
      ...["x-amz-acl: public-read", "x-amz-security-token: t", "x-amzn-RequestId: r-1", "x-request-id: r-2"],
      ...[
        "X-Forwarded-For: 10.1.2.3",
        "X-Forwarded-Host: evil",
        "Forwarded: for=1.2.3.4",
        "x-real-ip: 1.2.3.4",
      ],
      ...[
        "x-caller-id: somebody",
        "X_Caller_Id: somebody",
        "x-vpc-source-ip: 10.1.2.3",
        "Authorization: Bearer x",
        "Cookie: a=b",
        "X-HTTP-Method-Override: DELETE",
      ],
      ...[
        "Connection: close, x-caller-id, x-forwarded-for",
        "Keep-Alive: timeout=5",
        "TE: trailers",
        "Trailer: x-a",
      ],
      ...[
        "Upgrade: websocket",
        "Proxy-Authorization: Basic YTpi",
        "Proxy-Connection: close",
        "Range: bytes=0-1",
      ],
      ...["If_None_Match: *", "X_Apigw_Api_Id: c", "Via: 1.1 x", "X-Anything: else"],
    ];

    const response = await exchange(
      `${head(`POST ${SHARED_PATH}/p-1`, "Content-Length: 2", ...kept.map(([name, value]) => `${name}: ${value}`), ...dropped)}{}`,
    );

    expect(response?.status).toBe(200);
    const [request] = proxy.small.requests;
    const requestId = response && headerOf(response, "x-request-id");
    expect(requestId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect([...(request?.headers ?? [])].sort()).toEqual(
      [
        ...kept,
        ["host", new URL(proxy.settings.apiUrls[SMALL_API] ?? "").host],
        ["content-length", "2"],
        ["x-forwarded-for", "127.0.0.1"],
        ["x-caller-id", SHARED_CALLER],
        ["x-request-id", requestId],
      ].sort(),
    );
  });

  it("gets a correlation id where it has none: the request's id", async () => {
    const response = await exchange(head(`GET ${SHARED_PATH}/p-1`));

    const [request] = proxy.small.requests;
    expect(request && headerOf(request, "x-correlation-id")).toBe(
      response && headerOf(response, "x-request-id"),
    );
  });

  it("leaves the conditions of a reading behind", async () => {
    await exchange(head(`GET ${SHARED_PATH}/p-1`, 'If-None-Match: "a"', "If-Range: b"));

    const [request] = proxy.small.requests;
    expect(request?.headers.map(([name]) => name).filter((name) => name.startsWith("if-"))).toEqual([]);
  });

  it.each(goodCorrelationIds)("keeps its correlation id where that is a good one: %s", async (id) => {
    await exchange(head(`GET ${SHARED_PATH}/p-1`, `X-Correlation-Id: ${id}`));

    expect(correlationIds()).toEqual([id]);
  });

  it.each(badCorrelationIds)("has its own id as correlation id in place of %s", async (_, lines) => {
    for (const target of [`${SHARED_PATH}/p-1`, `${SHARED_PATH}/p-1/documents/${hash}`]) {
      proxy.forget();
      const bytes = Buffer.from(head(`GET ${target}`, ...lines), "latin1");
      const response = await exchange(bytes);

      expect(response?.status).toBe(200);
      expect(correlationIds()).toEqual([response && headerOf(response, "x-request-id")]);
    }
  });

  it.each(sharedPaths)("has the methods that the documents of its APIs tell: %s", async (path) => {
    const told = apiDocuments.flatMap(({ paths }) => Object.keys(paths[path] ?? {}));
    const target = path.replace("{sha256}", hash).replace(/\{[^}]+\}/g, "a");

    const response = await exchange(head(`TRACE ${target}`));

    expect(response?.status).toBe(405);
    const allowed = (response && headerOf(response, "allow"))?.split(", ") ?? [];
    expect(allowed.toSorted()).toEqual([...new Set(told.map((key) => key.toUpperCase()))].toSorted());
  });

  it("shares its connections with others, on both sides", async () => {
    const connection = await proxy.connect();
    const statuses: (number | undefined)[] = [];
    for (let index = 0; index < 20; index += 1) {
      await connection.write(`${post(2)}{}`);
      statuses.push((await connection.response())?.status);
    }
    connection.close();

    expect(statuses).toEqual(Array(20).fill(200));
    // The first request of a client does not take the connection of another one.
    const used = new Set(proxy.small.requests.map((request) => request.connection));
    expect(used.size).toBeLessThanOrEqual(2);
  });

  it("is not taken for another one behind it", async () => {
    const connection = await proxy.connect();
    await connection.write(`${post(2)}{}${head(`GET ${SHARED_PATH}/p-2`)}`);
    const statuses = [(await connection.response())?.status, (await connection.response())?.status];
    connection.close();

    expect(statuses).toEqual([200, 200]);
    expect(received().map(({ method, target, body }) => [method, target, body.toString()])).toEqual([
      ["POST", `/v1${SHARED_PATH}/p-1`, "{}"],
      ["GET", `/v1${SHARED_PATH}/p-2`, ""],
    ]);
  });

  it.each(apis)("comes with every byte to %s, however it is cut", async (api) => {
    const body = bytesOf(300_001);
    const connection = await proxy.connect();
    await connection.write(post(body.length, ...(api === "small" ? [] : ["Prefer: respond-async"])));
    const size = 60_007;
    const parts = Array.from({ length: Math.ceil(body.length / size) }, (_, index) =>
      body.subarray(index * size, (index + 1) * size),
    );
    await connection.writeSlowly(parts, 30);
    const response = await connection.response();
    connection.close();

    expect(response?.status).toBe(200);
    expect(proxy[api].requests).toHaveLength(1);
    expect(proxy[api].requests[0]?.body.equals(body)).toBe(true);
  });
});

describe("a body that stops in the middle", () => {
  it("ends with 408 near its beginning, and reaches no API", async () => {
    const connection = await proxy.connect();
    await connection.write(`${post(1000)}half`);
    const response = await connection.response();
    connection.close();

    expect(response?.status).toBe(408);
    expect(response && headerOf(response, "content-type")).toBe(problemContentType);
    expect(response && headerOf(response, "retry-after")).toBe(retryAfter);
    expect(received()).toEqual([]);
  });

  it("ends with 504 later on, and is not taken for a whole one", async () => {
    const connection = await proxy.connect();
    await connection.write(post(200_000));
    await connection.write(Buffer.alloc(100_000));
    const response = await connection.response();
    connection.close();

    expect(response?.status).toBe(504);
    expect(response && headerOf(response, "content-type")).toBe(problemContentType);
    expect(response && headerOf(response, "retry-after")).toBe(retryAfter);
    await until(() => expect(received().map(({ body }) => body.length)).toEqual([100_000]));
  });

  it("may be slow as long as it goes on", async () => {
    const slow = "slow, and going on";
    const connection = await proxy.connect();
    await connection.write(post(100_000 + slow.length));
    await connection.write(Buffer.alloc(100_000));
    // Together longer than any time limit, and each pause far shorter.
    await connection.writeSlowly(slow, 200);
    const response = await connection.response();
    connection.close();

    expect(response?.status).toBe(200);
    expect(received().map(({ body }) => body.subarray(100_000).toString())).toEqual([slow]);
  });

  it("concerns nobody once the client is gone", async () => {
    const connection = await proxy.connect();
    await connection.write(post(200_000));
    await connection.write(Buffer.alloc(100_000));
    await until(() => expect(proxy.small.bytes()).toBeGreaterThan(100_000));
    connection.close();

    await until(() => expect(received().map(({ body }) => body.length)).toEqual([100_000]));
    expect((await exchange(head(`GET ${SHARED_PATH}/p-1`)))?.status).toBe(200);
  });
});

describe("Expect: 100-continue", () => {
  it.each([
    ["small", 1000],
    ["large", 8 * megabyte],
  ] as const)("is answered before the body comes, which then reaches %s", async (api, length) => {
    const body = bytesOf(length);
    const connection = await proxy.connect();
    await connection.write(post(length, "Expect: 100-continue"));
    const first = await connection.response();
    await connection.write(body);
    const second = await connection.response();
    connection.close();

    expect([first?.status, second?.status]).toEqual([100, 200]);
    expect(proxy[api].requests[0]?.body.equals(body)).toBe(true);
  });

  it.each([
    ["content-too-large", "Content-Length: 10485761"],
    ["content-encoded", "Content-Length: 10\r\nContent-Encoding: gzip"],
    ["length-required", "Transfer-Encoding: chunked"],
  ] as const)("is answered with the refusal alone: %s", async (name, headers) => {
    const connection = await proxy.connect();
    await connection.write(head(`POST ${SHARED_PATH}/p-1`, headers, "Expect: 100-continue"));
    const response = await connection.response();
    const next = await connection.response();
    connection.close();

    expect(response?.status).toBe(refusals()[name].status);
    expect(response?.body.toString()).toBe(problemDocument(refusals()[name]));
    expect(next).toBeUndefined();
    expect(received()).toEqual([]);
  });

  it("that is never followed by a body ends", async () => {
    const connection = await proxy.connect();
    await connection.write(post(10, "Expect: 100-continue"));
    const statuses = [(await connection.response())?.status, (await connection.response())?.status];
    connection.close();

    expect(statuses).toEqual([100, 408]);
  });
});

/** As a client of Node.js that knows nothing of refusals: it sends all it has. */
function upload(length: number, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; type: string; text: string }>((resolve, reject) => {
    const request = sendRequest(
      {
        host: "127.0.0.1",
        port: proxy.settings.listener.port,
        servername: "proxy.example.com",
        ca: proxy.authority.certificate,
        method: "POST",
        path: `${SHARED_PATH}/p-1`,
        headers: { "Content-Length": length, ...headers },
        agent: false,
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk) => {
          text += chunk;
        });
        response.on("error", reject).on("end", () => {
          resolve({ status: response.statusCode ?? 0, type: String(response.headers["content-type"]), text });
        });
      },
    ).on("error", reject);
    const send = () => request.end(Buffer.alloc(length, "x"));
    if (headers["Expect"]) request.on("continue", send);
    else send();
    request.flushHeaders();
  });
}

describe("a refusal in the middle of an upload", () => {
  it.each([
    ["11 MB", 11_000_000, {}],
    ["25 MB", 25_000_000, {}],
    ["11 MB, compressed", 11_000_000, { "Content-Encoding": "gzip" }],
    ["11 MB, with Expect", 11_000_000, { Expect: "100-continue" }],
  ])("arrives, twelve times out of twelve: %s", async (_, length, headers) => {
    const answers = [];
    for (let index = 0; index < 12; index += 1) answers.push(await upload(length, headers));

    const text = problemDocument(refusals()["content-too-large"]);
    expect(answers).toEqual(Array(12).fill({ status: 413, type: problemContentType, text }));
    expect(received()).toEqual([]);
  });

  it("arrives for bodies that would have had a place, too", async () => {
    const answers = [];
    for (let index = 0; index < 12; index += 1)
      answers.push(await upload(8_000_000, { "Content-Encoding": "br" }));

    const text = problemDocument(refusals()["content-encoded"]);
    expect(answers).toEqual(Array(12).fill({ status: 415, type: problemContentType, text }));
  });

  it("does not wait for what never comes", async () => {
    // Waiting would last longer than the test may.
    const patient = await startProxy({ clientTimeoutSeconds: 3600, serverTimeoutSeconds: 3600 });
    try {
      const response = await exchange(`${post(2 ** 40)}{`, patient);

      expect(response?.status).toBe(413);
    } finally {
      await patient.stop();
    }
  });

  it("leaves the connection to the next request, once the body is through", async () => {
    const connection = await proxy.connect();
    await connection.write(`${post(4, "Content-Encoding: gzip")}gzip${head(`GET ${SHARED_PATH}/p-1`)}`);
    const statuses = [(await connection.response())?.status, (await connection.response())?.status];
    connection.close();

    expect(statuses).toEqual([415, 200]);
    expect(received().map(({ method }) => method)).toEqual(["GET"]);
  });

  it("is without content for HEAD, and leaves the connection to the next request", async () => {
    const connection = await proxy.connect();
    await connection.write(head(`HEAD ${SHARED_PATH}/p-1/none`) + head(`GET ${SHARED_PATH}/p-1`));
    const refused = await connection.response({ withoutBody: true });
    const answered = await connection.response();
    connection.close();

    expect([refused?.status, answered?.status]).toEqual([404, 200]);
    expect(Number(refused && headerOf(refused, "content-length"))).toBeGreaterThan(0);
    expect(received().map(({ method }) => method)).toEqual(["GET"]);
  });

  it("takes no endless body", async () => {
    const connection = await proxy.connect();
    await connection.write(post(200 * megabyte));
    const response = connection.response();
    let sent = 0;
    while (!connection.isClosed() && sent < 150 * megabyte) {
      await connection.write(Buffer.alloc(megabyte));
      sent += megabyte;
    }
    connection.close();

    expect((await response)?.status).toBe(413);
    expect(sent).toBeLessThan(100 * megabyte);
  });
});

/** What the access log says of the request that was answered so. */
async function logOf(response: RawResponse | undefined) {
  const id = response && headerOf(response, "x-request-id");
  const line = await until(
    () => proxy.logLines.find((each) => each.includes(`${id}`)) ?? expect.fail("no line"),
  );
  return JSON.parse(line);
}

/** HAProxy tells of names that it has resolved, among its lines of requests. */
const isNoticeOfServer = (line: string) =>
  [SMALL_API, LARGE_API].some((api) => new RegExp(`^(Server )?${api}/endpoint-\\d `).test(line));

describe("the access log", () => {
  it("is one JSON object for each request, without query, header and body", async () => {
    proxy.small.answers(
      () => "HTTP/1.1 201 Created\r\nContent-Length: 2\r\nx-amz-apigw-id: gateway-1\r\n\r\nok",
    );
    const response = await exchange(
      `${head(`POST ${SHARED_PATH}/p-1?secret="query"`, "Content-Length: 6", "x-correlation-id: hidden")}hidden`,
    );
    const other = await exchange(post(2 ** 33));
    const another = await exchange(head(`GET ${SHARED_PATH}/p-1`, `User-Agent: ${"a".repeat(8000)}`));
    const [answered, refused, late] = await Promise.all([response, other, another].map(logOf));

    expect(answered).toMatchObject({
      epochMilliseconds: expect.any(Number),
      requestId: response && headerOf(response, "x-request-id"),
      gatewayRequestId: "gateway-1",
      source: "127.0.0.1",
      method: "POST",
      path: `${SHARED_PATH}/p-1`,
      api: SMALL_API,
      server: "endpoint-1",
      refusal: "-",
      status: 201,
      tlsVersion: "TLSv1.3",
    });
    expect(Math.abs(answered.epochMilliseconds - Date.now())).toBeLessThan(60_000);
    expect(refused).toMatchObject({ api: "-", refusal: "content-too-large", status: 413 });
    expect(late).toMatchObject({ api: "-", refusal: "headers-too-large", status: 431 });
    expect(proxy.logLines.join()).not.toMatch(/secret|query|hidden/);
  });

  it.each([
    [
      "a quote and bytes that are no UTF-8 in the path",
      Buffer.from('GET /a"\\\xff HTTP/1.1\r\nHost: p\r\n\r\n', "latin1"),
    ],
    ["what is no HTTP", Buffer.from("hello\r\n\r\n")],
    ["a path of 8 KB", Buffer.from(head(`GET /${"a".repeat(8000)}`))],
  ])("stays JSON with %s", async (_, bytes) => {
    // Lines of the other one's earlier requests may still be on their way.
    const fresh = await startProxy();
    const lines = () => fresh.logLines.filter((line) => !isNoticeOfServer(line));
    try {
      await exchange(bytes, fresh);
      await until(() => expect(lines()).toHaveLength(1));

      expect(JSON.parse(lines()[0] ?? "")).toHaveProperty("status");
    } finally {
      await fresh.stop();
    }
  });
});

describe("an API's answer", () => {
  it("of 413 from the synchronous API names the way for large ones", async () => {
    const own = '{"message":"Request Too Long"}';
    proxy.small.answers(
      () => `HTTP/1.1 413 x\r\nContent-Type: application/json\r\nContent-Length: ${own.length}\r\n\r\n${own}`,
    );

    const response = await exchange(`${post(2)}{}`);

    expect(response?.status).toBe(413);
    expect(response?.body.toString()).toBe(problemDocument(tooLargeForSmallApi));
    expect(response?.body.toString()).toContain("Prefer: respond-async");
    expect(response && headerOf(response, "content-type")).toBe(problemContentType);
  });

  it.each([200, 202, 404, 409, 500, 503])("of %i comes back as it is", async (status) => {
    const answer = `HTTP/1.1 ${status} x\r\nContent-Type: text/plain\r\nX-A: b\r\nContent-Length: 3\r\n\r\nabc`;
    for (const api of apis) proxy[api].answers(() => answer);

    for (const target of [`${SHARED_PATH}/p-1`, `${SHARED_PATH}/p-1/documents/${hash}`]) {
      const response = await exchange(head(`GET ${target}`));

      expect(response?.status).toBe(status);
      expect(response?.body.toString()).toBe("abc");
      expect(response && headerOf(response, "x-a")).toBe("b");
    }
  });

  it("that is none becomes a 502", async () => {
    proxy.small.answers(() => "garbage\r\n\r\n");

    const response = await exchange(head(`GET ${SHARED_PATH}/p-1`));

    expect(response?.status).toBe(502);
    expect(response && headerOf(response, "content-type")).toBe(problemContentType);
    expect(response && headerOf(response, "retry-after")).toBe(retryAfter);
  });
});

describe("an API that is not there", () => {
  it("gives 503 to its own requests, in the middle of their upload too, until it is back", async () => {
    proxy.large.isHealthy(false);
    await until(async () =>
      expect((await exchange(head(`GET ${SHARED_PATH}/p-1/documents/${hash}`)))?.status).toBe(503),
    );
    proxy.large.forget();

    const answers = [];
    for (let index = 0; index < 6; index += 1) answers.push(await upload(8_000_000));
    const other = await exchange(head(`GET ${SHARED_PATH}/p-1`));

    const text = problemDocument(refusals().unavailable);
    expect(answers).toEqual(Array(6).fill({ status: 503, type: problemContentType, text }));
    expect(proxy.large.requests).toEqual([]);
    expect(other?.status).toBe(200);

    proxy.large.isHealthy(true);
    await until(async () =>
      expect((await exchange(head(`GET ${SHARED_PATH}/p-1/documents/${hash}`)))?.status).toBe(200),
    );
  });
});
