import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SHARED_PATH } from "../../../domain/names.ts";
import { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";
import { type Connection, openConnection } from "../../support/proxy/raw-http.ts";
import { until } from "../../support/until.ts";

let proxy: ProxyUnderTest;
beforeAll(async () => {
  proxy = await ProxyUnderTest.start({
    environment: "dev",
    change: (settings) => ({
      ...settings,
      listener: { ...settings.listener, authentication: { kind: "none" } },
      clientTimeoutSeconds: 2,
    }),
  });
  await proxy.ready();
});
afterAll(() => proxy?.stop());

const begin = () => openConnection({ port: proxy.settings.listener.port });
const untilClosed = (connection: Connection) => until(() => expect(connection.isClosed()).toBe(true));

/** Sends a byte now and then, so that it is never silent for long. */
async function dripUntilClosed(connection: Connection, bytes: Buffer): Promise<void> {
  let sent = 0;
  const dripping = setInterval(() => {
    void connection.write(bytes.subarray(sent, sent + 1));
    sent += 1;
  }, 100);
  await untilClosed(connection).finally(() => clearInterval(dripping));
  expect(sent).toBeLessThan(bytes.length);
}

describe("a connection ends", () => {
  it.each([
    ["nothing is sent", Buffer.alloc(0)],
    ["TLS is begun", Buffer.from("1603010200", "hex")],
  ])("where %s, and then nothing", async (_, bytes) => {
    const connection = await begin();
    await connection.write(bytes);

    await untilClosed(connection);
  });

  it("where TLS is begun, and goes on without end", async () => {
    // A record of 16 KiB that holds the beginning of a client's first message.
    const record = Buffer.concat([Buffer.from("160301400001003ffc0303", "hex"), Buffer.alloc(16_384)]);

    await dripUntilClosed(await begin(), record);
  });

  it("where the head goes on without end", async () => {
    const connection = await proxy.connect();
    await connection.write(`GET ${SHARED_PATH}/p-1 HTTP/1.1\r\nHost: p\r\nX-Long: `);

    await dripUntilClosed(connection, Buffer.alloc(1_000, "x"));

    expect((await connection.response())?.status).toBe(408);
  });
});
