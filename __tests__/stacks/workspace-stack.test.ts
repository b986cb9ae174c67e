import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { afterAll, describe, expect, it } from "vitest";
import { loadEnvironment, parseEnvironment } from "../../env/load-environment.ts";
import { type ManagedBackend, WorkspaceStack } from "../../stacks/workspace-stack.ts";
import type { Block, TerraformJson } from "../support/synthesize.ts";

const outdir = mkdtempSync(join(tmpdir(), "workspace-"));
afterAll(() => rmSync(outdir, { recursive: true }));

const prod = loadEnvironment("prod");
if (prod.backend.kind !== "tfe") throw new Error("prod has no workspace");
const backend: ManagedBackend = {
  ...prod.backend,
  managed: {
    project: "proposals",
    team: "releases",
    terraformVersion: "~> 1.11",
    runAfter: "proposals-uat",
    sensitiveVariables: ["alert_email_1"],
    roles: { plan: "proposals-prod-plan", apply: "proposals-prod-apply" },
    applyPolicyArns: ["arn:aws:iam::444444444444:policy/proposals-deployment"],
  },
};

function synthesize(changed: ManagedBackend = backend): TerraformJson {
  const app = new App({ outdir });
  new WorkspaceStack(app, "workspace-prod", { environment: { ...prod, backend: changed }, backend: changed });
  app.synth();
  return JSON.parse(readFileSync(join(outdir, "stacks", "workspace-prod", "cdk.tf.json"), "utf8"));
}

const json = synthesize();
const resource = (type: string, name: string): Block =>
  json.resource[type]?.[name] ?? expect.fail(`${type}.${name}`);

describe(WorkspaceStack, () => {
  it("is off, unless an environment asks for it", () => {
    for (const name of ["dev", "test", "uat", "prod"]) {
      expect(loadEnvironment(name).backend).not.toHaveProperty("managed");
    }
  });

  it("describes the workspace as the environment says", () => {
    expect(resource("tfe_workspace", "workspace")).toMatchObject({
      name: "proposals-prod",
      organization: "example",
      auto_apply: false,
      queue_all_runs: false,
      allow_destroy_plan: false,
      terraform_version: "~> 1.11",
    });
    expect(resource("tfe_workspace_settings", "settings")).toMatchObject({ execution_mode: "remote" });
    expect(
      synthesize({ ...backend, apply: "automatic" }).resource["tfe_workspace"]?.["workspace"],
    ).toMatchObject({
      auto_apply: true,
    });
    expect(resource("tfe_run_trigger", "run_trigger")).toMatchObject({
      sourceable_id: "${data.tfe_workspace.run_after.id}",
    });
  });

  it("lets the team release, and change nothing of the workspace", () => {
    expect(resource("tfe_team_access", "access").permissions).toEqual([
      {
        run_tasks: false,
        runs: "apply",
        sentinel_mocks: "none",
        state_versions: "read-outputs",
        variables: "read",
        workspace_locking: false,
      },
    ]);
  });

  it("lets a plan take the role that reads and an apply the one that writes, of this workspace alone", () => {
    const conditionOf = (name: string) =>
      JSON.parse(resource("aws_iam_role", name).assume_role_policy).Statement.map(
        ({ Condition }: Block) => Condition,
      );
    const subject = "organization:example:project:proposals:workspace:proposals-prod:run_phase";

    for (const phase of ["plan", "apply"]) {
      expect(conditionOf(`${phase}_role`)).toEqual([
        {
          StringEquals: {
            "terraform.example.com:aud": "aws.workload.identity",
            "terraform.example.com:sub": `${subject}:${phase}`,
          },
        },
      ]);
    }
    expect(resource("aws_iam_role_policy_attachment", "plan_policy_1").policy_arn).toMatch(
      /\/ReadOnlyAccess$/,
    );
    expect(resource("aws_iam_role_policy_attachment", "apply_policy_1").policy_arn).toBe(
      "arn:aws:iam::444444444444:policy/proposals-deployment",
    );
  });

  it("gives runs no keys, and holds no value of a sensitive variable", () => {
    const variables = Object.values(json.resource["tfe_variable"] ?? {});

    expect(variables.map(({ key, category }) => `${category} ${key}`).toSorted()).toEqual([
      "env TFC_AWS_APPLY_ROLE_ARN",
      "env TFC_AWS_PLAN_ROLE_ARN",
      "env TFC_AWS_PROVIDER_AUTH",
      "terraform alert_email_1",
    ]);
    expect(variables.filter(({ sensitive }) => sensitive)).toEqual([
      expect.objectContaining({ key: "alert_email_1", value: "", lifecycle: { ignore_changes: ["value"] } }),
    ]);
    expect(JSON.stringify(json)).not.toMatch(/AWS_ACCESS_KEY_ID|token"/);
  });

  it.each([
    ["terraformVersion", "latest", 'must be a version of Terraform such as "~> 1.11"'],
    ["applyPolicyArns", [], "needs a policy: without any an apply can do nothing"],
    ["applyPolicyArns", ["AdministratorAccess"], "must be the ARN of a policy"],
    ["roles", { plan: "arn:aws:iam::444444444444:role/x", apply: "a" }, "not an ARN"],
  ])("refuses the %s %j", (field, value, message) => {
    const broken = { ...prod, backend: { ...backend, managed: { ...backend.managed, [field]: value } } };

    expect(() => parseEnvironment("prod", broken)).toThrow(message);
  });
});
