import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { SHARED_PATH } from "../../../domain/names.ts";
import { writeConfiguration } from "../../../proxy/haproxy-process.ts";
import type { ProxySettings } from "../../../proxy/proxy-settings.ts";
import { freePort, ProxyUnderTest, requireHaproxy } from "../../support/proxy/proxy-under-test.ts";

const nobody = 65_534;
const isRoot = userInfo().uid === 0;
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function start(process: ProxySettings["process"]): Promise<ProxyUnderTest> {
  const proxy = await ProxyUnderTest.start({
    environment: "dev",
    change: (settings) => ({
      ...settings,
      process,
      listener: { ...settings.listener, authentication: { kind: "none" } },
    }),
  });
  stops.push(() => proxy.stop());
  return proxy;
}

const userOf = (pid: number) =>
  Number(/^Uid:\s+\d+\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
const idOf = async (user: string) => Number((await promisify(execFile)("id", ["-u", user])).stdout);

async function expectToServe(proxy: ProxyUnderTest): Promise<void> {
  // Names are asked for, certificates checked and lines logged after the start.
  await proxy.ready();
  const connection = await proxy.connect();
  await connection.write(`GET ${SHARED_PATH}/a;b HTTP/1.1\r\nHost: p\r\n\r\n`);
  expect((await connection.response())?.status).toBe(400);
  connection.close();
}

describe("the process", () => {
  it("serves as whoever has started it, where it is unprivileged", async () => {
    const proxy = await start("unprivileged");

    expect(userOf(proxy.pid)).toBe(userInfo().uid);
    expect(readlinkSync(`/proc/${proxy.pid}/root`)).toBe("/");
    await expectToServe(proxy);
  });

  // Who runs the tests decides which half can be seen: the other one is what the next test is for.
  it(`started as "root" by ${isRoot ? "root serves without its rights, in a folder of its own" : "another user says what it may not"}`, async () => {
    if (!isRoot) {
      await expect(start("root")).rejects.toThrow("Cannot chroot");
      return;
    }
    const proxy = await start("root");

    expect(userOf(proxy.pid)).toBe(await idOf("haproxy"));
    expect(readlinkSync(`/proc/${proxy.pid}/root`)).toBe("/var/lib/haproxy");
    await expectToServe(proxy);
  });

  it('is not started as "root" by a user without its rights', async () => {
    const { path } = await requireHaproxy();
    const folder = mkdtempSync(join(tmpdir(), "process-"));
    stops.push(() => rmSync(folder, { recursive: true, force: true }));
    const proxy = await start("unprivileged");
    const { listener } = proxy.settings;
    const file = writeConfiguration(
      {
        ...proxy.settings,
        process: "root",
        listener: { ...listener, tls: "none", port: await freePort() },
        apiAuthorities: "@system-ca",
      },
      folder,
    );
    chmodSync(folder, 0o755);

    const started = promisify(execFile)(
      path,
      ["-db", "-f", file],
      // If it starts after all, it must not stay.
      { timeout: 30_000, ...(isRoot && { uid: nobody, gid: nobody }) },
    );

    await expect(started).rejects.toThrow("Cannot chroot");
  });
});
