import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeConfiguration } from "../../../proxy/haproxy-process.ts";
import { proxySettings } from "../../../proxy/proxy-settings.ts";
import { documents, loadEnvironment } from "../../support/environments.ts";
import { type Authority, createAuthority } from "../../support/proxy/certificates.ts";
import { requireHaproxy } from "../../support/proxy/proxy-under-test.ts";

const run = promisify(execFile);
let folder: string;
let configuration: string;
let haproxy: string;
let list: string;
const authorities: Authority[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "authorities-"));
  mkdirSync(join(folder, "tls"));
  ({ path: haproxy } = await requireHaproxy());
  const settings = proxySettings(loadEnvironment("prod"), documents) ?? expect.fail("no HAProxy");
  configuration = writeConfiguration({ ...settings, process: "unprivileged" }, folder);
  const server = await authority("proxy");
  const own = await server.certify("proxy.example.com");
  list = await server.revocationList();
  writeFileSync(join(folder, "tls/server.pem"), own.certificate + own.key);
});
afterAll(async () => {
  for (const each of authorities) await each.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function authority(name: string): Promise<Authority> {
  const made = await createAuthority(name);
  authorities.push(made);
  return made;
}

/** The certificate of a root whose name is written in another type of string. */
async function rootIn(stringMask: string, subject: string): Promise<string> {
  const [config, out] = ["root.cnf", "root.pem"].map((file) => join(folder, file));
  writeFileSync(`${config}`, `[req]\ndistinguished_name = name\nstring_mask = ${stringMask}\n[name]\n`);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "root.key"];
  const args = ["req", "-x509", "-config", `${config}`, ...key, "-out", `${out}`, "-utf8", "-subj", subject];
  await run("openssl", args, { cwd: folder });
  return readFileSync(`${out}`, "utf8");
}

/** What HAProxy says of a file of CAs, from whichever folder it is started. */
async function check(authoritiesFile: string): Promise<string> {
  writeFileSync(join(folder, "tls/client-ca.pem"), authoritiesFile);
  writeFileSync(join(folder, "tls/client-crl.pem"), list);
  const told = await run(haproxy, ["-c", "-f", configuration], { cwd: tmpdir() }).catch((error) => error);
  return `${told.stdout}${told.stderr}`;
}

describe("the file of CAs", () => {
  it("may hold several, text between them, and one CA twice", async () => {
    const [first, second] = [await authority("/O=Example/CN=東京"), await authority("/O=Example/CN=大阪")];
    const file = `Of Example:\r\n${first.certificate}\n# Another one\n${second.certificate}${first.certificate}`;

    expect(await check(file)).toContain("Configuration file is valid");
  });

  it.each([
    ["the same name", "/O=Example/CN=Zoë"],
    ["capitals and blanks of its own", "/O=EXAMPLE /CN= zoë"],
  ])("must not hold another CA of %s", async (_, name) => {
    const file = (await authority("/O=Example/CN=Zoë")).certificate + (await authority(name)).certificate;

    expect(await check(file)).toContain("must not contain two CAs with the same name and different keys");
  });

  it.each([
    ["BMPString", "MASK:0x800"],
    ["T61String", "MASK:0x4"],
    ["UniversalString", "MASK:0x100"],
  ])("must not hold another CA of the same name as a %s", async (_, mask) => {
    const other = await rootIn(mask, "/O=Example/CN=Zoë");

    const said = await check((await authority("/O=Example/CN=Zoë")).certificate + other);

    expect(said).toContain("must not contain two CAs with the same name and different keys");
  });

  it("must not hold anything else", async () => {
    const { certificate } = await authority("one");

    expect(await check(certificate + list)).toContain(
      "tls/client-ca.pem must contain only certificates. Remove the X509 CRL",
    );
  });
});
