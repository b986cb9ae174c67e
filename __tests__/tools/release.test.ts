import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateBucketCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { CommandContext } from "../../cli/command.ts";
import { ingestionStackName } from "../../domain/names.ts";
import { createClients } from "../../emulator/aws/clients.ts";
import { startEmbeddedAws } from "../../emulator/aws/embedded-aws.ts";
import { writeBuild } from "../../release/build.ts";
import { main } from "../../tools/release.ts";
import { callCommand } from "../support/call-command.ts";
import { killCommands, runCommand } from "../support/commands.ts";
import {
  enterpriseToken,
  type FakeOptions,
  type FakeTerraformEnterprise,
  startFakeTerraformEnterprise,
} from "../support/enterprise/fake-terraform-enterprise.ts";
import type { Course } from "../support/enterprise/run-course.ts";
import { loadEnvironment, synthesizedFolder, tfeBackend } from "../support/environments.ts";
import { until } from "../support/until.ts";

/** Of the bucket of the builds. */
const owner = "222222222222";

const { namePrefix, accountId } = loadEnvironment("test");
const workspaceOf = (name: string) => tfeBackend(name).workspace;
const commit = "0123456789abcdef0123456789abcdef01234567";
let outdir: string;
let stackDirectory: string;
let enterprise: FakeTerraformEnterprise | undefined;

beforeAll(() => {
  outdir = mkdtempSync(join(tmpdir(), "release-"));
  cpSync(synthesizedFolder(), outdir, { recursive: true });
  stackDirectory = join(outdir, "stacks", ingestionStackName("test"));
});
// As "build" writes it, which asks npm for all packages.
beforeEach(() => {
  writeBuild(outdir, commit, "{}");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  killCommands();
  await enterprise?.stop();
  enterprise = undefined;
});
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** As CodeBuild has it, with a commit, a token and a server. */
const variables = (more: Readonly<Record<string, string>> = {}) => ({
  CDKTF_OUTDIR: outdir,
  // These tests run in builds too, which have a bucket and a time of their own.
  BUILDS_BUCKET: "",
  CODEBUILD_START_TIME: "",
  CODEBUILD_RESOLVED_SOURCE_VERSION: commit,
  TFE_TOKEN: enterpriseToken,
  RELEASE_POLL_MILLISECONDS: "10",
  ...(enterprise && { TFE_ADDRESS: enterprise.url }),
  ...more,
});

/** In a process of its own, for signals. */
const start = (args: readonly string[], env?: Readonly<Record<string, string>>) =>
  runCommand("tools/release.ts", args, variables(env));

async function release(
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
  context?: Partial<CommandContext>,
) {
  const { code, stdout, stderr } = await callCommand(main, args, variables(env), context);
  return { code, text: `${stdout}${stderr}` };
}

async function startEnterprise(courses: Readonly<Record<string, Course>> = {}, more: FakeOptions = {}) {
  const workspaces = Object.fromEntries(
    ["test", "uat", "prod"].map((name) => [workspaceOf(name), courses[name] ?? {}]),
  );
  enterprise = await startFakeTerraformEnterprise({ workspaces, ...more });
  return enterprise;
}

async function releaseTo(
  args: readonly string[],
  courses?: Readonly<Record<string, Course>>,
  more?: FakeOptions,
  env?: Readonly<Record<string, string>>,
) {
  const server = await startEnterprise(courses, more);
  const result = await release(args, env);
  expect(result.text).not.toContain(enterpriseToken);
  expect(result.text).not.toMatch(/\n\s+at /);
  return { ...result, ...server };
}

describe("npm run release", () => {
  it("takes a commit to a run that waits to be confirmed, of exactly the synthesized directory", async () => {
    const { code, text, filesOf, runs } = await releaseTo(["test", "uat", "prod"]);

    expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("test: applied") });
    expect(text).toContain("uat: waits for confirmation");
    expect(text).toContain("Plan: 3 to add, 2 to change, 1 to destroy.");
    expect(text).toMatch(
      new RegExp(
        `confirm or discard the run: http:\\S+/app/example/workspaces/${workspaceOf("uat")}/runs/run-2`,
      ),
    );
    expect(text).toContain(
      "prod: not released yet. After the run is applied, continue: npm run release -- prod\n",
    );
    expect(runs.map(({ workspace, isAutoApplied }) => [workspace, isAutoApplied])).toEqual([
      [workspaceOf("test"), true],
      [workspaceOf("uat"), false],
    ]);
    const files = filesOf(runs[0] ?? expect.fail());
    expect(files.get("cdk.tf.json")).toEqual(readFileSync(join(stackDirectory, "cdk.tf.json")));
    expect([...files.keys()].some((name) => name.endsWith("/functions.zip"))).toBe(true);
    expect([...files.keys()].some((name) => name.endsWith(".auto.tfvars.json"))).toBe(true);
  });

  it("plans without ever applying, and tells the summary", async () => {
    const { code, text, runs } = await releaseTo(["prod", "--plan"]);

    expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("prod: planned") });
    expect(text).toContain("Plan: 3 to add, 2 to change, 1 to destroy.");
    expect(runs).toMatchObject([
      {
        isPlanOnly: true,
        isAutoApplied: false,
        message: "Plan of 0123456789ab",
        status: "planned_and_finished",
      },
    ]);
  });

  it("fails with the reason, and releases to nobody else", async () => {
    const course: Course = { plan: { failsWith: "Error: role not found\n" } };
    const { code, text, runs } = await releaseTo(["test", "uat"], { test: course });

    expect({ code, text }).toEqual({
      code: 1,
      text: expect.stringMatching(/^The run failed: http\S+\n {2}plan: Error: role not found$/m),
    });
    expect(runs).toHaveLength(1);
  });

  it("fails when Terraform Enterprise is away", async () => {
    const { code, text } = await release(["test"], { TFE_ADDRESS: "http://127.0.0.1:9" });

    expect({ code, text }).toEqual({
      code: 1,
      text: expect.stringMatching(
        /^http:\/\/127\.0\.0\.1:9 does not answer \(5 attempts: .+\)\. Check the network/m,
      ),
    });
  }, 60_000);

  it.each([
    ["discards a run that waits", "uat", {}, "planned", "discard"],
    ["cancels a run that plans", "test", { staysIn: "planning" }, "planning", "cancel"],
  ])(
    "%s when it is interrupted, so that nobody is surprised by it",
    async (_, name, course, state, action) => {
      const interrupts: boolean[] = [];
      let interrupt = () => {};
      const trouble: FakeOptions["trouble"] = ({ path }) => {
        // npm passes on what the terminal has sent to all of them: it comes twice, here while the run is being ended.
        if (path.endsWith(`/actions/${action}`)) interrupt();
        return undefined;
      };
      const server = await startEnterprise({ [name]: course }, { trouble });
      if (name === "uat") await release(["test"]);
      const { started, output, ended } = start([name, "--wait"]);
      interrupt = () => void interrupts.push(started.kill("SIGINT"));
      await until(() => expect(output.text).toContain(`  ${state}\n`));

      interrupt();

      expect(await ended).toEqual({
        code: 1,
        text: expect.stringMatching(/The release was stopped\. It is (discarded|canceled): http/),
      });
      expect(interrupts).toEqual([true, true]);
      expect(server.actions).toMatchObject([{ action, comment: "The release was stopped." }]);
    },
  );

  it.each<[string, FakeOptions, Record<string, string>, RegExp]>([
    ["a token that is not known", {}, { TFE_TOKEN: "other" }, /rejects the token\. Renew it/],
    [
      "a workspace that is not there",
      { trouble: ({ path }) => (path.includes("/workspaces/") ? 404 : undefined) },
      {},
      new RegExp(`There is no workspace example/${workspaceOf("test")}`),
    ],
    [
      "a token without rights",
      { trouble: ({ method }) => (method === "POST" ? 404 : undefined) },
      {},
      /does not find it, or denies it to the token's team: a configuration version/,
    ],
    [
      "a host that somebody else has named",
      {},
      { TFE_ADDRESS: "https://terraform.example.net" },
      /TFE_ADDRESS is https:\/\/terraform\.example\.net, but the environment uses https:\/\/terraform\.example\.com\. Unset TFE_ADDRESS/,
    ],
  ])("says what to do about %s", async (_, options, env, message) => {
    const { code, text } = await releaseTo(["test"], {}, options, env);

    expect({ code, text }).toEqual({ code: 1, text: expect.stringMatching(message) });
  });

  it.each([
    [["dev"], {}, 1, 'env/dev.ts has the backend "local"'],
    [["test", "dev"], {}, 1, 'env/dev.ts has the backend "local"'],
    [
      ["prod"],
      { TFE_TOKEN: "" },
      1,
      "No token for terraform.example.com, which runs prod. Set TFE_TOKEN or TF_TOKEN_terraform_example_com.",
    ],
    [["nowhere"], {}, 2, 'There is no environment "nowhere". Known: dev, test, uat, prod.'],
    [["test", "--timeout-minutes", "soon"], {}, 2, "--timeout-minutes soon: give minutes"],
    [[], {}, 2, "Name environments, or a command: build"],
    [["build", "test"], {}, 2, 'Unknown argument: "test".'],
    [["fetch"], {}, 2, "fetch needs an argument: the name of the build."],
    [["fetch", "one", "two"], {}, 2, 'Unknown argument: "two".'],
    [["plan-request"], {}, 2, "plan-request needs an argument: the version of the request."],
    [["fetch", "x"], {}, 1, "BUILDS_BUCKET is not set"],
  ])("refuses %j", async (args, env, code, message) => {
    expect(await release(args, env)).toEqual({ code, text: expect.stringContaining(message) });
  });

  it("releases nothing but what was built", async () => {
    const file = join(stackDirectory, "cdk.tf.json");
    const before = readFileSync(file);
    appendFileSync(file, " ");
    try {
      const { code, text, requests } = await releaseTo(["test"]);

      expect({ code, text }).toEqual({
        code: 1,
        text: expect.stringMatching(/has changed since the build: its SHA-256 is [0-9a-f]{64}/),
      });
      expect(requests).toEqual([]);
    } finally {
      writeFileSync(file, before);
    }
  });
});

describe("npm run release, in an account that builds", () => {
  let aws: Awaited<ReturnType<typeof startEmbeddedAws>>;
  let s3: S3Client;
  const bucket = `${namePrefix}-builds-${accountId}`;

  beforeEach(async () => {
    aws = await startEmbeddedAws({ region: "eu-central-1", accountId: owner });
    s3 = createClients("eu-central-1", aws.endpoint).s3;
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    await s3.send(
      new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }),
    );
  });
  afterEach(() => aws.stop());

  const builds = (more: Record<string, string> = {}) => ({
    BUILDS_ENDPOINT_URL: aws.endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "eu-central-1",
    BUILDS_BUCKET: bucket,
    BUILDS_BUCKET_OWNER: owner,
    PLAN_ENVIRONMENTS: "test",
    ...more,
  });
  const request = (environment: string) =>
    JSON.stringify({ commit, stacks: [{ environment, archive: Buffer.from("x").toString("base64") }] });
  /** As somebody does who may write what he wants, but may not choose its version. */
  const put = async (Body: string) =>
    (await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "plans/request.json", Body }))).VersionId ??
    expect.fail("no version");
  const isThere = (Key: string) =>
    s3.send(new HeadObjectCommand({ Bucket: bucket, Key })).then(
      () => true,
      () => false,
    );

  it("goes on with the build of before, whatever was synthesized since", async () => {
    const server = await startEnterprise();
    const built = await release(["build"], builds());
    const id = /build ([0-9a-f]{64})/.exec(built.text)?.[1] ?? "";
    const first = await release(["test", "uat"], builds({ CODEBUILD_START_TIME: "1700000000000" }));
    expect(first.text).toContain("uat: waits for confirmation");
    await server.decide("run-2", "apply");
    server.settle(workspaceOf("uat"));
    const elsewhere = { CDKTF_OUTDIR: join(outdir, "elsewhere") };

    const fetched = await release(["fetch", id], builds(elsewhere));
    const then = await release(
      ["test", "uat", "prod"],
      builds({ ...elsewhere, CODEBUILD_START_TIME: "1700000600000" }),
    );

    expect(fetched).toEqual({ code: 0, text: expect.stringContaining(`build ${id} of commit ${commit}`) });
    expect(then.text.match(/^\w+: .*$/gm)).toEqual([
      "test: already released",
      "uat: already released",
      "prod: waits for confirmation",
    ]);
    expect(server.runs.map(({ message }) => message)).toEqual([
      `Release of 0123456789ab, build ${id}, started 2023-11-14T22:13:20.000Z`,
      `Release of 0123456789ab, build ${id}, started 2023-11-14T22:13:20.000Z`,
      `Release of 0123456789ab, build ${id}, started 2023-11-14T22:23:20.000Z`,
    ]);
    const prod = server.filesOf(server.runs[2] ?? expect.fail());
    expect(prod.get("cdk.tf.json")).toEqual(
      readFileSync(join(outdir, "stacks", ingestionStackName("prod"), "cdk.tf.json")),
    );
  });

  it("goes on to prod as it says, and leaves alone what was released to test meanwhile", async () => {
    const server = await startEnterprise();
    const first = await release(["test", "uat", "prod"], builds({ CODEBUILD_START_TIME: "1" }));
    const later = { CDKTF_OUTDIR: outdir, CODEBUILD_RESOLVED_SOURCE_VERSION: "f".repeat(40) };
    await release(["build"], later);
    await release(["test", "uat", "prod"], builds({ ...later, CODEBUILD_START_TIME: "2" }));
    await server.decide("run-2", "apply");
    server.settle(workspaceOf("uat"));

    const [, id = "", names = ""] =
      /RELEASE_BUILD=([0-9a-f]{64}) and RELEASE_ENVIRONMENTS="([^"]*)"/.exec(first.text) ?? [];
    await release(["build"]);
    const then = await release(names.split(" "), builds({ CODEBUILD_START_TIME: "3" }));

    expect(then).toEqual({ code: 0, text: expect.stringContaining("prod: waits for confirmation") });
    expect(server.runs.map(({ workspace, message }) => `${workspace} ${message.includes(id)}`)).toEqual([
      `${workspaceOf("test")} true`,
      `${workspaceOf("uat")} true`,
      `${workspaceOf("test")} false`,
      `${workspaceOf("uat")} false`,
      `${workspaceOf("prod")} true`,
    ]);
  });

  it("says how a build goes on where it ends with a run that waits", async () => {
    const { text } = await releaseTo(["test", "uat", "prod"], {}, {}, builds());

    expect(text).toMatch(
      /^prod: not released yet\. After the run is applied, continue: start this project with RELEASE_BUILD=[0-9a-f]{64} and RELEASE_ENVIRONMENTS="prod"$/m,
    );
  });

  /** The check, which has no token, and the plan, which EventBridge starts for its request. */
  async function plan(course: Course) {
    const server = await startEnterprise({ test: course });
    const lines: string[] = [];
    const check = release(["hand-in"], builds({ TFE_TOKEN: "" }), {
      print: (line) => lines.push(line),
    });
    const version = await until(
      () => /^handed in test as (\S+)$/m.exec(lines.join("\n"))?.[1] ?? expect.fail(lines.join("\n")),
    );
    const planned = await release(["plan-request", version], builds());
    return { planned, check: { code: (await check).code, text: lines.join("\n") }, ...server };
  }

  it("hands stacks in without a token, and gets the plan's summary as the check's result", async () => {
    const { planned, check, runs, filesOf } = await plan({});

    expect(planned).toEqual({ code: 0, text: expect.stringContaining("test: planned") });
    expect(check).toEqual({
      code: 0,
      text: expect.stringContaining("Plan: 3 to add, 2 to change, 1 to destroy."),
    });
    expect(runs).toMatchObject([{ workspace: workspaceOf("test"), isPlanOnly: true, isAutoApplied: false }]);
    expect(filesOf(runs[0] ?? expect.fail()).get("cdk.tf.json")).toEqual(
      readFileSync(join(stackDirectory, "cdk.tf.json")),
    );
  });

  it.each<[string, Course, string]>([
    ["a plan", { plan: { failsWith: "Error: role not found\n" } }, "plan: Error: role not found"],
    [
      "a policy",
      { policies: [{ name: "no-public-buckets", passes: false, level: "soft-mandatory" }] },
      "policy no-public-buckets failed (soft-mandatory)",
    ],
  ])("fails the check with the reasons where %s fails", async (_, course, reason) => {
    const { planned, check } = await plan(course);

    expect(planned.code).toBe(1);
    expect(check).toEqual({ code: 1, text: expect.stringContaining(reason) });
  });

  it("plans no environment that is not for pull requests", async () => {
    const version = await put(request("uat"));

    const { code, text, requests } = await releaseTo(["plan-request", version], {}, {}, builds());

    expect({ code, text }).toEqual({
      code: 1,
      text: expect.stringContaining(
        "uat: uat is not in delivery.plans, so it is not planned for pull requests.",
      ),
    });
    expect(requests).toEqual([]);
    expect(await isThere(`plans/results/${version}.json`)).toBe(true);
  });

  it("plans none whose releases somebody confirms, whatever the project was told", async () => {
    const version = await put(request("prod"));

    const { code, text, requests } = await releaseTo(
      ["plan-request", version],
      {},
      {},
      builds({ PLAN_ENVIRONMENTS: "test prod" }),
    );

    expect({ code, text }).toEqual({
      code: 1,
      text: expect.stringContaining(
        "prod: releases of prod are confirmed by hand, so pull requests may not use",
      ),
    });
    expect(requests).toEqual([]);
  });

  it.each([
    ["no JSON", "{"],
    ["a commit that is none", JSON.stringify({ ...JSON.parse(request("test")), commit: "main" })],
    ["an environment that is none", request("../x")],
    ["more than it should", JSON.stringify({ ...JSON.parse(request("test")), sourceVersion: "pr/7" })],
  ])("takes no request with %s", async (_, body) => {
    const version = await put(body);

    expect(await release(["plan-request", version], builds())).toEqual({
      code: 1,
      text: expect.stringContaining(
        `There is no request ${version} in ${bucket}, or it has another format than the released branch writes`,
      ),
    });
    // The check hears of it.
    expect(await isThere(`plans/results/${version}.json`)).toBe(true);
  });

  it("hands nothing in where a bucket keeps no versions", async () => {
    const VersioningConfiguration = { Status: "Suspended" as const };
    await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));

    expect(await release(["hand-in"], builds())).toEqual({
      code: 1,
      text: expect.stringContaining(`${bucket} has no versioning`),
    });
  });

  it("hands in nothing where a stack is missing", async () => {
    const { code, text } = await release(["hand-in"], builds({ PLAN_ENVIRONMENTS: "test nowhere" }));

    expect({ code, text }).toEqual({
      code: 1,
      text: expect.stringMatching(
        new RegExp(
          `^There is no \\S+${ingestionStackName("nowhere")}\\. Synthesize first: npm run synth\\.$`,
          "m",
        ),
      ),
    });
    expect(await isThere("plans/request.json")).toBe(false);
  });

  it("stops waiting for a plan when it is interrupted", async () => {
    const { started, output, ended } = start(["hand-in"], builds());
    await until(() => expect(output.text).toContain("handed in"));

    started.kill("SIGTERM");

    expect(await ended).toEqual({ code: 1, text: expect.stringContaining("Stopped. The plan of") });
  });

  it.each([
    [["plan-request", 'x"'], /is not a request for a plan/, 2],
    [["plan-request", "null"], /is not a request for a plan/, 2],
    [["plan-request", "9"], /There is no request 9 in /, 1],
    [
      ["hand-in", "--timeout-minutes", "0.01"],
      /No result of the plan \S+ arrived in time, or it cannot be read from \S+/,
      1,
    ],
    [["fetch", "f".repeat(64)], /There is no build f{64} in \S+-builds-222222222222/, 1],
  ])("says what is wrong with %j", async (args, message, exitCode) => {
    expect(await release(args, builds())).toEqual({ code: exitCode, text: expect.stringMatching(message) });
  });
});
