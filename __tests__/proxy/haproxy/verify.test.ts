import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CALLER_HEADER } from "../../../contract/keys.ts";
import { domain } from "../../../domain/domain.ts";
import { killCommands, runCommand } from "../../support/commands.ts";
import { deployedOutputs } from "../../support/deployed-outputs.ts";
import { loadEnvironment } from "../../support/environments.ts";
import { createAuthority, readCertificate } from "../../support/proxy/certificates.ts";
import { callerNamed } from "../../support/proxy/exchange.ts";
import { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";
import { headerOf } from "../../support/proxy/raw-http.ts";
import { TokenIssuer } from "../../support/proxy/token-issuer.ts";

const withoutAws = {
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
};

const folder = mkdtempSync(join(tmpdir(), "verify-"));
const file = (name: string) => join(folder, name);
afterEach(killCommands);
afterAll(() => rmSync(folder, { recursive: true }));

/** Verifies through it as from the far end of a port-forward: the name of the proxy leads nowhere on this machine. */
function verify(
  environment: string,
  proxy: ProxyUnderTest,
  { args = [], env = {}, host = "proxy.example.com" }: VerifyOptions = {},
) {
  writeFileSync(file("outputs.json"), JSON.stringify(deployedOutputs(environment)));
  writeFileSync(file("authority.pem"), proxy.authority.certificate);
  const near = `127.0.0.1:${proxy.settings.listener.port}`;
  const options = ["--outputs", file("outputs.json"), "--proxy", `https://${host}`, "--connect", near];
  return runCommand("tools/verify.ts", [environment, ...options, ...args], {
    ...withoutAws,
    NODE_EXTRA_CA_CERTS: file("authority.pem"),
    ...env,
  }).ended;
}

interface VerifyOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly host?: string;
}

/** The API's answer to a read of what is not there; everything else it answers by 500. */
function answerReads(proxy: ProxyUnderTest): void {
  const body = JSON.stringify({ detail: `There is no such ${domain.noun}.` });
  const head = "Content-Type: application/problem+json\r\nConnection: close";
  proxy.small.answers(({ method }) => {
    const status = method === "GET" ? "404 Not Found" : "500 Internal Server Error";
    return `HTTP/1.1 ${status}\r\n${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  });
}

const reached = "✓ the synchronous API answers through the proxy: no such record (404)";

describe("npm run verify, through HAProxy with TLS and tokens", () => {
  const { proxy: chosen } = loadEnvironment("dev");
  if (chosen.kind !== "haproxy" || chosen.authentication.kind !== "jwt") throw new Error("no tokens");
  const { issuer, audience } = chosen.authentication;
  const tokens = new TokenIssuer({
    iss: JSON.stringify(issuer),
    aud: JSON.stringify(audience),
    sub: '"saas-application"',
  });
  let proxy: ProxyUnderTest;
  beforeAll(async () => {
    proxy = await ProxyUnderTest.start({
      environment: "dev",
      files: () => ({ "jwt/current.pem": tokens.key.publicPem }),
    });
    await proxy.ready([`Authorization: Bearer ${tokens.token()}`]);
  });
  afterAll(() => proxy.stop());

  it("reaches the API as the caller whose token it is, with the name and the certificate of the URL", async () => {
    proxy.forget();
    answerReads(proxy);

    const { code, text } = await verify("dev", proxy, { env: { VERIFY_TOKEN: tokens.token() } });

    expect(text).toContain("Verifying dev at https://proxy.example.com, as saas\n");
    expect(text).toContain(reached);
    const [first] = proxy.small.requests;
    expect(first && headerOf(first, CALLER_HEADER)).toBe("saas");
    // What it sent next was answered by 500, and told from a failing record.
    expect(text).toContain("part: the API function: what is behind it\n");
    expect(code).toBe(1);
  });

  it.each([
    [
      "a certificate of an authority that this machine does not know",
      { env: { NODE_EXTRA_CA_CERTS: "", VERIFY_TOKEN: tokens.token() } },
      "part: TLS: the proxy's certificate\n      look: This machine does not know its authority: set NODE_EXTRA_CA_CERTS to a file",
    ],
    [
      "a certificate for another name",
      { host: "other.example.com", env: { VERIFY_TOKEN: tokens.token() } },
      "part: TLS: the proxy's certificate\n      look: It is for another name.",
    ],
    [
      "a token that is over",
      { env: { VERIFY_TOKEN: tokens.token({ claims: { exp: (now) => String(now - 600) } }) } },
      "part: the proxy: the caller's credential\n",
    ],
    [
      "a caller that its map does not have",
      { env: { VERIFY_TOKEN: tokens.token({ claims: { sub: undefined } }) } },
      "part: the proxy: the caller's credential\n",
    ],
  ] satisfies [string, VerifyOptions, string][])("says what is wrong with %s", async (_, options, said) => {
    proxy.forget();
    answerReads(proxy);

    const { code, text } = await verify("dev", proxy, options);

    expect(text).toContain(said);
    expect(proxy.small.requests).toEqual([]);
    expect(code).toBe(1);
  });
});

describe("npm run verify, through HAProxy with client certificates", () => {
  let proxy: ProxyUnderTest;
  const strangers = createAuthority("Authority of nobody");
  beforeAll(async () => {
    const authority = await createAuthority("Authority of callers");
    const caller = await authority.certify("/CN=saas", {
      extensions: ["basicConstraints=critical,CA:FALSE", "extendedKeyUsage=clientAuth"],
    });
    const { sha256 } = await readCertificate(caller.certificate);
    proxy = await ProxyUnderTest.start({
      environment: "prod",
      authority,
      change: (settings) => ({
        ...settings,
        callers: [callerNamed("saas", { credentials: [{ kind: "certificate", sha256 }] })],
      }),
    });
    const stranger = await (await strangers).certify("/CN=saas");
    writeFileSync(file("caller.pem"), caller.certificate);
    writeFileSync(file("caller.key"), caller.key);
    writeFileSync(file("stranger.pem"), stranger.certificate);
    writeFileSync(file("stranger.key"), stranger.key);
    await proxy.ready([], caller);
  });
  afterAll(async () => {
    await proxy.stop();
    await proxy.authority.remove();
    await (await strangers).remove();
  });

  const shown = (name: string) => ["--certificate", file(`${name}.pem`), "--key", file(`${name}.key`)];

  it("reaches the API with the certificate of a caller", async () => {
    proxy.forget();
    answerReads(proxy);

    const { text } = await verify("prod", proxy, { args: shown("caller") });

    expect(text).toContain(reached);
    expect(text).not.toContain("PRIVATE KEY");
  });

  it("says that the proxy refused one of an authority that it does not know", async () => {
    const { code, text } = await verify("prod", proxy, { args: shown("stranger") });

    expect(text).toMatch(/part: (TLS: the certificate of the caller|the proxy: the caller's credential)\n/);
    expect(code).toBe(1);
  });
});
