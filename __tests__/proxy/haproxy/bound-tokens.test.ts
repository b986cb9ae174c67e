import { createHash, X509Certificate } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, it } from "vitest";
import { SHARED_PATH } from "../../../domain/names.ts";
import { type Authority, type Certificate, createAuthority } from "../../support/proxy/certificates.ts";
import { exchange, expectCaller, expectRefused } from "../../support/proxy/exchange.ts";
import type { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";
import { CALLER, startTokenProxy, tokenIssuer } from "../../support/proxy/token-proxy.ts";

const quoted = JSON.stringify;
let proxy: ProxyUnderTest;

const send = (authorization: readonly string[], client?: Certificate) =>
  exchange(proxy, {
    requestLine: `GET ${SHARED_PATH}/p-1`,
    headers: authorization.map((value) => `Authorization: ${value}`),
    ...(client && { client }),
  });

describe("a token that is bound to a certificate (RFC 8705)", () => {
  const issuer = tokenIssuer();
  const clients: Record<string, Certificate> = {};
  let authority: Authority;
  let unknown: Authority;
  const thumbprintOf = (name: string) =>
    createHash("sha256")
      .update(new X509Certificate(clients[name]?.certificate ?? "").raw)
      .digest("base64url");
  const bearerWith = (cnf: unknown) => [
    `Bearer ${issuer.token({ claims: { cnf: cnf === undefined ? undefined : quoted(cnf) } })}`,
  ];
  const boundTo = (name: string) => bearerWith({ "x5t#S256": thumbprintOf(name) });

  beforeAll(async () => {
    authority = await createAuthority("Authority of a test");
    unknown = await createAuthority("Somebody else's authority");
    for (const name of ["own", "other"]) clients[name] = await authority.certify(name);
    clients["over"] = await authority.certify("over", { days: -1 });
    clients["of-another-authority"] = await unknown.certify("of-another-authority");
    proxy = await startTokenProxy(issuer, { certificateBound: true }, authority);
    await proxy.ready(
      boundTo("own").map((value) => `Authorization: ${value}`),
      clients["own"],
    );
  });
  afterAll(async () => {
    await proxy?.stop();
    await authority?.remove();
    await unknown?.remove();
  });
  beforeEach(() => proxy.forget());

  it.each(["own", "other", "over", "of-another-authority"])(
    "is good on a connection of it: %s",
    async (name) => {
      expectCaller(proxy, await send(boundTo(name), clients[name]), CALLER);
    },
  );

  it("is good beside members that nobody has to know", async () => {
    const cnf = { kid: "1", "x5t#S256": thumbprintOf("own") };

    expectCaller(proxy, await send(bearerWith(cnf), clients["own"]), CALLER);
  });

  it("is refused on a connection of another certificate, and without one", async () => {
    expectRefused(proxy, await send(boundTo("own"), clients["other"]), "unauthorized");
    expectRefused(proxy, await send(boundTo("own")), "unauthorized");
  });

  it.each<readonly [string, (thumbprint: string) => unknown]>([
    ["no confirmation", () => undefined],
    ["null", () => null],
    ["a thumbprint in place of an object", (thumbprint) => thumbprint],
    ["a list", (thumbprint) => [thumbprint]],
    ["nothing in it", () => ({})],
    ["an empty thumbprint", () => ({ "x5t#S256": "" })],
    ["a thumbprint of null", () => ({ "x5t#S256": null })],
    ["a thumbprint in a list", (thumbprint) => ({ "x5t#S256": [thumbprint] })],
    ["padding", (thumbprint) => ({ "x5t#S256": `${thumbprint}=` })],
    ["hexadecimal digits", (of) => ({ "x5t#S256": Buffer.from(of, "base64url").toString("hex") })],
    ["the name of a shorter hash", (thumbprint) => ({ x5t: thumbprint })],
    ["the key of another proof", (thumbprint) => ({ jkt: thumbprint })],
  ])("is refused with %s, with its certificate and without", async (_, cnf) => {
    const bearer = bearerWith(cnf(thumbprintOf("own")));

    expectRefused(proxy, await send(bearer, clients["own"]), "unauthorized");
    expectRefused(proxy, await send(bearer), "unauthorized");
  });

  it("is no certificate by itself: a certificate alone is nobody", async () => {
    expectRefused(proxy, await send([], clients["own"]), "unauthorized");
  });
});
