import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SHARED_PATH } from "../../../domain/names.ts";
import { type Attack, connectIdly, sendSlowly, sourcesFrom } from "../../support/proxy/attackers.ts";
import { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";
import { audienceOf, createSigningKey, createToken } from "../../support/proxy/tokens.ts";
import { until } from "../../support/until.ts";

const key = createSigningKey("RS256");
const ENVIRONMENT = "dev";
const ANSWERED_WITHIN_MILLISECONDS = 1_000;
const attacks: Attack[] = [];
let proxy: ProxyUnderTest;
let headers: { readonly authorization: string };

// Each begins with a proxy that knows nobody.
beforeEach(async () => {
  proxy = await ProxyUnderTest.start({
    environment: ENVIRONMENT,
    limits: "shipped",
    files: () => ({ "jwt/current.pem": key.publicPem }),
  });
  const { authentication } = proxy.settings.listener;
  if (authentication.kind !== "jwt") throw new Error("there are no tokens");
  const claims = {
    iss: authentication.issuer,
    aud: audienceOf(ENVIRONMENT),
    sub: "saas-application",
    exp: Math.floor(Date.now() / 1000) + 600,
    iat: Math.floor(Date.now() / 1000),
    jti: "1",
    client_id: "saas-application",
  };
  headers = { authorization: `Bearer ${createToken(key, claims, { alg: "RS256", typ: "at+jwt" })}` };
});
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
    headers,
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
/** The APIs count as there once their names are known. */
const apisAreThere = () => until(async () => expect(await statusOf("127.0.9.1")).toBe(200));

describe("clients without a credential", () => {
  it.each([
    ["five", sourcesFrom(1, 5), 100],
    ["twenty", sourcesFrom(1, 20), 25],
  ])("lock nobody out with 500 bodies that never end, from %s addresses", async (_, sources, ofEach) => {
    await apisAreThere();
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
    await apisAreThere();
    attacks.push(await connectIdly(proxy, sourcesFrom(1, 20), 100));

    expect(await statusesOf20()).toEqual(all20);
  });

  it("lock out no caller who has called before, from however many addresses they come", async () => {
    await apisAreThere();
    expect(await statusOf()).toBe(200);

    attacks.push(await connectIdly(proxy, sourcesFrom(1, 60), 100));

    expect(await statusesOf20()).toEqual(all20);
    // Whoever calls for the first time has to wait until some of them are gone.
    await expect(statusOf("127.0.9.9")).rejects.toThrow();
  });
});
