import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SHARED_PATH } from "../../../domain/names.ts";
import { problemDocument, refusalsFor } from "../../../proxy/refusals.ts";
import { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";
import type { Connection } from "../../support/proxy/raw-http.ts";
import { until } from "../../support/until.ts";

const connectionsPerSource = 5;
const requestsPerSecondPerSource = 3;
let proxy: ProxyUnderTest;

beforeAll(async () => {
  proxy = await ProxyUnderTest.start({
    environment: "dev",
    change: (settings) => ({
      ...settings,
      listener: { ...settings.listener, authentication: { kind: "none" } },
      limits: { connections: 100, connectionsPerSource, requestsPerSecondPerSource },
    }),
  });
});
afterAll(() => proxy?.stop());

const get = `GET ${SHARED_PATH}/p-1 HTTP/1.1\r\nHost: p\r\n\r\n`;

describe("limits", () => {
  it("refuse the requests of one address that are too many in ten seconds", async () => {
    const connection = await proxy.connect();
    const answers = [];
    for (let index = 0; index <= requestsPerSecondPerSource * 10; index += 1) {
      await connection.write(get);
      answers.push(await connection.response());
    }
    connection.close();

    const refusal = refusalsFor(proxy.settings.payload)["too-many-requests"];
    const statuses = answers.map((answer) => answer?.status);
    expect(statuses.slice(0, -1)).not.toContain(429);
    expect(statuses.at(-1)).toBe(429);
    expect(answers.at(-1)?.body.toString()).toBe(problemDocument(refusal));
    expect(answers.at(-1)?.headers).toContainEqual(["retry-after", "10"]);
  });

  it("end the connections of one address that are too many", async () => {
    const open: Connection[] = [];
    // The connection of the test before counts until HAProxy has seen its end.
    for (let index = 0; index < connectionsPerSource; index += 1) {
      open.push(await until(() => proxy.connect()));
    }

    await expect(proxy.connect()).rejects.toThrow();

    for (const connection of open) connection.close();
  });

  it("end new connections of one address that are too many in ten seconds", async () => {
    const tries = Array.from({ length: 10 * requestsPerSecondPerSource + 1 });
    const from = "127.0.7.1";
    let refused = 0;
    // One after the other, so that they are never too many at once.
    for (const _ of tries) {
      const connection = await proxy.connect(undefined, from).catch(() => undefined);
      if (connection === undefined) refused += 1;
      else await connection.write("no HTTP\r\n\r\n").then(() => connection.response());
      connection?.close();
    }

    expect(refused).toBe(1);
  });
});
