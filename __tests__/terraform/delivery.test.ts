import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { App } from "cdktf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadEnvironment } from "../../env/load-environment.ts";
import { DeliveryStack } from "../../stacks/delivery-stack.ts";
import { WorkspaceStack } from "../../stacks/workspace-stack.ts";
import { enterpriseToken, startFakeTerraformEnterprise } from "../support/fake-terraform-enterprise.ts";
import { type Moto, startMoto } from "../support/moto/moto.ts";
import { findPluginDirectory, terraform } from "../support/terraform.ts";

const environment = loadEnvironment("test");
const { accountId } = environment;
/** moto has none of these: they are validated with the rest, and left out of the apply. */
const NOT_IN_MOTO = ["aws_codebuild_webhook", "aws_codebuild_report_group"];

let outdir: string;
let directory: string;
let moto: Moto;

beforeAll(async () => {
  outdir = mkdtempSync(join(tmpdir(), "delivery-"));
  directory = synthesizeWithPlans();
  moto = await startMoto(accountId);
  const secrets = new SecretsManagerClient({
    endpoint: moto.endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
  });
  await secrets.send(
    new CreateSecretCommand({
      Name: "proposals/terraform-enterprise",
      SecretString: '{"token":"never-in-a-state"}',
    }),
  );
}, 60_000);

afterAll(async () => {
  await moto?.stop();
  rmSync(outdir, { recursive: true, force: true });
});

/** The stack of the account that builds, with everything that it can have. */
function synthesizeWithPlans(): string {
  if (environment.delivery.kind !== "codebuild") throw new Error("nothing builds there");
  const app = new App({ outdir });
  const delivery = { ...environment.delivery, plans: ["test"] };
  const stack = new DeliveryStack(app, "delivery-test", { environment, delivery });
  app.synth();
  const folder = join(outdir, "stacks", "delivery-test");
  writeFileSync(join(folder, "delivery-test.auto.tfvars.json"), JSON.stringify(stack.variableValues));
  return folder;
}

function synthesizeWorkspace(): string {
  const prod = loadEnvironment("prod");
  if (prod.backend.kind !== "tfe") throw new Error("prod has no workspace");
  const managed = {
    project: "proposals",
    team: "releases",
    terraformVersion: "~> 1.11",
    sensitiveVariables: [],
    roles: { plan: "proposals-prod-plan", apply: "proposals-prod-apply" },
    applyPolicyArns: ["arn:aws:iam::aws:policy/PowerUserAccess"],
  };
  const app = new App({ outdir });
  new WorkspaceStack(app, "workspace-prod", { environment: prod, backend: { ...prod.backend, managed } });
  app.synth();
  return join(outdir, "stacks", "workspace-prod");
}

const run = (...args: string[]) => terraform(directory, args, moto.environment);

/** The configuration without what moto lacks, and with its state here. */
function leaveOut(): void {
  const file = join(directory, "cdk.tf.json");
  const { terraform: settings, resource, ...rest } = JSON.parse(readFileSync(file, "utf8"));
  const { backend: _, ...others } = settings;
  const reports = `arn:aws:codebuild:eu-central-1:${accountId}:report-group/proposals-test-check-tests`;
  const kept = Object.fromEntries(Object.entries(resource).filter(([type]) => !NOT_IN_MOTO.includes(type)));
  const text = JSON.stringify({ ...rest, terraform: others, resource: kept });
  writeFileSync(file, text.replaceAll("${aws_codebuild_report_group.check_reports.arn}", reports));
}

describe("the delivery stack", () => {
  it("is validated, applied, needs no change, and is destroyed", async () => {
    await run("init", "-backend=false", "-input=false", `-plugin-dir=${findPluginDirectory()}`);
    expect(JSON.parse(await run("validate", "-json"))).toMatchObject({ valid: true, error_count: 0 });

    leaveOut();
    await run("init", "-input=false", `-plugin-dir=${findPluginDirectory()}`);
    await run("apply", "-input=false", "-auto-approve");
    const state = await run("show", "-json");

    expect(state).toContain("proposals-test-release");
    expect(state).not.toContain("never-in-a-state");
    await run("plan", "-input=false", "-detailed-exitcode");
    await run("destroy", "-input=false", "-auto-approve");
  }, 240_000);
});

describe("the workspace stack", () => {
  // There is no binary of the provider tfe here: its part is held by the types of its bindings.
  it("is valid in what is of AWS", async () => {
    const folder = synthesizeWorkspace();
    const file = join(folder, "cdk.tf.json");
    const { terraform: settings, provider, resource, data, ...rest } = JSON.parse(readFileSync(file, "utf8"));
    const { tfe: _, ...providers } = settings.required_providers;
    const ofAws = (blocks: object) =>
      Object.fromEntries(Object.entries(blocks).filter(([type]) => type.startsWith("aws")));
    const kept = {
      ...rest,
      terraform: { ...settings, required_providers: providers },
      provider: ofAws(provider),
      resource: ofAws(resource),
      data: ofAws(data),
    };
    writeFileSync(file, JSON.stringify(kept));

    await terraform(folder, [
      "init",
      "-backend=false",
      "-input=false",
      `-plugin-dir=${findPluginDirectory()}`,
    ]);

    expect(JSON.parse(await terraform(folder, ["validate", "-json"]))).toMatchObject({
      valid: true,
      error_count: 0,
    });
    expect(Object.keys(kept.resource).toSorted()).toEqual([
      "aws_iam_openid_connect_provider",
      "aws_iam_role",
      "aws_iam_role_policy_attachment",
    ]);
  }, 60_000);
});

describe("buildspec.release.yml", () => {
  it("takes a commit to a run, by its commands as they are written", async () => {
    const enterprise = await startFakeTerraformEnterprise({ states: ["planning", "planned"] });
    const { phases } = parse(readFileSync("buildspec.release.yml", "utf8"));
    const commands: string[] = [...phases.pre_build.commands, ...phases.build.commands];
    try {
      const printed = await execBuild(commands, {
        TFE_ADDRESS: enterprise.url,
        RELEASE_ENVIRONMENTS: "prod",
      });

      expect(printed).toContain("prod: waits for confirmation");
      expect(enterprise.runs).toHaveLength(1);
      expect([...enterprise.uploadedFiles().keys()]).toContain("cdk.tf.json");
    } finally {
      await enterprise.stop();
    }
  }, 120_000);

  it("ends with the first environment that fails", async () => {
    const enterprise = await startFakeTerraformEnterprise({
      states: ["errored"],
      plan: { log: "Error: no\n" },
    });
    const { phases } = parse(readFileSync("buildspec.release.yml", "utf8"));
    try {
      const failed = await execBuild([...phases.pre_build.commands, ...phases.build.commands], {
        TFE_ADDRESS: enterprise.url,
        RELEASE_ENVIRONMENTS: "prod prod",
      }).catch((error: Error) => error);

      expect(String(failed)).toContain("plan: Error: no");
      expect(enterprise.runs).toHaveLength(1);
    } finally {
      await enterprise.stop();
    }
  }, 120_000);
});

/** Runs commands as CodeBuild does: one after the other in a shell, until one fails. */
async function execBuild(
  commands: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { stdout } = await promisify(execFile)("sh", ["-c", ["set -e", ...commands].join("\n")], {
    env: {
      ...process.env,
      CDKTF_OUTDIR: join(outdir, "release"),
      CODEBUILD_RESOLVED_SOURCE_VERSION: "0123456789abcdef0123456789abcdef01234567",
      TFE_TOKEN: enterpriseToken,
      RELEASE_POLL_MILLISECONDS: "10",
      ...env,
    },
  });
  return stdout;
}
