import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../../domain/names.ts";
import type { Caller } from "../../../proxy/callers.ts";
import { writeConfiguration } from "../../../proxy/haproxy-process.ts";
import { type ProxySettings, proxySettings } from "../../../proxy/proxy-settings.ts";
import { documents, loadEnvironment } from "../../support/environments.ts";
import { callerNamed } from "../../support/proxy/exchange.ts";
import { freePort } from "../../support/proxy/proxy-under-test.ts";
import { openConnection } from "../../support/proxy/raw-http.ts";
import { type Backend, startBackend } from "../../support/proxy/recording-backend.ts";
import { startReloadingHaproxy } from "../../support/proxy/reloading-haproxy.ts";
import { until } from "../../support/until.ts";

let folder: string;
let backend: Backend;
let haproxy: Awaited<ReturnType<typeof startReloadingHaproxy>> | undefined;
let settings: ProxySettings;

const withCallers = (callers: Caller[]): ProxySettings => ({ ...settings, callers });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "reload-"));
  backend = await startBackend();
  const rendered = proxySettings(loadEnvironment("dev"), documents) ?? expect.fail("no HAProxy");
  const url = `http://127.0.0.1:${backend.port}/v1`;
  settings = {
    ...rendered,
    listener: {
      address: "127.0.0.1",
      port: await freePort(),
      tls: "none",
      authentication: { kind: "name" },
    },
    apiUrls: { [SMALL_API]: url, [LARGE_API]: url },
    process: "unprivileged",
    healthCheckSeconds: undefined,
    hardStopSeconds: 2,
  };
});
afterAll(async () => {
  await haproxy?.stop();
  await backend?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function statusOf(caller: string, method = "GET"): Promise<number> {
  const headers = { authorization: `Bearer ${caller}`, connection: "close" };
  const url = `http://127.0.0.1:${settings.listener.port}${SHARED_PATH}/p-1`;
  return (await fetch(url, { method, headers })).status;
}

it("a caller is added, changed and removed by a new map and a reload, with the configuration as it was", async () => {
  const first = callerNamed("first");
  const file = writeConfiguration(withCallers([first]), folder);
  const configuration = readFileSync(file, "utf8");
  const running = await startReloadingHaproxy(file);
  haproxy = running;
  await until(async () => expect(await statusOf("first")).toBe(200));
  expect(await statusOf("second")).toBe(403);

  writeConfiguration(withCallers([{ ...first, may: ["read"] }, callerNamed("second")]), folder);
  expect(await statusOf("second")).toBe(403);
  await running.reload();

  await until(async () => expect(await statusOf("second")).toBe(200));
  // Connections are taken by the old process until the new one is there.
  await until(async () => expect(await statusOf("first", "DELETE")).toBe(403));
  expect(readFileSync(file, "utf8")).toBe(configuration);

  const held = await openConnection({ port: settings.listener.port });
  await held.write(`GET ${SHARED_PATH}/p-1 HTTP/1.1\r\nHost: p\r\nAuthorization: Bearer first\r\n\r\n`);
  expect((await held.response())?.status).toBe(200);
  writeConfiguration(withCallers([callerNamed("second")]), folder);
  await running.reload();

  await until(async () => expect(await statusOf("first")).toBe(403));
  // What rests on a connection of before is over, too.
  await until(() => expect(held.isClosed()).toBe(true));
  expect(await statusOf("second")).toBe(200);
  expect(readFileSync(file, "utf8")).toBe(configuration);
});

it("a transfer that goes on across a reload is cut, after the time that is given to it", async () => {
  const running = haproxy ?? expect.fail("the test before has started it");
  const held = await openConnection({ port: settings.listener.port });
  const lines = [`POST ${SHARED_PATH}/p-1 HTTP/1.1`, "Host: p", "Authorization: Bearer second"];
  await held.write([...lines, "Content-Length: 200000", "", "x".repeat(100_000)].join("\r\n"));
  const sending = setInterval(() => void held.write("x"), 100);
  const isCut = () => expect(held.isClosed()).toBe(true);

  await running.reload();

  await until(isCut).finally(() => clearInterval(sending));
});
