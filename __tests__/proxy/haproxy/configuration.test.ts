import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeConfiguration } from "../../../proxy/haproxy-process.ts";
import { NEEDED_VERSIONS } from "../../../proxy/haproxy-versions.ts";
import { type ProxySettings, proxySettings } from "../../../proxy/proxy-settings.ts";
import { filesBeside } from "../../../proxy/render-configuration.ts";
import { documents, environmentNames, loadEnvironment } from "../../support/environments.ts";
import { type Authority, createAuthority } from "../../support/proxy/certificates.ts";
import { requireHaproxy } from "../../support/proxy/proxy-under-test.ts";
import { withTokens } from "../../support/proxy/token-proxy.ts";
import { createSigningKey } from "../../support/proxy/tokens.ts";

const run = promisify(execFile);
let folder: string;
let authority: Authority;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "configuration-"));
  authority = await createAuthority("Authority of a test");
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await authority?.remove();
});

function settingsOf(name: string): ProxySettings {
  const settings = proxySettings(loadEnvironment(name), documents);
  if (settings === undefined) throw new Error(`${name} has no HAProxy`);
  return settings;
}

describe("the rendered configuration", () => {
  it.each([
    ...environmentNames.map((name) => [name, settingsOf(name)] as const),
    ["dev-with-bound-tokens", withTokens(settingsOf("dev"), { certificateBound: true })] as const,
  ])("of %s is accepted by HAProxy, without a warning", async (name, settings) => {
    const file = writeConfiguration(settings, join(folder, name));
    const own = await authority.certify("proxy.example.com");
    const contents: Record<string, string> = {
      "tls/server.pem": own.certificate + own.key,
      "tls/client-ca.pem": authority.certificate,
      "tls/client-crl.pem": await authority.revocationList(),
    };
    for (const [path] of filesBeside(settings)) {
      // What is rendered together with it is there already.
      if (existsSync(join(folder, name, path))) continue;
      mkdirSync(dirname(join(folder, name, path)), { recursive: true });
      writeFileSync(join(folder, name, path), contents[path] ?? createSigningKey("ES256").publicPem);
    }
    const { path } = await requireHaproxy();

    const { stdout, stderr } = await run(path, ["-c", "-f", file]);

    expect(stdout + stderr).toContain("Configuration file is valid");
    expect(stdout + stderr).not.toMatch(/WARNING|ALERT/);
  });

  it("is refused by an HAProxy that is older than it has to be", async () => {
    const settings = proxySettings(loadEnvironment("dev"), documents) ?? expect.fail("no HAProxy");
    const file = writeConfiguration(settings, join(folder, "old"));
    // As if this one were: it asks for a version that no HAProxy has.
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("!version_atleast(2.6)", "!version_atleast(99.0)"));
    const { path } = await requireHaproxy();

    await expect(run(path, ["-c", "-f", file])).rejects.toThrow(
      `This HAProxy may have known faults. Install one of ${NEEDED_VERSIONS}`,
    );
  });
});
