import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { afterAll, describe, expect, it } from "vitest";
import { parseEnvironment } from "../../../env/load-environment.ts";
import { type ManagedBackend, WorkspaceStack } from "../../../stacks/workspace/workspace-stack.ts";
import { loadEnvironment, tfeBackend } from "../../support/environments.ts";
import { expectRecordedAddresses } from "../../support/state-addresses.ts";
import type { Block, TerraformJson } from "../../support/synthesize.ts";

const outdir = mkdtempSync(join(tmpdir(), "workspace-"));
afterAll(() => rmSync(outdir, { recursive: true }));

const prod = loadEnvironment("prod");
const backend: ManagedBackend = {
  ...tfeBackend("prod"),
  managed: {
    backend: { kind: "local" },
    project: "ingestion",
    team: "releases",
    terraformVersion: "~> 1.11",
    runAfter: tfeBackend("uat").workspace,
    sensitiveVariables: ["alert_email_1"],
    identityProvider: "managed",
    roles: { plan: "example-plan", apply: "example-apply" },
    applyPolicyArns: ["arn:aws:iam::444444444444:policy/example-deployment"],
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
  it("has the recorded state addresses", async () => {
    await expectRecordedAddresses(json, "workspace-prod");
  });

  it("is off, unless an environment asks for it", () => {
    for (const name of ["dev", "test", "uat", "prod"]) {
      expect(loadEnvironment(name).backend).not.toHaveProperty("managed");
    }
  });

  it("describes the workspace as the environment says", () => {
    expect(resource("tfe_workspace", "workspace")).toMatchObject({
      name: backend.workspace,
      organization: "example",
      auto_apply: false,
      auto_apply_run_trigger: false,
      queue_all_runs: false,
      allow_destroy_plan: false,
      terraform_version: "~> 1.11",
    });
    expect(resource("tfe_workspace_settings", "settings")).toMatchObject({ execution_mode: "remote" });
    expect(
      synthesize({ ...backend, apply: "automatic" }).resource["tfe_workspace"]?.["workspace"],
    ).toMatchObject({
      auto_apply: true,
      auto_apply_run_trigger: true,
    });
    expect(resource("tfe_run_trigger", "run_trigger")).toMatchObject({
      sourceable_id: "${data.tfe_workspace.run_after.id}",
    });
  });

  it("lets the team release and not confirm, and change nothing of the workspace", () => {
    const only = (runs: string, stateVersions = "read-outputs") => [
      {
        run_tasks: false,
        runs,
        sentinel_mocks: "none",
        state_versions: stateVersions,
        variables: "none",
        workspace_locking: false,
      },
    ];
    const accessOf = ({ resource: resources }: TerraformJson, name: string) =>
      resources["tfe_team_access"]?.[name]?.["permissions"];
    const managed = { ...backend.managed, planTeam: "plans" };
    const automatic = synthesize({ ...backend, apply: "automatic", managed });

    expect(accessOf(json, "team_access")).toEqual(only("plan"));
    expect(accessOf(json, "plan_team_access")).toBeUndefined();
    expect(accessOf(automatic, "team_access")).toEqual(only("apply"));
    expect(accessOf(automatic, "plan_team_access")).toEqual(only("plan", "none"));
    expect(automatic.data["tfe_team"]?.["plan_team"]).toMatchObject({ name: "plans" });
  });

  it("lets a plan take the role that reads and an apply the one that writes, of this workspace alone", () => {
    const conditionOf = (name: string) =>
      JSON.parse(resource("aws_iam_role", name).assume_role_policy).Statement.map(
        ({ Condition }: Block) => Condition,
      );
    const subject = `organization:example:project:ingestion:workspace:${backend.workspace}:run_phase`;

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
      "arn:aws:iam::444444444444:policy/example-deployment",
    );
  });

  it("lets a plan look at how things are set, and at nothing that lies in them", () => {
    const [denial, ...others] = JSON.parse(resource("aws_iam_role_policy", "plan_denials").policy).Statement;

    expect(others).toEqual([]);
    expect(denial).toMatchObject({ Effect: "Deny", Resource: "*" });
    expect(denial.Action).toEqual([
      "s3:GetObject",
      "s3:GetObjectVersion",
      "dynamodb:BatchGetItem",
      "dynamodb:GetItem",
      "dynamodb:GetRecords",
      "dynamodb:PartiQLSelect",
      "dynamodb:Query",
      "dynamodb:Scan",
      "sqs:ReceiveMessage",
      "secretsmanager:GetSecretValue",
      "ssm:GetParameter*",
      "logs:FilterLogEvents",
      "logs:GetLogEvents",
      "logs:GetLogRecord",
      "logs:GetQueryResults",
      "logs:StartLiveTail",
      "logs:StartQuery",
    ]);
  });

  it("takes the identity provider that another environment of the account has made", () => {
    const managed = { ...backend.managed, identityProvider: "existing" as const };
    const { resource: resources, data } = synthesize({ ...backend, managed });

    expect(resources).not.toHaveProperty("aws_iam_openid_connect_provider");
    expect(data["aws_iam_openid_connect_provider"]?.["identity_provider"]).toMatchObject({
      url: "https://terraform.example.com",
      lifecycle: {
        postcondition: [{ condition: '${contains(self.client_id_list, "aws.workload.identity")}' }],
      },
    });
    expect(JSON.stringify(resources["aws_iam_role"])).toContain(
      "${data.aws_iam_openid_connect_provider.identity_provider.arn}",
    );
  });

  it("keeps its state where it is told to", () => {
    const state = {
      kind: "s3" as const,
      bucket: "states",
      key: "workspaces/prod.tfstate",
      region: "eu-central-1" as const,
    };
    const { terraform } = synthesize({ ...backend, managed: { ...backend.managed, backend: state } });

    expect(json.terraform.backend?.["local"]).toEqual({ path: "../../../terraform.workspace-prod.tfstate" });
    expect(terraform.backend?.["s3"]).toMatchObject({ bucket: "states", key: "workspaces/prod.tfstate" });
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

  it("gives what plans no team that releases", () => {
    const managed = { ...backend.managed, planTeam: "releases" };
    const broken = { ...prod, backend: { ...backend, apply: "automatic", managed } };

    expect(() => parseEnvironment("prod", broken)).toThrow("must be another team than the one that releases");
  });

  it.each([
    ["identityProvider", "imported", 'must be "managed" or "existing"'],
    ["backend", backend, "Terraform Enterprise can't hold the state of a stack that sets up its releases"],
    ["terraformVersion", "latest", 'must be a version of Terraform such as "~> 1.11"'],
    ["planTeam", "plans", "must be removed: plans of pull requests never get credentials of an environment"],
    [
      "roles",
      { plan: "example-plan", apply: "example-plan" },
      "backend.managed.roles.apply: must differ from backend.managed.roles.plan",
    ],
    ["applyPolicyArns", [], "needs at least one policy: without one, an apply has no permissions"],
    ["applyPolicyArns", ["AdministratorAccess"], "must be the ARN of a policy"],
    ["roles", { plan: "arn:aws:iam::444444444444:role/x", apply: "a" }, "not an ARN"],
  ])("refuses the %s %j", (field, value, message) => {
    const broken = { ...prod, backend: { ...backend, managed: { ...backend.managed, [field]: value } } };

    expect(() => parseEnvironment("prod", broken)).toThrow(message);
  });
});
