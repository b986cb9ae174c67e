import { once } from "node:events";
import { connect } from "node:tls";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SHARED_PATH } from "../../../domain/names.ts";
import type { Caller } from "../../../proxy/callers.ts";
import {
  type Authority,
  type Certificate,
  createAuthority,
  readCertificate,
} from "../../support/proxy/certificates.ts";
import { callerNamed, exchange, expectCaller, expectRefused } from "../../support/proxy/exchange.ts";
import { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";
import { until } from "../../support/until.ts";

/** As openssl's `-subj` reads them, by the names of their callers. */
const subjects = {
  several: "/C=DE/O=Example/OU=a/OU=b/CN=several+UID=42",
  language: "/O=Zoë GmbH/CN=東京",
  escaped: `/O=Müller, Söhne \\\\+ Co; <x> "y"/CN=a=b\\\\\\\\c`,
  blanks: "/O= a /CN=#b c",
  unknown: "/1.2.3.4.5=custom/2.5.4.97=PSDDE-1/CN=unknown",
};
const names = Object.keys(subjects);
/** A name with all that has to be escaped. */
const issuer = `/C=DE/O=Zoë, "CA" \\\\+ Co/OU=#1/CN=Authority of a test`;

let authority: Authority;
let stranger: Authority;
let proxy: ProxyUnderTest;
const certificates: Record<string, Certificate> = {};
const certificateOf = (name: string) => certificates[name] ?? expect.fail(`no certificate ${name}`);

async function byName(name: string): Promise<Caller["credentials"][number]> {
  const { issuer: by, subject } = await readCertificate(certificateOf(name).certificate);
  return { kind: "certificate-name", issuer: by, subject };
}

beforeAll(async () => {
  authority = await createAuthority(issuer);
  stranger = await createAuthority(issuer);
  for (const [name, subject] of Object.entries(subjects)) {
    certificates[name] = await authority.certify("client.example.com", { subject });
  }
  for (const name of ["pinned", "pinned-too", "over", "unlisted"]) {
    certificates[name] = await authority.certify(name, name === "over" ? { days: -1 } : {});
  }
  const { sha256 } = await readCertificate(certificateOf("pinned").certificate);
  const callers = [
    callerNamed("pinned", { credentials: [{ kind: "certificate", sha256 }], may: ["read"] }),
    callerNamed("over", { credentials: [await byName("over")] }),
  ];
  for (const name of names) callers.push(callerNamed(name, { credentials: [await byName(name)] }));
  proxy = await ProxyUnderTest.start({
    environment: "prod",
    authority,
    change: (settings) => ({ ...settings, callers }),
  });
  await proxy.ready([], certificateOf("several"));
});
afterAll(async () => {
  await proxy?.stop();
  await authority?.remove();
  await stranger?.remove();
});
beforeEach(() => proxy.forget());

const send = (client?: Certificate, headers: readonly string[] = [], method = "GET") =>
  exchange(proxy, { requestLine: `${method} ${SHARED_PATH}/p-1`, headers, ...(client && { client }) });

describe("a client certificate, in prod", () => {
  it.each(names)("is known by issuer and subject, as openssl prints them: %s", async (name) => {
    expectCaller(proxy, await send(certificateOf(name)), name);
  });

  it("is known by its issuer and subject when it is renewed", async () => {
    const renewed = await authority.certify("client.example.com", { subject: subjects.several });

    expectCaller(proxy, await send(renewed), "several");
  });

  it("is known by its hash, and another one of the same name is not", async () => {
    expectCaller(proxy, await send(certificateOf("pinned")), "pinned");
    proxy.forget();

    expectRefused(proxy, await send(await authority.certify("pinned")), "forbidden");
  });

  it("is held to what its caller may do", async () => {
    expectRefused(proxy, await send(certificateOf("pinned"), [], "DELETE"), "forbidden");
  });

  it("of nobody who is listed is refused before any API sees it", async () => {
    expectRefused(proxy, await send(certificateOf("unlisted")), "forbidden");
  });

  it.each([
    ["fewer parts", "/CN=several"],
    ["parts in another order", "/O=Example/C=DE/OU=a/OU=b/CN=several+UID=42"],
    ["a comma in place of two parts", "/C=DE/O=Example/OU=a,OU=b/CN=several+UID=42"],
    ["other letters", "/C=DE/O=Example/OU=a/OU=b/CN=Several+UID=42"],
  ])("with a subject of %s is not the listed one", async (_, subject) => {
    expectRefused(proxy, await send(await authority.certify("client.example.com", { subject })), "forbidden");
  });

  it("of another authority with the same name is refused", async () => {
    const forged = await stranger.certify("client.example.com", { subject: subjects.several });

    expectRefused(proxy, await send(forged), "unauthorized");
  });

  it("is refused once it is over, although its caller is listed", async () => {
    expectRefused(proxy, await send(certificateOf("over")), "unauthorized");
  });

  it("cannot be replaced by a header, and wins over one", async () => {
    expectRefused(proxy, await send(undefined, ["x-caller-id: several"]), "unauthorized");
    expectCaller(proxy, await send(certificateOf("several"), ["x-caller-id: pinned"]), "several");
  });

  it("is told to the log by its subject", async () => {
    await exchange(proxy, { requestLine: "GET /logged", client: certificateOf("unlisted") });

    const line = await until(() => JSON.parse(proxy.logLines.find((each) => each.includes("/logged")) ?? ""));
    expect(line).toMatchObject({ callerId: "-", subject: "CN=unlisted", refusal: "forbidden" });
  });

  it("that was not sent is told to the log", async () => {
    await exchange(proxy, { requestLine: "GET /without" });

    const line = await until(() =>
      JSON.parse(proxy.logLines.find((each) => each.includes("/without")) ?? ""),
    );
    expect(line).toMatchObject({ subject: "-", certificateError: "absent", refusal: "unauthorized" });
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)(
    "is verified on each connection: none is resumed, with %s",
    async (minVersion) => {
      const { certificate: cert, key } = certificateOf("several");
      const target = { ...proxy.target().tls, host: "127.0.0.1", port: proxy.settings.listener.port };
      const ask = async (session?: Buffer) => {
        const versions = { minVersion, maxVersion: minVersion };
        const socket = connect({ ...target, cert, key, ...versions, ...(session && { session }) });
        const sessions: Buffer[] = [];
        let isReused = false;
        socket.once("secureConnect", () => {
          isReused = socket.isSessionReused();
          sessions.push(socket.getSession() ?? Buffer.alloc(0));
        });
        socket.on("session", (each) => sessions.push(each));
        socket.write(`GET ${SHARED_PATH}/p-1 HTTP/1.1\r\nHost: p\r\nConnection: close\r\n\r\n`);
        const chunks: Buffer[] = [];
        socket.on("data", (chunk) => chunks.push(chunk)).on("error", () => undefined);
        await once(socket, "close");
        return { session: sessions.at(-1), isReused, answer: Buffer.concat(chunks).toString() };
      };
      const first = await ask();

      const second = await ask(first.session);

      expect(second.isReused).toBe(false);
      for (const { answer } of [first, second]) expect(answer).toContain("HTTP/1.1 200");
    },
  );
});
