import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand, PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ingestionStackName } from "../../domain/names.ts";
import { createClients } from "../../emulator/aws/clients.ts";
import { startEmbeddedAws } from "../../emulator/aws/embedded-aws.ts";
import { cleanClone, runBuildspec } from "../support/buildspec.ts";
import {
  enterpriseToken,
  type FakeTerraformEnterprise,
  startFakeTerraformEnterprise,
} from "../support/enterprise/fake-terraform-enterprise.ts";
import type { Course } from "../support/enterprise/run-course.ts";
import { loadEnvironment, tfeBackend } from "../support/environments.ts";
import { findPluginDirectory } from "../support/terraform.ts";

/** Of the bucket of the builds. */
const owner = "222222222222";

const { namePrefix, accountId } = loadEnvironment("test");
const bucket = `${namePrefix}-builds-${accountId}`;
const workspaceOf = (name: string) => tfeBackend(name).workspace;

type Clone = ReturnType<typeof cleanClone>;
let aws: Awaited<ReturnType<typeof startEmbeddedAws>>;
let enterprise: FakeTerraformEnterprise | undefined;
const clones: Clone[] = [];

beforeAll(async () => {
  aws = await startEmbeddedAws({ region: "eu-central-1", accountId: owner });
  const { s3 } = createClients("eu-central-1", aws.endpoint);
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await s3.send(
    new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }),
  );
});
afterEach(async () => {
  await enterprise?.stop();
  enterprise = undefined;
  for (const clone of clones.splice(0)) clone.remove();
});
afterAll(() => aws.stop());

function clone(edit?: (folder: string) => void): Clone & { readonly commit: string } {
  const cloned = cleanClone(edit);
  clones.push(cloned);
  const commit = execFileSync("git", ["-C", cloned.folder, "rev-parse", "HEAD"], { encoding: "utf8" }).trim();
  return { ...cloned, commit };
}

async function startEnterprise(courses: Readonly<Record<string, Course>> = {}) {
  const workspaces = Object.fromEntries(
    ["test", "uat", "prod"].map((name) => [workspaceOf(name), courses[name] ?? {}]),
  );
  enterprise = await startFakeTerraformEnterprise({ workspaces });
  return enterprise;
}

/** Builds find the packages of those before them in their cache; these find what is installed here. */
const npmCache = execFileSync("npm", ["config", "get", "cache"], { encoding: "utf8" }).trim();

/** What every build of the account has: its role, its region and its bucket. */
const account = () => ({
  npm_config_cache: npmCache,
  npm_config_prefer_offline: "true",
  BUILDS_ENDPOINT_URL: aws.endpoint,
  AWS_ACCESS_KEY_ID: "build",
  AWS_SECRET_ACCESS_KEY: "build",
  AWS_REGION: "eu-central-1",
  BUILDS_BUCKET: bucket,
  BUILDS_BUCKET_OWNER: owner,
});
/** What builds of the branch have besides; nothing that a pull request runs in has it. */
const trusted = ({ url }: FakeTerraformEnterprise) => ({
  ...account(),
  TFE_TOKEN: enterpriseToken,
  TFE_ADDRESS: url,
  RELEASE_POLL_MILLISECONDS: "50",
});

const showCommands = (build: string) => (line: string) => {
  if (line.startsWith("$ ")) console.log(`${build}: ${line}`);
};

describe("buildspec.check.yml and buildspec.plan.yml, in clean clones", () => {
  it("take a pull request to the summary of its plan, by their commands as they are written", async () => {
    const server = await startEnterprise();
    const pullRequest = clone();
    const branch = clone();
    expect(existsSync(join(pullRequest.folder, "node_modules"))).toBe(false);

    let planned: ReturnType<typeof runBuildspec> | undefined;
    const checked = await runBuildspec("buildspec.check.yml", {
      folder: pullRequest.folder,
      variables: {
        ...account(),
        PLAN_ENVIRONMENTS: "test",
        CODEBUILD_WEBHOOK_TRIGGER: "pr/7",
        CODEBUILD_RESOLVED_SOURCE_VERSION: pullRequest.commit,
        TF_PLUGIN_DIR: findPluginDirectory(),
      },
      onLine(line) {
        showCommands("check")(line);
        const [, version] = /^handed in test as (\S+)$/.exec(line) ?? [];
        if (version === undefined) return;
        // As EventBridge does.
        planned ??= runBuildspec("buildspec.plan.yml", {
          folder: branch.folder,
          variables: { ...trusted(server), PLAN_ENVIRONMENTS: "test", PLAN_REQUEST: version },
          onLine: showCommands("plan"),
        });
      },
    });

    expect(checked.code, checked.text.slice(-10_000)).toBe(0);
    expect(checked.text).toMatch(new RegExp(`^${ingestionStackName("prod")}: valid$`, "m"));
    expect(checked.text).toMatch(/^delivery-test: valid$/m);
    expect(checked.text).toMatch(new RegExp(`^${ingestionStackName("prod")}: plan ok; [1-9]\\d* rules`, "m"));
    expect(checked.text).toContain("Plan: 3 to add, 2 to change, 1 to destroy.");
    expect((await planned)?.code).toBe(0);
    expect(server.runs).toMatchObject([
      { workspace: workspaceOf("test"), isPlanOnly: true, status: "planned_and_finished" },
    ]);
    const [run = expect.fail()] = server.runs;
    // Planned is what the pull request was synthesized to: the branch has synthesized nothing.
    const files = server.filesOf(run);
    expect(files.has(`${ingestionStackName("test")}.auto.tfvars.json`)).toBe(true);
    const synthesized = join(pullRequest.folder, "cdktf.out", "stacks", ingestionStackName("test"));
    for (const [name, content] of files)
      expect(content.equals(readFileSync(join(synthesized, name)))).toBe(true);
    expect(reportsOf(pullRequest.folder)).toMatch(/<testsuites [^>]*failures="0"/);
  });
});

/** The reports that CodeBuild takes from where the buildspec says. */
function reportsOf(folder: string): string {
  const { reports } = parse(readFileSync(join(folder, "buildspec.check.yml"), "utf8"));
  const { "base-directory": base, files } = reports.tests;
  return files.map((file: string) => readFileSync(join(folder, base, file), "utf8")).join("\n");
}

describe("buildspec.release.yml, in clean clones", () => {
  const release = (
    server: FakeTerraformEnterprise,
    { folder, commit }: ReturnType<typeof clone>,
    variables: Readonly<Record<string, string>> = {},
  ) =>
    runBuildspec("buildspec.release.yml", {
      folder,
      variables: {
        ...trusted(server),
        RELEASE_ENVIRONMENTS: "test uat prod",
        CODEBUILD_RESOLVED_SOURCE_VERSION: commit,
        ...variables,
      },
      onLine: showCommands("release"),
    });

  it("takes a commit to a confirmed run in each environment, after a failure, with what was built once", async () => {
    const course: Course = { applyFailsWith: "Error: AccessDenied\n" };
    const server = await startEnterprise({ test: course });
    const branch = clone();
    const failed = await release(server, branch, { CODEBUILD_START_TIME: "1" });
    expect(failed).toEqual({ code: 1, text: expect.stringContaining("apply: Error: AccessDenied") });
    expect(server.runs).toHaveLength(1);

    delete course.applyFailsWith;
    const repeated = await release(server, branch, { CODEBUILD_START_TIME: "2" });
    expect(repeated).toEqual({ code: 0, text: expect.stringContaining("uat: waits for confirmation") });
    const [, id = "", names = ""] =
      /RELEASE_BUILD=([0-9a-f]{64}) and RELEASE_ENVIRONMENTS="(.*)"/.exec(repeated.text) ?? [];
    await server.decide("run-3", "apply");
    server.settle(workspaceOf("uat"));

    // The branch has gone on, and what it says now is not what was tried in uat.
    const later = clone((folder) =>
      appendFileSync(join(folder, "env", "prod.ts"), '\nObject.assign(prod.tags, { Change: "later" });\n'),
    );
    const promoted = await release(server, later, {
      CODEBUILD_START_TIME: "3",
      RELEASE_BUILD: id,
      RELEASE_ENVIRONMENTS: names,
    });
    expect(promoted).toEqual({ code: 0, text: expect.stringContaining("prod: waits for confirmation") });
    await server.decide("run-4", "apply");
    server.settle(workspaceOf("prod"));

    expect(server.runs.map(({ workspace, status }) => `${workspace} ${status}`)).toEqual([
      `${workspaceOf("test")} errored`,
      `${workspaceOf("test")} applied`,
      `${workspaceOf("uat")} applied`,
      `${workspaceOf("prod")} applied`,
    ]);
    // The failed build was built anew: the same commit makes the same build.
    expect(server.runs.every(({ message }) => message.includes(`build ${id}`))).toBe(true);
    const [, test, uat, prod] = server.runs.map((run) => server.filesOf(run));
    const bundleOf = (files = new Map<string, Buffer>()) =>
      [...files].find(([name]) => name.endsWith("/functions.zip"))?.[1] ?? expect.fail("no functions");
    expect(bundleOf(uat).equals(bundleOf(test)) && bundleOf(prod).equals(bundleOf(uat))).toBe(true);
    expect(prod?.get(`${ingestionStackName("prod")}.auto.tfvars.json`)?.toString()).not.toContain("later");
    expect(failed.text + repeated.text + promoted.text).not.toContain(enterpriseToken);
  });
});
