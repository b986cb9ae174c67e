import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { SHARED_PATH } from "../../domain/names.ts";
import { main } from "../../tools/verify.ts";
import { registeredEnvironments } from "../fixtures/env/environments.ts";
import { callCommand } from "../support/call-command.ts";
import { killCommands, runCommand } from "../support/commands.ts";
import { deployedOutputs } from "../support/deployed-outputs.ts";
import { type StubRule, startStubService } from "../support/stub-service.ts";
import { until } from "../support/until.ts";
import { startFakeSts } from "./fake-sts.ts";

/** A secret, as far as output is concerned. */
const token = "header.payload.signature";
const withoutAws = {
  AWS_ACCESS_KEY_ID: "",
  AWS_SECRET_ACCESS_KEY: "",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
};

const folder = mkdtempSync(join(tmpdir(), "verify-"));
const outputs = join(folder, "outputs.json");
beforeAll(() => {
  writeFileSync(outputs, JSON.stringify(deployedOutputs("dev")));
  writeFileSync(join(folder, "wrong.json"), JSON.stringify(deployedOutputs("dev", { queue_url: undefined })));
  writeFileSync(join(folder, "token"), `${token}\n`);
  writeFileSync(join(folder, "two-tokens"), `${token}\n${token}\n`);
});
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  killCommands();
  vi.unstubAllEnvs();
  for (const stop of stops.splice(0)) await stop();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function stub(rule?: StubRule) {
  const service = await startStubService(rule);
  stops.push(service.stop);
  return service;
}

describe("npm run verify -- <environment> --local", () => {
  it("holds for what npm start runs, as lines for people and as one document for programs", async () => {
    const env = { CDKTF_OUTDIR: join(folder, "cdktf.out") };
    const start = runCommand("tools/start.ts", ["dev"], { ...env, PORT: "0", PROXY: "built-in" });
    await until(() => expect(start.output.text).toContain("Ctrl-C stops it"));

    const people = await runCommand("tools/verify.ts", ["dev", "--local"], env).ended;
    const programs = runCommand("tools/verify.ts", ["dev", "--local", "--json"], env);
    const { code } = await programs.ended;

    expect(people.text).toContain("✓ the queue function stored the record\n");
    expect(people.text).toContain(
      "– no alarm is raised: not checked: no CloudWatch answers on this machine\n",
    );
    expect(people.text).toMatch(
      /\ndev is verified: \d+ passed, 0 failed, \d+ not checked, after [\d.]+ s\.\n$/,
    );
    expect(people.text).not.toContain("✗");
    expect(people.code).toBe(0);
    const document = programs.output.text.slice(programs.output.text.indexOf("\n{\n"));
    expect(JSON.parse(document)).toMatchObject({
      environment: "dev",
      caller: "saas",
      passed: true,
      failed: 0,
    });
    expect(code).toBe(0);
  });
});

describe("npm run verify", () => {
  const verify = (url: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
    runCommand("tools/verify.ts", ["dev", "--outputs", outputs, "--proxy", url, ...args], {
      ...withoutAws,
      VERIFY_TOKEN: token,
      ...env,
    });

  it("ends with 1, says which part and where to look, and never shows the token", async () => {
    const service = await stub(({ method }) => (method === "POST" ? { status: 502, body: {} } : undefined));

    const { code, text } = await verify(service.url).ended;

    expect(text).toContain("  ✗ S3 stored it, and it is accepted (202): got 502 {}\n");
    expect(text).toContain("      part: S3 behind the large API: role, bucket or key\n");
    expect(text).toContain("      runbook: docs/operations.md#api-server-errors\n");
    expect(text).toMatch(/\ndev does not work as it should: \d+ passed, \d+ failed, \d+ not checked, after /);
    expect(code).toBe(1);
    expect(service.requests.map(({ headers }) => headers.authorization)).toContain(`Bearer ${token}`);
    expect(text).not.toContain(token);
  });

  it("says what nobody could look at without AWS credentials, as a program reads it", async () => {
    const service = await stub(() => ({ status: 401, body: { detail: "unknown" } }));
    // The SDK looks for them by itself.
    for (const [name, value] of Object.entries(withoutAws)) vi.stubEnv(name, value);

    const { code, stdout } = await callCommand(
      main,
      ["dev", "--outputs", outputs, "--proxy", service.url, "--token-file", join(folder, "token"), "--json"],
      withoutAws,
    );

    const report = reportSchema.parse(JSON.parse(stdout));
    expect(report.steps.find(({ id }) => id === "alarms")?.checks).toEqual([
      {
        expected: "no alarm is raised",
        result: "not checked",
        got: expect.stringMatching(/^No AWS credentials for dev from /),
      },
    ]);
    expect(report.steps.find(({ id }) => id === "proxy")?.checks[0]?.finding?.part).toBe(
      "the proxy: the caller's credential",
    );
    expect(report.passed).toBe(false);
    expect(code).toBe(1);
  });

  it("deletes what it has sent where it is interrupted", async () => {
    const service = await stub(({ method, path }) =>
      method === "POST" && path.endsWith("small") ? { status: 201, body: {} } : undefined,
    );
    const { started, output, ended } = verify(service.url);
    await until(() => expect(output.text).toContain("Notification, queue, function …"));

    started.kill("SIGINT");
    const { code, text } = await ended;

    const sent = service.requests.filter(({ method }) => method === "POST").map(({ path }) => path);
    const deleted = service.requests.filter(({ method }) => method === "DELETE").map(({ path }) => path);
    expect(sent).toHaveLength(2);
    expect(deleted.toSorted()).toEqual(sent.toSorted());
    expect(text).toMatch(/\nThe records are deleted\.\nStopped: SIGINT\.\n$/);
    expect(code).toBe(130);
  });

  it("names what nobody could delete", async () => {
    const service = await stub(({ method }) => (method === "DELETE" ? { status: 500, body: {} } : undefined));

    const { code, text } = await verify(service.url, ["--timeout-seconds", "1"]).ended;

    const [path] = service.requests.filter(({ method }) => method === "DELETE").map((each) => each.path);
    expect(text).toContain(`is deleted (204); otherwise delete it by hand: DELETE ${path}: got 500`);
    expect(path).toMatch(new RegExp(`^${SHARED_PATH}/verify-[0-9a-f]{12}-(small|large)$`));
    expect(code).toBe(1);
  });

  it("tries to delete each of what it has sent, also where a connection breaks", async () => {
    const service = await stub(({ method }) => (method === "DELETE" ? { status: 0 } : undefined));

    const { code, text } = await verify(service.url, ["--timeout-seconds", "1"]).ended;

    const pathsOf = (wanted: string) =>
      service.requests.filter(({ method }) => method === wanted).map(({ path }) => path);
    const tried = pathsOf("DELETE");
    expect(tried).toEqual(pathsOf("POST"));
    for (const path of tried) expect(text).toContain(`delete it by hand: DELETE ${path}: got 127.0.0.1:`);
    expect(text).toContain("      part: the proxy's connections\n");
    expect(code).toBe(1);
  });

  it("refuses credentials of another account before it sends anything", async () => {
    const [service, sts] = [await stub(), await startFakeSts()];
    stops.push(sts.stop);
    sts.account = "222222222222";
    const aws = { AWS_ENDPOINT_URL_STS: sts.endpoint, AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };

    const { code, stderr } = await callCommand(main, ["dev", "--outputs", outputs, "--proxy", service.url], {
      ...aws,
      VERIFY_TOKEN: token,
    });

    expect(stderr).toMatch(/^Wrong AWS account for dev: /);
    expect(service.requests).toEqual([]);
    expect(code).toBe(1);
  });

  it.each([
    ["without a proxy", [], {}, /^The URL of the proxy of dev is not set\. Set proxy\.url in env\/dev\.ts/],
    ["a token in clear text", ["--proxy", "http://example.com"], {}, /^--proxy must be an https URL/],
    ["a path", ["--proxy", "https://example.com/orders"], {}, /^--proxy must be an https URL without a path/],
    [
      "no token",
      ["--proxy", "https://example.com"],
      {},
      /^The proxy requires an access token: set VERIFY_TOKEN/,
    ],
    [
      "two tokens",
      ["--proxy", "https://example.com", "--token-file", join(folder, "two-tokens")],
      {},
      /two-tokens must contain only the access token/,
    ],
    [
      "a caller without the rights",
      ["--proxy", "https://example.com", "--caller", "partner"],
      { VERIFY_TOKEN: token },
      /^A verification needs a caller that may read, write, delete\. partner lacks some of them\. proxy\.callers of env\/dev\.ts:\n/,
    ],
    [
      "a caller of nobody",
      ["--proxy", "https://example.com", "--caller", "nobody"],
      { VERIFY_TOKEN: token },
      /There is no caller nobody\. proxy\.callers of env\/dev\.ts:\n {2}saas: read, write, delete\n/,
    ],
    [
      "half a certificate",
      ["--proxy", "https://example.com", "--key", "a.pem"],
      {},
      /^Give --certificate and --key together\.\n$/,
    ],
    [
      "a connection to nowhere",
      ["--proxy", "https://example.com", "--connect", "8443"],
      { VERIFY_TOKEN: token },
      /^--connect must be a host and a port/,
    ],
    ["no time", ["--timeout-seconds", "0"], {}, /^--timeout-seconds must be a number from 1 to 3600\.\n$/],
    ["two sources", ["--local"], {}, /^Give --local or --outputs, not both\.\n$/],
  ])("refuses %s", async (_, args, env, message) => {
    const { code, stdout, stderr } = await callCommand(main, ["dev", "--outputs", outputs, ...args], env);

    expect(stderr).toMatch(message);
    expect(stderr).not.toContain(token);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  it.each([
    ["of another environment", ["prod", "--outputs", outputs], /does not match env\/prod\.ts:/],
    [
      "without a name",
      ["dev", "--outputs", join(folder, "wrong.json")],
      /does not have all outputs of the stack of dev:\n {2}queue_url/,
    ],
    [
      "that are nowhere",
      ["dev", "--outputs", "none.json"],
      /^There is no file none\.json\. Write it with "terraform output/,
    ],
    ["that are a folder", ["dev", "--outputs", folder], /is a folder; name a file\.\n$/],
    [
      "of nothing that runs",
      ["dev", "--local"],
      /^--local: "npm start -- dev" is not running in this folder\./,
    ],
    [
      "of a stack that was never planned here",
      ["dev"],
      /^There is no \S+: plan or apply the environment from this checkout/,
    ],
  ])("refuses outputs %s", async (_, args, message) => {
    const CDKTF_OUTDIR = join(folder, "nothing");

    const { code, stderr } = await callCommand(main, args, { CDKTF_OUTDIR });

    expect(stderr).toMatch(message);
    expect(code).toBe(1);
  });

  it("takes the proxy's URL of the environment", async () => {
    const service = registeredEnvironments["dev"];
    const proxy = { ...Object(service).proxy, url: "https://proxy.invalid" };
    const environments = { dev: { ...Object(service), proxy } };

    const { code, stdout } = await callCommand(
      main,
      ["dev", "--outputs", outputs],
      { ...withoutAws, VERIFY_TOKEN: token },
      { environments },
    );

    expect(stdout).toMatch(/^Verifying dev at https:\/\/proxy\.invalid, as saas\n/);
    expect(stdout).toContain("      part: DNS\n");
    expect(code).toBe(1);
  });
});

const reportSchema = z.object({
  passed: z.boolean(),
  steps: z.array(
    z.object({
      id: z.string(),
      checks: z.array(z.looseObject({ finding: z.object({ part: z.string() }).optional() })),
    }),
  ),
});
