import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createClients } from "../../local/aws/clients.ts";
import { startEmbeddedAws } from "../../local/aws/embedded-aws.ts";
import { EnterpriseClient } from "../../tools/release/enterprise-client.ts";
import { hashStack, packStack } from "../../tools/release/pack-stack.ts";
import { synthesize } from "../../tools/synthesize.ts";
import {
  type Course,
  enterpriseToken,
  startFakeTerraformEnterprise,
} from "../support/fake-terraform-enterprise.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
let outdir: string;
let stackDirectory: string;
let enterprise: Awaited<ReturnType<typeof startFakeTerraformEnterprise>> | undefined;

beforeAll(() => {
  outdir = mkdtempSync(join(tmpdir(), "release-"));
  stackDirectory = synthesize("prod", { ...process.env, CDKTF_OUTDIR: outdir }) ?? "";
}, 60_000);
beforeEach(async () => {
  expect((await release(["build"])).code).toBe(0);
});
afterEach(async () => {
  await enterprise?.stop();
  enterprise = undefined;
});
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** Starts the command as CodeBuild would, with a commit, a token and a server. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, ["tools/run.mjs", "tools/release.ts", ...args], {
    env: {
      ...process.env,
      CDKTF_OUTDIR: outdir,
      CODEBUILD_RESOLVED_SOURCE_VERSION: commit,
      TFE_TOKEN: enterpriseToken,
      RELEASE_POLL_MILLISECONDS: "10",
      ...(enterprise && { TFE_ADDRESS: enterprise.url }),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { text: "" };
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      output.text += chunk;
    });
  return { child, output, ended: once(child, "close").then(([code]) => ({ code, text: output.text })) };
}

const release = (args: readonly string[], env?: Readonly<Record<string, string>>) => start(args, env).ended;

async function releaseTo(
  course: Course,
  args: readonly string[] = ["prod"],
  env?: Readonly<Record<string, string>>,
) {
  enterprise = await startFakeTerraformEnterprise(course);
  const result = await release(args, env);
  expect(result.text).not.toContain(enterpriseToken);
  expect(result.text).not.toMatch(/\n\s+at /);
  return { ...result, ...enterprise };
}

describe("npm run release", () => {
  it("takes a commit to a run that waits to be confirmed, of exactly the synthesized directory", async () => {
    const states = ["pending", "plan_queued", "planning", "planned"];

    const { code, text, uploadedFiles, runs, actions, isSpeculative } = await releaseTo({ states });

    expect({ code, text }).toEqual({
      code: 0,
      text: expect.stringContaining("prod: waits for confirmation"),
    });
    expect(text).toContain("Plan: 3 to add, 2 to change, 1 to destroy.");
    expect(text).toMatch(
      /confirm or discard it there: http:\S+\/app\/example\/workspaces\/proposals-prod\/runs\/run-1/,
    );
    expect(runs).toEqual([
      {
        attributes: { message: "Release of 0123456789ab", "auto-apply": false },
        configurationVersion: "cv-1",
      },
    ]);
    expect(isSpeculative).toEqual([false]);
    expect(actions).toEqual([]);
    const files = uploadedFiles();
    expect(files.get("cdk.tf.json")).toEqual(readFileSync(join(stackDirectory, "cdk.tf.json")));
    expect([...files.keys()].some((name) => name.endsWith("/functions.zip"))).toBe(true);
    expect([...files.keys()].some((name) => name.endsWith(".auto.tfvars.json"))).toBe(true);
  });

  it("goes on until the confirmed run is applied", async () => {
    const states = ["planning", "planned", "planned", "confirmed", "applying", "applied"];

    const { code, text } = await releaseTo({ states }, ["prod", "--wait"]);

    expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("prod: applied") });
    expect(text.match(/Plan: /g)).toHaveLength(1);
  });

  it("plans without ever applying, and tells the summary", async () => {
    const { code, text, isSpeculative, runs } = await releaseTo(
      { states: ["planning", "planned_and_finished"] },
      ["prod", "--plan"],
    );

    expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("prod: planned") });
    expect(text).toContain("Plan: 3 to add, 2 to change, 1 to destroy.");
    expect(isSpeculative).toEqual([true]);
    expect(runs[0]?.attributes).toEqual({ message: "Plan of 0123456789ab", "auto-apply": false });
  });

  it.each<[string, Course, RegExp]>([
    [
      "the plan fails",
      {
        states: ["planning", "errored"],
        plan: { log: "Terraform v1.11\n│ Error: role not found\n│ more\n" },
      },
      /^The run failed: http\S+\n {2}plan: Error: role not found$/m,
    ],
    [
      "the plan fails, with a structured log",
      {
        states: ["errored"],
        plan: {
          log: `${JSON.stringify({ "@level": "info", "@message": "x" })}\n${JSON.stringify({ "@level": "error", "@message": "m", diagnostic: { summary: "No role", detail: "It is gone." } })}`,
        },
      },
      /plan: No role: It is gone\./,
    ],
    [
      "the apply fails",
      { states: ["planning", "applying", "errored"], applyLog: "Error: AccessDenied\n" },
      /^The run failed: http\S+\n {2}apply: Error: AccessDenied$/m,
    ],
    [
      "a policy fails",
      {
        states: ["planning", "policy_checking", "policy_soft_failed"],
        policies: [
          { name: "tags", result: true },
          { name: "no-public-buckets", result: false },
        ],
      },
      /^The run is stopped by a policy: http\S+\n {2}policy no-public-buckets failed \(soft-mandatory\)$/m,
    ],
    ["somebody discards it", { states: ["planned", "discarded"] }, /^The run was discarded: http/m],
    ["somebody cancels it", { states: ["planning", "canceled"] }, /^The run was canceled: http/m],
    [
      "the configuration is refused",
      { configuration: "errored" },
      /^The configuration was refused: no Terraform files\.$/m,
    ],
  ])("says so and fails when %s", async (_, course, message) => {
    const { code, text } = await releaseTo(course, ["prod", "--wait"]);

    expect({ code, text }).toEqual({ code: 1, text: expect.stringMatching(message) });
  });

  it("asks again where the server is busy, and starts one run alone when an answer is lost", async () => {
    const { code, runs, uploads } = await releaseTo({
      states: ["planned_and_finished"],
      trouble: ({ method, path, nth }) => {
        if (method === "POST" && path === "/api/v2/runs") return nth === 1 ? "lost" : undefined;
        if (nth > 1) return undefined;
        return path.startsWith("/upload/")
          ? 503
          : path.includes("/configuration-versions/")
            ? 429
            : undefined;
      },
    });

    expect(code).toBe(0);
    expect(runs).toHaveLength(1);
    expect(uploads).toHaveLength(1);
  });

  it("ends the run when it takes too long", async () => {
    const { code, text, actions } = await releaseTo({ states: ["planning"] }, [
      "prod",
      "--timeout-minutes",
      "0.002",
    ]);

    expect({ code, text }).toEqual({
      code: 1,
      text: expect.stringMatching(/did not end within 0 minutes and is ended/),
    });
    expect(actions).toEqual([{ run: "run-1", action: "cancel", comment: expect.any(String) }]);
  });

  it("discards a run that waits when it is interrupted, so that nobody confirms it by surprise", async () => {
    enterprise = await startFakeTerraformEnterprise({ states: ["planned"] });
    const { child, output, ended } = start(["prod", "--wait"]);
    await vi.waitFor(() => expect(output.text).toContain("  planned"), 20_000);

    child.kill("SIGINT");

    expect(await ended).toEqual({ code: 1, text: expect.stringContaining("The release was given up") });
    expect(enterprise.actions).toEqual([{ run: "run-1", action: "discard", comment: expect.any(String) }]);
  });

  it.each<[string, Course, Record<string, string>, RegExp]>([
    ["a token that is not known", {}, { TFE_TOKEN: "other" }, /does not know the token\. Renew it/],
    [
      "a workspace that is not there",
      { trouble: ({ path }) => (path.includes("/workspaces/") ? 404 : undefined) },
      {},
      /There is no workspace example\/proposals-prod/,
    ],
    [
      "a token without rights",
      { trouble: ({ method }) => (method === "POST" ? 403 : undefined) },
      {},
      /does not allow it to the token's team: a configuration version/,
    ],
  ])("says what to do about %s", async (_, course, env, message) => {
    const { code, text } = await releaseTo(course, ["prod"], env);

    expect({ code, text }).toEqual({ code: 1, text: expect.stringMatching(message) });
  });

  it.each([
    [["dev"], {}, 'env/dev.ts has the backend "local"'],
    [
      ["prod"],
      { TFE_TOKEN: "" },
      "No token for terraform.example.com, which runs prod: set TFE_TOKEN or TF_TOKEN_terraform_example_com.",
    ],
    [["nowhere"], {}, 'There is no environment "nowhere".'],
    [["prod", "--timeout-minutes", "soon"], {}, "--timeout-minutes soon: write minutes"],
    [[], {}, "Something is missing."],
  ])("refuses %j", async (args, env, message) => {
    const { code, text } = await release(args, env);

    expect(code).toBeGreaterThan(0);
    expect(text).toContain(message);
  });

  it("releases nothing but what was built", async () => {
    const file = join(stackDirectory, "cdk.tf.json");
    const before = readFileSync(file);
    appendFileSync(file, " ");
    try {
      const { code, text, requests } = await releaseTo({});

      expect({ code, text }).toEqual({
        code: 1,
        text: expect.stringMatching(/is not what was built: its SHA-256 is [0-9a-f]{64}/),
      });
      expect(requests).toEqual([]);
    } finally {
      writeFileSync(file, before);
    }
  });

  it("needs a manifest", async () => {
    rmSync(join(outdir, "release.json"));

    expect(await release(["prod"])).toEqual({
      code: 1,
      text: expect.stringMatching(/^There is no \S+release\.json\. Build first: /),
    });
  });
});

describe("npm run release, for pull requests", () => {
  let aws: Awaited<ReturnType<typeof startEmbeddedAws>>;
  let s3: S3Client;
  const bucket = "proposals-test-builds-222222222222";
  const buildId = "proposals-test-check:0a1b2c3d";
  const key = "plans/requests/proposals-test-check-0a1b2c3d/request.json";

  beforeEach(async () => {
    aws = await startEmbeddedAws({ region: "eu-central-1" });
    s3 = createClients("eu-central-1", aws.endpoint).s3;
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  });
  afterEach(() => aws.stop());

  const builds = (more: Record<string, string> = {}) => ({
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "eu-central-1",
    PLAN_BUCKET: bucket,
    PLAN_ENVIRONMENTS: "prod",
    CODEBUILD_BUILD_ID: buildId,
    ...more,
  });
  const isThere = (Key: string) =>
    s3.send(new HeadObjectCommand({ Bucket: bucket, Key })).then(
      () => true,
      () => false,
    );

  /** The check, which has no token, and the plan, which EventBridge starts for its request. */
  async function plan(course: Course) {
    enterprise = await startFakeTerraformEnterprise(course);
    const check = start(["hand-in"], builds({ TFE_TOKEN: "" }));
    await vi.waitFor(async () => expect(await isThere(key)).toBe(true), 20_000);
    const planned = await release(["plan-request", key], builds());
    return { planned, check: await check.ended, ...enterprise };
  }

  it("hands stacks in without a token, and gets the plan's summary as the check's result", async () => {
    const { planned, check, isSpeculative, uploadedFiles } = await plan({
      states: ["planning", "planned_and_finished"],
    });

    expect(planned).toEqual({ code: 0, text: expect.stringContaining("prod: planned") });
    expect(check).toEqual({
      code: 0,
      text: expect.stringContaining("Plan: 3 to add, 2 to change, 1 to destroy."),
    });
    expect(isSpeculative).toEqual([true]);
    expect(uploadedFiles().get("cdk.tf.json")).toEqual(readFileSync(join(stackDirectory, "cdk.tf.json")));
  });

  it("fails the check with the reasons of a plan that fails", async () => {
    const { planned, check } = await plan({ states: ["errored"], plan: { log: "Error: role not found\n" } });

    expect(planned.code).toBe(1);
    expect(check).toEqual({ code: 1, text: expect.stringContaining("plan: Error: role not found") });
  });

  it("plans no environment that is not for pull requests", async () => {
    const Body = JSON.stringify({ commit, environments: ["uat"] });
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }));

    const { code, text, requests } = await releaseTo({}, ["plan-request", key], builds());

    expect({ code, text }).toEqual({
      code: 1,
      text: expect.stringContaining("uat is not planned for pull requests."),
    });
    expect(requests).toEqual([]);
    expect(await isThere("plans/results/proposals-test-check-0a1b2c3d.json")).toBe(true);
  });

  it.each([
    [["plan-request", "plans/requests/../x/request.json"], /is no request to plan/, 2],
    [["plan-request"], /Name the request\./, 2],
    [["plan-request", "plans/requests/none/request.json"], /There is no request none in /, 1],
    [["hand-in", "--timeout-minutes", "0.01"], /Nobody planned \S+ within 0\.01 minutes/, 1],
  ])("says what is wrong with %j", async (args, message, exitCode) => {
    expect(await release(args, builds())).toEqual({ code: exitCode, text: expect.stringMatching(message) });
  });
});

describe(packStack, () => {
  it("gives the same bytes and hash for the same files, and leaves Terraform's own aside", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pack-"));
    try {
      mkdirSync(join(folder, "assets"));
      writeFileSync(join(folder, "assets", "a.zip"), "a");
      writeFileSync(join(folder, "cdk.tf.json"), "{}");
      const first = { bytes: await packStack(folder), hash: hashStack(folder) };
      mkdirSync(join(folder, ".terraform"));
      for (const name of [
        ".terraform/x",
        "terraform.tfstate",
        "terraform.tfstate.backup",
        "dev.tfplan",
        ".terraform.lock.hcl",
      ]) {
        writeFileSync(join(folder, name), "x");
      }

      expect(hashStack(folder)).toBe(first.hash);
      expect((await packStack(folder)).equals(first.bytes)).toBe(true);
      writeFileSync(join(folder, "cdk.tf.json"), "{ }");
      expect(hashStack(folder)).not.toBe(first.hash);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe(EnterpriseClient, () => {
  it("gives up on a server that is not there, and says so", async () => {
    const client = new EnterpriseClient({
      address: "http://127.0.0.1:9",
      token: "t",
      attempts: 2,
      pauseMilliseconds: 1,
    });

    await expect(client.workspaceId("a", "b")).rejects.toThrow(
      "http://127.0.0.1:9 does not answer (2 attempts). Check the network and the host name: the workspace.",
    );
  });

  it("gives up on a server that stays silent or broken", async () => {
    enterprise = await startFakeTerraformEnterprise({ trouble: ({ nth }) => (nth === 1 ? "silent" : 502) });
    const client = new EnterpriseClient({
      address: enterprise.url,
      token: "t",
      attempts: 3,
      pauseMilliseconds: 1,
      timeoutMilliseconds: 100,
    });

    await expect(client.workspaceId("a", "b")).rejects.toThrow(
      "answers 502 (3 attempts): the workspace (trouble).",
    );
    expect(enterprise.requests).toHaveLength(3);
  });
});
