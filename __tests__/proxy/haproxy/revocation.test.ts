import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { SHARED_CALLER } from "../../../contract/keys.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../../domain/names.ts";
import { writeConfiguration } from "../../../proxy/haproxy-process.ts";
import { proxySettings } from "../../../proxy/proxy-settings.ts";
import { documents, loadEnvironment } from "../../support/environments.ts";
import { type Authority, type Certificate, createAuthority } from "../../support/proxy/certificates.ts";
import { freePort } from "../../support/proxy/proxy-under-test.ts";
import { openConnection } from "../../support/proxy/raw-http.ts";
import { type Backend, startBackend } from "../../support/proxy/recording-backend.ts";
import { startReloadingHaproxy } from "../../support/proxy/reloading-haproxy.ts";
import { until } from "../../support/until.ts";

let folder: string;
let port: number;
let authority: Authority;
let backend: Backend;
let configuration: string;
let haproxy: Awaited<ReturnType<typeof startReloadingHaproxy>> | undefined;

const writeList = (text: string) => writeFileSync(join(folder, "tls/client-crl.pem"), text);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "revocation-"));
  authority = await createAuthority("Authority of a test");
  backend = await startBackend();
  port = await freePort();
  const rendered = proxySettings(loadEnvironment("prod"), documents) ?? expect.fail("no HAProxy");
  const url = `http://127.0.0.1:${backend.port}/v1`;
  configuration = writeConfiguration(
    {
      ...rendered,
      process: "unprivileged",
      callers: SHARED_CALLER,
      listener: { ...rendered.listener, address: "127.0.0.1", port },
      apiUrls: { [SMALL_API]: url, [LARGE_API]: url },
      healthCheckSeconds: undefined,
    },
    folder,
  );
  const own = await authority.certify("proxy.example.com");
  mkdirSync(join(folder, "tls"));
  writeFileSync(join(folder, "tls/server.pem"), own.certificate + own.key);
  writeFileSync(join(folder, "tls/client-ca.pem"), authority.certificate);
  writeList(await authority.revocationList());
  haproxy = await startReloadingHaproxy(configuration);
});
afterAll(async () => {
  await haproxy?.stop();
  await backend?.stop();
  await authority?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const open = ({ certificate: cert, key }: Certificate) =>
  openConnection({
    port,
    tls: { ca: authority.certificate, servername: "proxy.example.com", cert, key },
  });

async function statusOf(client: Certificate): Promise<number | undefined> {
  const connection = await open(client);
  await connection.write(`GET ${SHARED_PATH}/p-1 HTTP/1.1\r\nHost: p\r\nConnection: close\r\n\r\n`);
  const response = await connection.response();
  connection.close();
  return response?.status;
}

it("a new list counts from a reload on, for connections of before too", async () => {
  const [kept, lost] = [await authority.certify("kept"), await authority.certify("lost")];
  for (const client of [kept, lost]) expect(await statusOf(client)).toBe(200);
  const held = await open(lost);
  await held.write(`GET ${SHARED_PATH}/p-1 HTTP/1.1\r\nHost: p\r\n\r\n`);
  expect((await held.response())?.status).toBe(200);
  authority.revoke(lost);
  writeList(await authority.revocationList());

  await haproxy?.reload();

  await until(async () => expect(await statusOf(lost)).toBe(401));
  await until(() => expect(held.isClosed()).toBe(true));
  expect(await statusOf(kept)).toBe(200);
});

it("a list that cannot be read is not loaded, and the one of before goes on", async () => {
  const client = await authority.certify("client");
  writeList("no list");

  const said = await haproxy?.reloadInVain();

  expect(said).toContain("tls/client-crl.pem");
  expect(await statusOf(client)).toBe(200);
});

it("a list that is over lets nobody in", async () => {
  const client = await authority.certify("client");
  writeList(await authority.revocationList("20211231235959Z"));

  await haproxy?.reload();

  await until(async () => expect(await statusOf(client)).toBe(401));
});
