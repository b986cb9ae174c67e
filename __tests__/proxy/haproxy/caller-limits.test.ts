import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SHARED_PATH } from "../../../domain/names.ts";
import type { Caller } from "../../../proxy/callers.ts";
import { problemDocument, refusalsFor } from "../../../proxy/refusals.ts";
import { bytesOf } from "../../support/proxy/edges.ts";
import { callerNamed } from "../../support/proxy/exchange.ts";
import { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";
import type { Connection } from "../../support/proxy/raw-http.ts";
import { until } from "../../support/until.ts";

const limits = (changes: Partial<Caller["limits"]>): Caller["limits"] => ({
  ...callerNamed("any").limits,
  ...changes,
});
const REQUESTS_PER_SECOND = 2;
const CONNECTIONS = 3;
const BYTES_PER_SECOND = 100_000;
/** As the table's keys may be: alike up to their last character. */
const [busy, busyToo] = [`${"b".repeat(63)}1`, `${"b".repeat(63)}2`];
const sources = ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"];
let proxy: ProxyUnderTest;

beforeAll(async () => {
  proxy = await ProxyUnderTest.start({
    environment: "dev",
    change: (settings) => ({
      ...settings,
      listener: { ...settings.listener, authentication: { kind: "name" } },
      // A request counts until it is answered, if only by the proxy.
      serverTimeoutSeconds: 2,
      callers: [
        callerNamed("other"),
        callerNamed(busy, { limits: limits({ requestsPerSecond: REQUESTS_PER_SECOND }) }),
        callerNamed(busyToo, { limits: limits({ requestsPerSecond: REQUESTS_PER_SECOND }) }),
        callerNamed("parallel", { limits: limits({ connections: CONNECTIONS }) }),
        callerNamed("sender", { limits: limits({ bytesPerSecond: BYTES_PER_SECOND }) }),
        callerNamed("parallel-sender", { limits: limits({ bytesPerSecond: BYTES_PER_SECOND }) }),
        callerNamed("receiver", { limits: limits({ bytesPerSecond: BYTES_PER_SECOND }) }),
      ],
    }),
  });
  await proxy.ready(["Authorization: Bearer other"]);
});
afterAll(() => proxy?.stop());
beforeEach(() => proxy.forget());

const opened: Connection[] = [];
async function begin(
  caller: string,
  options: { from?: string | undefined; body?: Buffer } = {},
): Promise<Connection> {
  const { from, body } = options;
  const connection = await proxy.connect(undefined, from);
  opened.push(connection);
  const lines = [
    `${body === undefined ? "GET" : "POST"} ${SHARED_PATH}/p-1 HTTP/1.1`,
    "Host: p",
    `Authorization: Bearer ${caller}`,
    `Content-Length: ${body?.length ?? 0}`,
  ];
  await connection.write(`${lines.join("\r\n")}\r\n\r\n`);
  if (body !== undefined) void connection.write(body);
  return connection;
}
async function send(caller: string, options: { from?: string | undefined; body?: Buffer } = {}) {
  const connection = await begin(caller, options);
  const response = await connection.response();
  connection.close();
  return response;
}
afterAll(() => {
  for (const connection of opened) connection.close();
});

describe("the limits of a caller", () => {
  it("count its requests of ten seconds over all its addresses, and those of nobody else", async () => {
    const statuses = [];
    for (let index = 0; index < REQUESTS_PER_SECOND * 10; index += 1) {
      statuses.push((await send(busy, { from: sources[index % sources.length] }))?.status);
    }
    const reached = proxy.small.requests.length;
    const over = await send(busy, { from: "127.0.0.5" });
    const others = await Promise.all([send(busyToo), send("other", { from: sources[0] })]);

    const refusal = refusalsFor(proxy.settings.payload)["caller-over-limit"];
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(reached).toBe(REQUESTS_PER_SECOND * 10);
    expect(over?.status).toBe(429);
    expect(over?.body.toString()).toBe(problemDocument(refusal));
    expect(refusal.detail).toContain("The caller");
    expect(over?.headers).toContainEqual(["retry-after", "10"]);
    expect(others.map((each) => each?.status)).toEqual([200, 200]);
    expect(proxy.small.requests).toHaveLength(reached + 2);
  });

  it("count its requests at once, also on connections of their own, and let it go on after one has ended", async () => {
    // No API answers, until it is told to.
    proxy.small.answers(() => undefined);
    const waiting = [];
    for (let index = 0; index < CONNECTIONS; index += 1) {
      waiting.push(await begin("parallel", { from: sources[index] }));
    }
    await until(() => expect(proxy.small.requests).toHaveLength(CONNECTIONS));

    const over = await send("parallel", { from: sources[3] });
    const other = await begin("other");
    await until(() => expect(proxy.small.requests).toHaveLength(CONNECTIONS + 1));
    proxy.small.answers();
    for (const connection of [...waiting, other]) connection.close();

    expect(over?.status).toBe(429);
    expect(over?.body.toString()).toContain("The caller");
    await until(async () => expect((await send("parallel"))?.status).toBe(200));
  });

  it("do not count connections that rest", async () => {
    const resting = [];
    const statuses = [];
    for (let index = 0; index <= CONNECTIONS; index += 1) {
      const connection = await begin("parallel");
      statuses.push((await connection.response())?.status);
      resting.push(connection);
    }
    const next = await send("parallel");

    expect(resting.map((each) => each.isClosed())).not.toContain(true);
    expect([...statuses, next?.status].filter((status) => status !== 200)).toEqual([]);
  });

  it("count the bytes that it sends in ten seconds", async () => {
    const body = bytesOf(BYTES_PER_SECOND * 5);
    const statuses = [];
    for (const from of sources.slice(0, 3)) statuses.push((await send("sender", { from, body }))?.status);

    expect(statuses).toEqual([200, 200, 429]);
    expect((await send("sender"))?.status).toBe(429);
    expect((await send("other", { from: sources[0] }))?.status).toBe(200);
  });

  it("count the bytes of a transfer that has not ended", async () => {
    // No API answers, so that it goes on.
    proxy.small.answers(() => undefined);
    const going = await begin("parallel-sender", { body: bytesOf(BYTES_PER_SECOND * 11) });
    await until(() => expect(proxy.small.requests).toHaveLength(1));
    proxy.small.answers();

    const next = await send("parallel-sender", { from: sources[1] });
    going.close();

    expect(next?.status).toBe(429);
  });

  it("count the bytes that it gets in ten seconds", async () => {
    const answer = "x".repeat(BYTES_PER_SECOND * 5);
    proxy.small.answers(() => `HTTP/1.1 200 OK\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`);
    const statuses = [];
    for (const from of sources.slice(0, 3)) statuses.push((await send("receiver", { from }))?.status);
    proxy.small.answers();

    expect(statuses).toEqual([200, 200, 429]);
    expect((await send("other", { from: sources[0] }))?.status).toBe(200);
  });
});
