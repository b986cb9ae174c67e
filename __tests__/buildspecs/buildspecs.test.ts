import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand, HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { createClients } from "../../local/aws/clients.ts";
import { startEmbeddedAws } from "../../local/aws/embedded-aws.ts";
import { cleanClone, runBuildspec } from "../support/buildspec.ts";
import {
  enterpriseToken,
  type FakeTerraformEnterprise,
  startFakeTerraformEnterprise,
} from "../support/enterprise/fake-terraform-enterprise.ts";
import type { Course } from "../support/enterprise/run-course.ts";
import { findPluginDirectory } from "../support/terraform.ts";

const bucket = "proposals-test-builds-222222222222";
const checkId = "proposals-test-check:0a1b2c3d";
const request = "plans/requests/proposals-test-check-0a1b2c3d/request.json";

type Clone = ReturnType<typeof cleanClone>;
let aws: Awaited<ReturnType<typeof startEmbeddedAws>>;
let s3: S3Client;
let enterprise: FakeTerraformEnterprise | undefined;
const clones: Clone[] = [];

beforeAll(async () => {
  aws = await startEmbeddedAws({ region: "eu-central-1" });
  s3 = createClients("eu-central-1", aws.endpoint).s3;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
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
    ["test", "uat", "prod"].map((name) => [`proposals-${name}`, courses[name] ?? {}]),
  );
  enterprise = await startFakeTerraformEnterprise({ workspaces });
  return enterprise;
}

/** What every build of the account has: its role, its region and its bucket. */
const account = () => ({
  BUILDS_ENDPOINT_URL: aws.endpoint,
  AWS_ACCESS_KEY_ID: "build",
  AWS_SECRET_ACCESS_KEY: "build",
  AWS_REGION: "eu-central-1",
  BUILDS_BUCKET: bucket,
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

    const check = runBuildspec("buildspec.check.yml", {
      folder: pullRequest.folder,
      variables: {
        ...account(),
        PLAN_ENVIRONMENTS: "test",
        CODEBUILD_BUILD_ID: checkId,
        CODEBUILD_WEBHOOK_TRIGGER: "pr/7",
        CODEBUILD_RESOLVED_SOURCE_VERSION: pullRequest.commit,
        TF_PLUGIN_DIR: findPluginDirectory(),
      },
      onLine: showCommands("check"),
    });
    // As EventBridge does.
    const plan = untilRequested(check).then((isRequested) =>
      isRequested
        ? runBuildspec("buildspec.plan.yml", {
            folder: branch.folder,
            variables: { ...trusted(server), PLAN_ENVIRONMENTS: "test", PLAN_REQUEST: request },
            onLine: showCommands("plan"),
          })
        : undefined,
    );

    const checked = await check;
    expect(checked.code, checked.text.slice(-10_000)).toBe(0);
    expect(checked.text).toMatch(/^proposals-prod: valid$/m);
    expect(checked.text).toMatch(/^delivery-test: valid$/m);
    expect(checked.text).toContain("Plan: 3 to add, 2 to change, 1 to destroy.");
    expect((await plan)?.code).toBe(0);
    expect(server.runs).toMatchObject([
      { workspace: "proposals-test", isPlanOnly: true, status: "planned_and_finished" },
    ]);
    const [run = expect.fail()] = server.runs;
    // Planned is what the pull request was synthesized to: the branch has synthesized nothing.
    const planned = server.filesOf(run);
    expect(planned.has("proposals-test.auto.tfvars.json")).toBe(true);
    const synthesized = join(pullRequest.folder, "cdktf.out", "stacks", "proposals-test");
    for (const [name, content] of planned)
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

/** Whether the check hands something in before it ends. */
async function untilRequested(check: Promise<{ readonly code: number | null }>): Promise<boolean> {
  let hasEnded = false;
  const ended = () => {
    hasEnded = true;
  };
  check.then(ended, ended);
  while (!hasEnded) {
    const isThere = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: request })).then(
      () => true,
      () => false,
    );
    if (isThere) return true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return false;
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
    const failed = await release(server, branch, { CODEBUILD_BUILD_NUMBER: "1" });
    expect(failed).toEqual({ code: 1, text: expect.stringContaining("apply: Error: AccessDenied") });
    expect(server.runs).toHaveLength(1);

    delete course.applyFailsWith;
    const repeated = await release(server, branch, { CODEBUILD_BUILD_NUMBER: "2" });
    expect(repeated).toEqual({ code: 0, text: expect.stringContaining("uat: waits for confirmation") });
    const id = /RELEASE_BUILD=([0-9a-f]{64})/.exec(repeated.text)?.[1] ?? expect.fail(repeated.text);
    await server.decide("run-3", "apply");
    server.settle("proposals-uat");

    // The branch has gone on, and what it says now is not what was tried in uat.
    const later = clone((folder) =>
      appendFileSync(join(folder, "env", "prod.ts"), '\nObject.assign(prod.tags, { Change: "later" });\n'),
    );
    const promoted = await release(server, later, { CODEBUILD_BUILD_NUMBER: "3", RELEASE_BUILD: id });
    expect(promoted).toEqual({ code: 0, text: expect.stringContaining("prod: waits for confirmation") });
    await server.decide("run-4", "apply");
    server.settle("proposals-prod");

    expect(server.runs.map(({ workspace, status }) => `${workspace} ${status}`)).toEqual([
      "proposals-test errored",
      "proposals-test applied",
      "proposals-uat applied",
      "proposals-prod applied",
    ]);
    // The failed build was built anew: the same commit makes the same build.
    expect(server.runs.every(({ message }) => message.includes(`build ${id}`))).toBe(true);
    const [, test, uat, prod] = server.runs.map((run) => server.filesOf(run));
    const bundleOf = (files = new Map<string, Buffer>()) =>
      [...files].find(([name]) => name.endsWith("/functions.zip"))?.[1] ?? expect.fail("no functions");
    expect(bundleOf(uat).equals(bundleOf(test)) && bundleOf(prod).equals(bundleOf(uat))).toBe(true);
    expect(prod?.get("proposals-prod.auto.tfvars.json")?.toString()).not.toContain("later");
    expect(failed.text + repeated.text + promoted.text).not.toContain(enterpriseToken);
  });
});
