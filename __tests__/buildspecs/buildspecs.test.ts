import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
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
import { startFakeCodeBuild, variablesOf } from "../support/fake-code-build.ts";
import { useInstalledPackages } from "../support/installed-packages.ts";
import { findPluginDirectory } from "../support/terraform.ts";
import { verification } from "../support/verified-delivery.ts";

/** Of the bucket of the builds. */
const owner = "222222222222";

const { namePrefix, accountId } = loadEnvironment("test");
const bucket = `${namePrefix}-builds-${accountId}`;
const workspaceOf = (name: string) => tfeBackend(name).workspace;

type Clone = ReturnType<typeof cleanClone>;
let aws: Awaited<ReturnType<typeof startEmbeddedAws>>;
let enterprise: FakeTerraformEnterprise | undefined;
let codeBuild: Awaited<ReturnType<typeof startFakeCodeBuild>> | undefined;
const clones: Clone[] = [];
/** For the builds after the check, which installs what the lock file says. */
const packages = useInstalledPackages();

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
  await codeBuild?.stop();
  codeBuild = undefined;
  for (const clone of clones.splice(0)) clone.remove();
});
afterAll(async () => {
  packages.remove();
  await aws.stop();
});

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
  PATH: packages.PATH,
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

describe("buildspec.release.yml and buildspec.verify.yml, in clean clones", () => {
  const callersToken = "a-token-of-a-caller";

  /** A repository whose environment test is verified, with something that stands for what sends payloads. */
  const verifiedClone = () =>
    clone((folder) => {
      const url = "https://ingestion-test.example.com";
      appendFileSync(
        join(folder, "env", "test.ts"),
        `\nObject.assign(test.delivery, ${JSON.stringify({ verification })});\nObject.assign(test.proxy, ${JSON.stringify({ url })});\n`,
      );
      writeFileSync(join(folder, "tools", "verify.ts"), verifier);
    });

  /** As CodeBuild does: a clone of the commit, in which a build knows its project's variables and those of its start. */
  async function startVerifying() {
    const texts: string[] = [];
    codeBuild = await startFakeCodeBuild(async (start) => {
      const { code, text } = await runBuildspec("buildspec.verify.yml", {
        folder: verifiedClone().folder,
        variables: {
          ...account(),
          PATH: packages.PATH,
          AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/role-of-the-build",
          ...variablesOf(start, { test_token: callersToken }),
        },
        onLine: showCommands("verify"),
      });
      texts.push(text);
      return code ?? 1;
    });
    return { url: codeBuild.url, texts };
  }

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
        TF_PLUGIN_DIR: findPluginDirectory(),
        ...variables,
      },
      onLine: showCommands("release"),
    });

  it("takes a commit to a confirmed run in each environment, after a failure, with what was built once", async () => {
    const course: Course = {
      applyFailsWith: "Error: AccessDenied\n",
      outputs: { table_name: { value: "records" } },
    };
    const server = await startEnterprise({ test: course });
    const verifying = await startVerifying();
    const verifiedBy = {
      AWS_ENDPOINT_URL_CODEBUILD: verifying.url,
      VERIFY_PROJECT: "verify",
      VERIFY_SECRET: "arn:aws:secretsmanager:eu-central-1:222222222222:secret:ingestion/verification-AbCdEf",
    };
    const branch = verifiedClone();
    const failed = await release(server, branch, { CODEBUILD_START_TIME: "1", ...verifiedBy });
    expect(failed).toEqual({ code: 1, text: expect.stringContaining("apply: Error: AccessDenied") });
    expect(server.runs).toHaveLength(1);

    delete course.applyFailsWith;
    const repeated = await release(server, branch, { CODEBUILD_START_TIME: "2", ...verifiedBy });
    expect(repeated).toEqual({ code: 0, text: expect.stringContaining("uat: waits for confirmation") });
    expect(repeated.text).toMatch(
      /^ {2}✓ test, as a caller, with {"sensitive":false,"type":"string","value":"records"}$/m,
    );
    expect(repeated.text).toMatch(/^test: verified$/m);
    expect(verifying.texts).toHaveLength(1);
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
    expect(repeated.text + verifying.texts).not.toContain(callersToken);
  });
});

/** Stands for tools/verify.ts: its report tells with what it was called. */
const verifier = `
import { readFileSync } from "node:fs";

export function main([environment, option, file, json, ...more]: string[]): number {
  const { VERIFY_TOKEN, TFE_TOKEN, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI } = process.env;
  const isCaller = VERIFY_TOKEN === "a-token-of-a-caller" && !TFE_TOKEN && !AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  const isAsked = option === "--outputs" && json === "--json" && more.length === 0;
  const { table_name } = JSON.parse(readFileSync(file ?? "", "utf8"));
  const title = environment + (isCaller ? ", as a caller" : "") + ", with " + JSON.stringify(table_name);
  const result = isCaller && isAsked ? "holds" : "fails";
  console.log(JSON.stringify({ steps: [{ title, checks: [{ expected: "a caller's call", result }] }] }));
  return result === "holds" ? 0 : 1;
}
`;
