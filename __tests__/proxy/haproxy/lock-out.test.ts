import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SHARED_CALLER } from "../../../contract/keys.ts";
import { SHARED_PATH } from "../../../domain/names.ts";
import { type Attack, connectIdly, sendSlowly, sourcesFrom } from "../../support/proxy/attackers.ts";
import { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";
import { createSigningKey, createToken } from "../../support/proxy/tokens.ts";
import { until } from "../../support/until.ts";

const key = createSigningKey("RS256");
const ANSWERED_WITHIN_MILLISECONDS = 1_000;
const attacks: Attack[] = [];
let proxy: ProxyUnderTest;
/** What a caller shows: headers, or what TLS takes. */
let credential: { readonly headers?: Record<string, string>; readonly cert?: string; readonly key?: string };

/** With the limits and the callers of dev; it knows nobody yet. */
async function start(authentication: "jwt" | "mutual-tls"): Promise<void> {
  proxy = await ProxyUnderTest.start({
    environment: "dev",
    limits: "shipped",
    files: () => ({ "jwt/current.pem": key.publicPem }),
    change: (settings) =>
      authentication === "jwt"
        ? settings
        : {
            ...settings,
            callers: SHARED_CALLER,
            listener: { ...settings.listener, authentication: { kind: "mutual-tls", revocation: "none" } },
          },
  });
  credential = authentication === "jwt" ? withToken() : await withCertificate();
  // The APIs count as there once their names are known.
  await until(async () => expect(await statusOf("127.0.9.1")).toBe(200));
}

function withToken() {
  const { authentication } = proxy.settings.listener;
  if (authentication.kind !== "jwt") throw new Error("there are no tokens");
  const subject = "saas-application";
  const now = Math.floor(Date.now() / 1000);
  const token = createToken(
    key,
    {
      ...{ iss: authentication.issuer, aud: authentication.audience, sub: subject },
      ...{ iat: now, exp: now + 600, jti: "1" },
    },
    { alg: "RS256", typ: "at+jwt" },
  );
  return { headers: { authorization: `Bearer ${token}` } };
}

async function withCertificate() {
  const { certificate, key: own } = await proxy.authority.certify("caller");
  return { cert: certificate, key: own };
}

afterEach(async () => {
  for (const attack of attacks.splice(0)) attack.end();
  await proxy?.stop();
});

/** On a connection of its own, with the time of a client that would not wait for longer. */
async function statusOf(from?: string): Promise<number | undefined> {
  const { port, tls } = proxy.target();
  const sent = request({
    ...tls,
    host: "127.0.0.1",
    port,
    path: `${SHARED_PATH}/p-1`,
    ...credential,
    agent: false,
    signal: AbortSignal.timeout(ANSWERED_WITHIN_MILLISECONDS),
    ...(from !== undefined && { localAddress: from }),
  }).end();
  const [response]: IncomingMessage[] = await once(sent, "response");
  if (response) await text(response);
  return response?.statusCode;
}

async function statusesOf20(from?: string) {
  const statuses = [];
  for (let index = 0; index < 20; index += 1) {
    statuses.push(await statusOf(from).catch((error: Error) => error.message));
  }
  return statuses;
}
const all20 = Array(20).fill(200);

describe.each(["jwt", "mutual-tls"] as const)("clients without a credential, with %s", (authentication) => {
  beforeEach(() => start(authentication));

  it.each([
    ["five", sourcesFrom(1, 5), 100],
    ["twenty", sourcesFrom(1, 20), 25],
  ])("lock nobody out with 500 bodies that never end, from %s addresses", async (_, sources, ofEach) => {
    const answers: number[] = [];
    const attack = await sendSlowly(proxy, sources, ofEach, (status) => answers.push(status));
    attacks.push(attack);

    expect(await statusesOf20()).toEqual(all20);

    expect(attack.open.length).toBeGreaterThan(0);
    expect(answers).toEqual(attack.open.map(() => 401));
    // Bytes go on to arrive, and keep no connection.
    await until(() => expect(attack.open.filter((each) => !each.isClosed())).toEqual([]));
    expect(await statusesOf20()).toEqual(all20);
  });

  it("lock nobody out with 2,000 idle connections from twenty addresses", async () => {
    attacks.push(await connectIdly(proxy, sourcesFrom(1, 20), 100));

    expect(await statusesOf20()).toEqual(all20);
  });

  it("lock out no caller who has called before, from however many addresses they come", async () => {
    expect(await statusOf()).toBe(200);

    attacks.push(await connectIdly(proxy, sourcesFrom(1, 60), 100));

    expect(await statusesOf20()).toEqual(all20);
    // Whoever calls for the first time has to wait until some of them are gone.
    await expect(statusOf("127.0.9.9")).rejects.toThrow();
  });
});
