import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createClients } from "../../emulator/aws/clients.ts";
import { startEmbeddedAws } from "../../emulator/aws/embedded-aws.ts";
import { writeBuild } from "../../release/build.ts";
import { main } from "../../tools/release.ts";
import { registeredEnvironments } from "../fixtures/env/environments.ts";
import { callCommand } from "../support/call-command.ts";
import {
  enterpriseToken,
  type FakeTerraformEnterprise,
  startFakeTerraformEnterprise,
} from "../support/enterprise/fake-terraform-enterprise.ts";
import { synthesizedFolder, tfeBackend } from "../support/environments.ts";
import { startFakeCodeBuild, variablesOf } from "../support/fake-code-build.ts";
import { verifiedDelivery } from "../support/verified-delivery.ts";

/** Of the bucket of the builds. */
const owner = "222222222222";
const bucket = "verified-builds";
const secretArn = "arn:aws:secretsmanager:eu-central-1:222222222222:secret:ingestion/verification-AbCdEf";
const commit = "0123456789abcdef0123456789abcdef01234567";
const { prod } = registeredEnvironments;
const environments = {
  ...registeredEnvironments,
  test: verifiedDelivery({ environments: ["test", "prod"] }),
  prod: { ...prod, proxy: { ...prod.proxy, url: "https://ingestion-prod.example.com" } },
};

let aws: Awaited<ReturnType<typeof startEmbeddedAws>>;
let enterprise: FakeTerraformEnterprise;
let codeBuild: Awaited<ReturnType<typeof startFakeCodeBuild>>;
let outdir: string;
let verifying: string;
/** How "npm run verify" ends in the next builds, and what it prints; then how the last of these builds has ended. */
let verify: { exitCode: string; prints: string; buildEndedWith?: number };

beforeAll(async () => {
  aws = await startEmbeddedAws({ region: "eu-central-1", accountId: owner });
  await createClients("eu-central-1", aws.endpoint).s3.send(new CreateBucketCommand({ Bucket: bucket }));
  outdir = mkdtempSync(join(tmpdir(), "release-verification-"));
  cpSync(synthesizedFolder(), outdir, { recursive: true });
  verifying = mkdtempSync(join(tmpdir(), "verifying-"));
});
beforeEach(async () => {
  verify = { exitCode: "0", prints: '{"steps":[]}' };
  const outputs = { outputs: { table_name: { value: "records" } } };
  const workspaces = Object.fromEntries(
    ["test", "uat", "prod"].map((name) => [tfeBackend(name).workspace, outputs]),
  );
  enterprise = await startFakeTerraformEnterprise({ workspaces });
  codeBuild = await startFakeCodeBuild(async (start) => {
    const env = { ...builds(), CDKTF_OUTDIR: verifying, ...variablesOf(start, {}) };
    const outputsTaken = await call(["verification-outputs"], env);
    writeFileSync(join(verifying, "verification", "report.json"), verify.prints);
    const { code } = await call(["verification-result", verify.exitCode], env);
    verify.buildEndedWith = outputsTaken.code || code;
    return verify.buildEndedWith;
  });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all([enterprise.stop(), codeBuild.stop()]);
});
afterAll(async () => {
  await aws.stop();
  for (const folder of [outdir, verifying]) rmSync(folder, { recursive: true });
});

const builds = () => ({
  BUILDS_ENDPOINT_URL: aws.endpoint,
  AWS_ACCESS_KEY_ID: "build",
  AWS_SECRET_ACCESS_KEY: "build",
  AWS_REGION: "eu-central-1",
  BUILDS_BUCKET: bucket,
  BUILDS_BUCKET_OWNER: owner,
});

async function call(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { code, stdout, stderr } = await callCommand(main, args, env, {
    environments,
    env: { ...process.env, ...env },
  });
  return { code, text: `${stdout}${stderr}` };
}

/** Each test has a build of its own: results are kept by builds. */
function release(args: readonly string[], of: number, env: Readonly<Record<string, string>> = {}) {
  writeBuild(outdir, commit.replace("0", String(of)), "{}");
  return call(args, {
    ...builds(),
    CDKTF_OUTDIR: outdir,
    CODEBUILD_START_TIME: "",
    TFE_TOKEN: enterpriseToken,
    TFE_ADDRESS: enterprise.url,
    RELEASE_POLL_MILLISECONDS: "10",
    AWS_ENDPOINT_URL_CODEBUILD: codeBuild.url,
    VERIFY_PROJECT: "orders-verify",
    VERIFY_SECRET: secretArn,
    ...env,
  });
}

describe("npm run release, where it verifies", () => {
  it("starts the build that verifies with the caller's credentials by name, and goes on with its result", async () => {
    const { code, text } = await release(["test", "uat", "prod"], 1);

    expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("test: verified\n") });
    expect(text).toContain("uat: waits for confirmation");
    expect(text).toContain(`and RELEASE_ENVIRONMENTS="prod"\n`);
    expect(codeBuild.starts).toEqual([
      {
        id: "orders-verify:1",
        projectName: "orders-verify",
        sourceVersion: commit.replace("0", "1"),
        environmentVariablesOverride: [
          { name: "VERIFY_BUILD", value: expect.stringMatching(/^[0-9a-f]{64}$/), type: "PLAINTEXT" },
          { name: "VERIFY_ENVIRONMENT", value: "test", type: "PLAINTEXT" },
          { name: "VERIFY_TOKEN", value: `${secretArn}:test_token`, type: "SECRETS_MANAGER" },
        ],
      },
    ]);
    expect(JSON.parse(readFileSync(join(verifying, "verification", "outputs.json"), "utf8"))).toEqual({
      table_name: { sensitive: false, type: "string", value: "records" },
    });
  });

  it("fails with what does not hold, and starts no run in the next environment", async () => {
    const check = {
      expected: "202",
      result: "fails",
      got: "403",
      finding: { part: "policy", look: "there" },
    };
    verify = {
      exitCode: "1",
      prints: JSON.stringify({ steps: [{ title: "POST large", checks: [check] }] }),
    };

    const { code, text } = await release(["test", "uat"], 2);

    expect({ code, text }).toEqual({
      code: 1,
      text: expect.stringMatching(
        /^test is not verified:\n {2}✗ POST large\n {6}202: got 403\n {6}part: policy\n {6}look: there\n {2}The log: https:\S+verify%3A1$/m,
      ),
    });
    expect(verify.buildEndedWith).toBe(1);
    expect(enterprise.runs).toHaveLength(1);
    const again = await release(["uat"], 2);
    expect(again).toEqual({ code: 1, text: expect.stringContaining("--verify test") });
    expect(codeBuild.starts).toHaveLength(1);

    verify = { exitCode: "0", prints: "{}" };
    expect(await release(["--verify", "test"], 2)).toMatchObject({ code: 0 });
    expect(await release(["uat"], 2)).toMatchObject({ code: 0 });
    expect(enterprise.runs).toHaveLength(2);
  });

  it.each([
    ["2", "{}"],
    ["1", "Error: no token\n"],
    ["0", ""],
  ])("has no result of a verification that ends with %s and prints %j", async (exitCode, prints) => {
    verify = { exitCode, prints };

    const { code, text } = await release(["test"], 3);

    expect({ code, text }).toEqual({
      code: 1,
      text: expect.stringContaining(
        "The verification of test has no result. The status of its build is FAILED.",
      ),
    });
  });

  it("verifies the last environment too, once somebody has confirmed its run there", async () => {
    await release(["test", "uat"], 4);
    await enterprise.decide("run-2", "apply");
    enterprise.settle(tfeBackend("uat").workspace);

    const waiting = await release(["prod"], 4);
    expect(waiting.text).toMatch(
      /prod: not verified yet\. After the run is applied, continue: .* RELEASE_ENVIRONMENTS="--verify prod"$/m,
    );
    await enterprise.decide("run-3", "apply");
    enterprise.settle(tfeBackend("prod").workspace);
    expect(await release(["--verify", "prod"], 4)).toMatchObject({ code: 0 });
    expect(codeBuild.starts.at(-1)?.environmentVariablesOverride.slice(2)).toEqual(
      ["certificate", "key"].map((each) => ({
        name: `VERIFY_${each.toUpperCase()}`,
        value: `${secretArn}:prod_${each}`,
        type: "SECRETS_MANAGER",
      })),
    );
  });

  it.each([
    [["test"], { VERIFY_PROJECT: "" }, 1, "VERIFY_PROJECT is not set. The delivery stack sets it"],
    [["uat"], { BUILDS_BUCKET: "" }, 1, "BUILDS_BUCKET is not set"],
    [
      ["--verify", "uat"],
      {},
      1,
      "uat is not verified after a release. To change that, add it to delivery.verification",
    ],
    [["test", "--verify", "--plan"], {}, 2, "Give --plan or --verify, not both."],
    [["verification-result"], {}, 2, "verification-result needs an argument: the exit code"],
    [
      ["verification-result", "0"],
      { VERIFY_BUILD: "x", VERIFY_ENVIRONMENT: "test" },
      1,
      "no result is stored",
    ],
    [
      ["verification-outputs"],
      { VERIFY_BUILD: "../x", VERIFY_ENVIRONMENT: "test" },
      1,
      'VERIFY_BUILD is "../x"',
    ],
    [
      ["verification-outputs"],
      { VERIFY_BUILD: "f".repeat(64), VERIFY_ENVIRONMENT: "test" },
      1,
      "has no outputs of test with the build ffff",
    ],
  ] as const)("refuses %j with %j, before anything is started", async (args, env, code, message) => {
    rmSync(join(outdir, "verification"), { recursive: true, force: true });

    expect(await release(args, 5, env)).toEqual({ code, text: expect.stringContaining(message) });
    expect(enterprise.runs).toEqual([]);
    expect(codeBuild.starts).toEqual([]);
  });

  it("says what CodeBuild does not do", async () => {
    const { code, text } = await release(["test"], 6, { AWS_ENDPOINT_URL_CODEBUILD: "http://127.0.0.1:9" });

    expect({ code, text }).toEqual({
      code: 1,
      text: expect.stringMatching(/^Cannot start a build of orders-verify: .+\.$/m),
    });
  });
});
