import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SHARED_PATH } from "../../../domain/names.ts";
import { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";
import { headerOf } from "../../support/proxy/raw-http.ts";
import { createSigningKey } from "../../support/proxy/tokens.ts";
import { until } from "../../support/until.ts";

let open: ProxyUnderTest;
let withTokens: ProxyUnderTest;
beforeAll(async () => {
  open = await ProxyUnderTest.start({
    environment: "dev",
    change: (settings) => ({
      ...settings,
      listener: { ...settings.listener, authentication: { kind: "none" } },
      clientTimeoutSeconds: 3,
      drainSeconds: 1,
    }),
  });
  withTokens = await ProxyUnderTest.start({
    environment: "dev",
    limits: "shipped",
    files: () => ({ "jwt/current.pem": createSigningKey("RS256").publicPem }),
  });
  await open.ready();
});
afterAll(async () => {
  await open?.stop();
  await withTokens?.stop();
});
beforeEach(() => {
  open.forget();
  withTokens.forget();
});

const head = (requestLine: string, ...headers: string[]) =>
  [`${requestLine} HTTP/1.1`, "Host: proxy.example.com", ...headers, "", ""].join("\r\n");
const item = `${SHARED_PATH}/p-1`;

/** Sends on and on until the connection is closed. */
function drip(connection: Awaited<ReturnType<ProxyUnderTest["connect"]>>, bytes: string) {
  const dripping = setInterval(() => void connection.write(bytes), 200);
  return until(() => expect(connection.isClosed()).toBe(true)).finally(() => clearInterval(dripping));
}

describe("whoever shows no credential", () => {
  it.each([
    ["no body", [], ""],
    ["a small body", ["Content-Length: 5"], "12345"],
    ["64 KiB", ["Content-Length: 65536"], "x".repeat(65_536)],
    ["a body that it keeps back", ["Content-Length: 10000000", "Expect: 100-continue"], ""],
    ["a chunked body", ["Transfer-Encoding: chunked"], "5\r\n12345\r\n0\r\n\r\n"],
    ["the beginning of a large body", ["Content-Length: 10000000"], "x".repeat(1_000_000)],
  ])("is told so at once, and that its connection is over, with %s", async (_, headers, body) => {
    const connection = await withTokens.connect();
    await connection.write(head(`POST ${item}`, ...headers));
    void connection.write(body);
    const response = await connection.response();

    expect(response?.status).toBe(401);
    expect(response && headerOf(response, "connection")).toBe("close");
    await until(() => expect(connection.isClosed()).toBe(true));
    connection.close();
  });

  it.each([
    ["a small body", ["Content-Length: 500"], "x"],
    ["a large one", ["Content-Length: 10000000"], "x"],
    ["a chunked one", ["Transfer-Encoding: chunked"], "1\r\nx\r\n"],
    ["one that was to wait", ["Content-Length: 10000000", "Expect: 100-continue"], "x"],
  ])("keeps no connection by %s that goes on", async (_, headers, bytes) => {
    const connection = await withTokens.connect();
    await connection.write(head(`POST ${item}`, ...headers));

    await drip(connection, bytes);
  });

  it("keeps none by a chunk whose first line does not fit into a buffer", async () => {
    const connection = await withTokens.connect();
    await connection.write(`${head(`POST ${item}`, "Transfer-Encoding: chunked")}5;`);
    void connection.write("a".repeat(400_000));

    await until(() => expect(connection.isClosed()).toBe(true));
  });

  it("keeps none by CONNECT", async () => {
    const connection = await withTokens.connect();
    await connection.write(head("CONNECT proxy.example.com:443"));

    expect((await connection.response())?.status).toBe(401);
    await drip(connection, "x");
  });

  it("may try again as often as it likes, one request after the other", async () => {
    const statuses = [];
    // More than the connections that an unknown address may hold.
    for (let index = 0; index < 40; index += 1) {
      const connection = await withTokens.connect();
      await connection.write(`${head(`POST ${item}`, "Content-Length: 2")}{}`);
      statuses.push((await connection.response())?.status);
      connection.close();
    }

    expect(statuses).toEqual(Array(40).fill(401));
  });

  it("leaves no other line in the access log than that of its request", async () => {
    const connection = await withTokens.connect();
    const path = `${SHARED_PATH}/logged`;
    await connection.write(head(`POST ${path}`, "Content-Length: 10000000"));
    await drip(connection, "x");

    // Those of other tests may still come.
    const lines = () => withTokens.logLines.map((line) => JSON.parse(line));
    await until(() =>
      expect(lines().filter((line) => line.path === path)).toMatchObject([
        { status: 401, refusal: "unauthorized", api: "-", method: "POST" },
      ]),
    );
  });
});

describe("a body that is refused", () => {
  const tooLarge = 10_485_761;

  it("is taken, and its connection serves the next request, however long the head is", async () => {
    const connection = await open.connect();
    const long = "a".repeat(3_000);
    await connection.write(
      head(`POST ${item}?${long}`, `Content-Length: ${tooLarge}`, `User-Agent: ${long}`),
    );
    await connection.write(Buffer.alloc(tooLarge));
    const refused = await connection.response();
    await connection.write(head(`GET ${item}`));
    const next = await connection.response();
    connection.close();

    expect([refused?.status, next?.status]).toEqual([413, 200]);
  });

  it("is taken where it is chunked", async () => {
    const connection = await open.connect();
    await connection.write(head(`POST ${item}`, "Transfer-Encoding: chunked"));
    for (let index = 0; index < 50; index += 1) {
      await connection.write(
        Buffer.concat([Buffer.from("20000\r\n"), Buffer.alloc(0x20000), Buffer.from("\r\n")]),
      );
    }
    await connection.write("0\r\n\r\n");

    expect((await connection.response())?.status).toBe(411);
    connection.close();
  });

  it.each([
    [413, "POST", [`Content-Length: ${tooLarge}`], "x"],
    [413, "POST", [`Content-Length: ${tooLarge}`], "x".repeat(100)],
    [413, "POST", [`Content-Length: ${tooLarge}`], "x".repeat(20_000)],
    [405, "PUT", ["Content-Length: 1000"], "x"],
    [411, "POST", ["Transfer-Encoding: chunked"], `64\r\n${"x".repeat(100)}\r\n`],
  ])("is not waited for without end: %i of %s with %s", async (status, method, headers, bytes) => {
    const connection = await open.connect();
    await connection.write(head(`${method} ${item}`, ...headers));

    expect((await connection.response())?.status).toBe(status);
    await drip(connection, bytes);
  });

  it("is not waited for without end within one chunk", async () => {
    const connection = await open.connect();
    await connection.write(`${head(`POST ${item}`, "Transfer-Encoding: chunked")}fffff\r\n`);

    expect((await connection.response())?.status).toBe(411);
    await drip(connection, "x");
  });

  it.each([
    ["is waited with", [`Content-Length: ${tooLarge}`, "Expect: 100-continue"]],
    ["is more than is taken", ["Content-Length: 1000000000"]],
  ])("is the last of its connection where it %s, and the client is told so", async (_, headers) => {
    const connection = await open.connect();
    await connection.write(head(`POST ${item}`, ...headers));
    const response = await connection.response();
    connection.close();

    expect(response?.status).toBe(413);
    expect(response && headerOf(response, "connection")).toBe("close");
  });

  it("is not waited for where none is sent", async () => {
    const connection = await open.connect();
    await connection.write(head(`POST ${item}`, `Content-Length: ${tooLarge}`));

    expect((await connection.response())?.status).toBe(413);
    await until(() => expect(connection.isClosed()).toBe(true));
  });
});

describe("headers", () => {
  it.each([
    [400, 200],
    [1_500, 431],
  ])("are judged by their bytes, however many they are: %i", async (count, status) => {
    const connection = await open.connect();
    const short = Array.from({ length: count }, (_, index) => `x-${index}: 1`);
    await connection.write(head(`GET ${item}`, ...short));

    expect((await connection.response())?.status).toBe(status);
    connection.close();
  });
});
