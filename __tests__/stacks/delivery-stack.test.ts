import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadEnvironment, parseEnvironment } from "../../env/load-environment.ts";
import type { Environment } from "../../env/schema.ts";
import { DeliveryStack } from "../../stacks/delivery-stack.ts";
import type { Block, TerraformJson } from "../support/synthesize.ts";

const outdir = mkdtempSync(join(tmpdir(), "delivery-"));
afterAll(() => rmSync(outdir, { recursive: true }));

const test = loadEnvironment("test");

function synthesize(environment: Environment, name: string): TerraformJson {
  const { delivery } = environment;
  if (delivery.kind !== "codebuild") throw new Error("nothing builds there");
  const app = new App({ outdir: join(outdir, name) });
  new DeliveryStack(app, "delivery-test", { environment, delivery });
  app.synth();
  return JSON.parse(readFileSync(join(outdir, name, "stacks", "delivery-test", "cdk.tf.json"), "utf8"));
}

const json = synthesize(test, "test");
const resource = (type: string, name: string): Block =>
  json.resource[type]?.[name] ?? expect.fail(`${type}.${name}`);
const statements = (name: string): Block[] =>
  JSON.parse(resource("aws_iam_role_policy", name).policy).Statement;
const actionsOf = (name: string) => statements(name).flatMap(({ Action }) => Action);
const groupsOf = (name: string) =>
  resource("aws_codebuild_webhook", name).filter_group.map(({ filter }: Block) =>
    filter.map(
      ({ type, pattern, exclude_matched_pattern }: Block) =>
        `${type} ${exclude_matched_pattern ? "not " : ""}${pattern}`,
    ),
  );

describe(DeliveryStack, () => {
  it("keeps the token out of what pull requests run in", () => {
    const check = resource("aws_codebuild_project", "check_project");

    expect(check.environment.environment_variable ?? []).toEqual([]);
    expect(
      actionsOf("check_role_policy").filter((action: string) => /secret|s3:|kms:/i.test(action)),
    ).toEqual([]);
    expect(resource("aws_codebuild_project", "release_project").service_role).not.toBe(check.service_role);
  });

  it("builds pull requests of trusted accounts alone, and the branch", () => {
    expect(groupsOf("check_webhook")).toEqual([
      [
        "EVENT PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED, PULL_REQUEST_REOPENED",
        'ACTOR_ACCOUNT_ID ^(${join("|", var.trusted_actor_ids)})$',
      ],
      ["EVENT PUSH", "HEAD_REF ^refs/heads/${var.branch}$"],
    ]);
  });

  it("releases the branch alone, and not for words", () => {
    expect(groupsOf("release_webhook")).toEqual([
      ["EVENT PUSH", "HEAD_REF ^refs/heads/${var.branch}$", "FILE_PATH not ^(docs/.*|[^/]*\\.md)$"],
    ]);
    expect(resource("aws_codebuild_project", "release_project")).toMatchObject({
      source_version: "refs/heads/${var.branch}",
      environment: {
        privileged_mode: false,
        environment_variable: [
          { name: "RELEASE_ENVIRONMENTS", value: '${join(" ", var.releases)}', type: "PLAINTEXT" },
          {
            name: "TFE_TOKEN",
            value: "${data.aws_secretsmanager_secret.token.arn}:token",
            type: "SECRETS_MANAGER",
          },
        ],
      },
    });
  });

  it("names where the token is and never reads it", () => {
    expect(Object.keys(json.data).toSorted()).toEqual(["aws_partition", "aws_secretsmanager_secret"]);
    expect(actionsOf("release_role_policy")).toContain("secretsmanager:GetSecretValue");
  });

  it("gives each build what it does and nothing else", () => {
    expect(actionsOf("check_role_policy").toSorted()).toEqual([
      "codebuild:BatchPutTestCases",
      "codebuild:CreateReport",
      "codebuild:UpdateReport",
      "codeconnections:GetConnection",
      "codeconnections:GetConnectionToken",
      "codeconnections:UseConnection",
      "codestar-connections:GetConnection",
      "codestar-connections:GetConnectionToken",
      "codestar-connections:UseConnection",
      "logs:CreateLogStream",
      "logs:PutLogEvents",
    ]);
    expect(actionsOf("release_role_policy").toSorted()).toEqual([
      "codeconnections:GetConnection",
      "codeconnections:GetConnectionToken",
      "codeconnections:UseConnection",
      "codestar-connections:GetConnection",
      "codestar-connections:GetConnectionToken",
      "codestar-connections:UseConnection",
      "kms:Decrypt",
      "kms:GenerateDataKey",
      "logs:CreateLogStream",
      "logs:PutLogEvents",
      "s3:GetBucketAcl",
      "s3:GetBucketLocation",
      "s3:PutObject",
      "secretsmanager:GetSecretValue",
    ]);
    for (const role of ["check_role_policy", "release_role_policy"]) {
      expect(statements(role).filter(({ Resource }) => [Resource].flat().includes("*"))).toEqual([]);
    }
  });

  it("reads the repository by the connection, without a token", () => {
    for (const project of ["check_project", "release_project"]) {
      expect(resource("aws_codebuild_project", project).source).toMatchObject({
        type: "GITHUB",
        location: "https://github.com/${var.repository}.git",
        auth: { type: "CODECONNECTIONS", resource: "${var.connection_arn}" },
      });
    }
    expect(Object.keys(json.resource)).not.toContain("aws_codebuild_source_credential");
  });

  it("keeps encrypted logs for the environment's time", () => {
    for (const name of ["check_logs", "release_logs"]) {
      expect(resource("aws_cloudwatch_log_group", name)).toMatchObject({
        retention_in_days: "${var.log_retention_days}",
        kms_key_id: "${aws_kms_key.key.arn}",
      });
    }
  });

  it("plans pull requests by a build of the branch, to which their stacks are data", () => {
    const delivery = { ...test.delivery, plans: ["test"] };
    const planning = synthesize({ ...test, delivery } as Environment, "plans");
    const of = (type: string, name: string): Block =>
      planning.resource[type]?.[name] ?? expect.fail(`${type}.${name}`);
    const policyOf = (name: string): Block[] => JSON.parse(of("aws_iam_role_policy", name).policy).Statement;
    const can = (name: string, action: string) =>
      policyOf(name).filter(({ Action }) => [Action].flat().includes(action));

    const variables = of("aws_codebuild_project", "check_project").environment.environment_variable;
    expect(variables.map(({ name }: Block) => name)).toEqual(["PLAN_BUCKET", "PLAN_ENVIRONMENTS"]);
    expect(can("check_role_policy", "secretsmanager:GetSecretValue")).toEqual([]);
    expect(can("check_role_policy", "s3:PutObject")[0]?.["Resource"]).toMatch(/\/plans\/requests\/\*$/);
    expect(can("check_role_policy", "s3:GetObject")[0]?.["Resource"]).toMatch(/\/plans\/results\/\*$/);
    expect(of("aws_codebuild_project", "plan_project")).toMatchObject({
      source_version: "refs/heads/${var.branch}",
      source: { buildspec: "buildspec.plan.yml" },
    });
    expect(Object.keys(planning.resource["aws_codebuild_webhook"] ?? {})).toEqual([
      "check_webhook",
      "release_webhook",
    ]);
    expect(can("plan_role_policy", "s3:GetObject")[0]?.["Resource"]).toMatch(/\/plans\/requests\/\*$/);
    expect(
      JSON.parse(of("aws_cloudwatch_event_rule", "plan_requests_rule").event_pattern).detail.object,
    ).toEqual({
      key: [{ wildcard: "plans/requests/*/request.json" }],
    });
    expect(policyOf("plan_requests_role_policy")).toEqual([
      expect.objectContaining({
        Action: "codebuild:StartBuild",
        Resource: "${aws_codebuild_project.plan_project.arn}",
      }),
    ]);
    // None of it is there where nothing is planned.
    expect(Object.keys(json.resource["aws_codebuild_project"] ?? {})).toEqual([
      "check_project",
      "release_project",
    ]);
  });

  it("has a state of its own beside the environment's", () => {
    const backendOf = (backend: Environment["backend"]) =>
      synthesize({ ...test, backend } as Environment, `backend-${backend.kind}`).terraform;
    const enterprise = loadEnvironment("prod").backend;

    expect(json.terraform.backend?.["s3"]?.["key"]).toMatch(/^delivery\//);
    expect(backendOf(enterprise).cloud).toMatchObject({ workspaces: { name: "proposals-prod-delivery" } });
    expect(backendOf({ kind: "local" }).backend?.["local"]).toEqual({
      path: "../../../terraform.delivery-test.tfstate",
    });
  });

  it.each([
    ["repository", "https://github.com/a/b", "must be owner/name of a GitHub repository"],
    ["connectionArn", "a", "must be the ARN of a connection"],
    ["trustedActorIds", ["octocat"], "must be the number of a GitHub account, as a string"],
    ["trustedActorIds", [], "needs at least one account"],
    ["releases", ["prod", "prod"], "must not name an environment twice"],
  ])("refuses the %s %j", (field, value, message) => {
    const broken = { ...test, delivery: { ...test.delivery, [field]: value } };

    expect(() => parseEnvironment("test", broken)).toThrow(message);
  });
});

describe("buildspecs", () => {
  const commandsOf = (file: string): string[] =>
    Object.values<Block>(parse(readFileSync(file, "utf8")).phases).flatMap(({ commands }) => commands);
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));

  it.each([
    "buildspec.check.yml",
    "buildspec.plan.yml",
    "buildspec.release.yml",
    ".github/workflows/check.yml",
  ])("%s runs commands that exist", (file) => {
    const text = readFileSync(file, "utf8");
    const used = [...text.matchAll(/npm run ([a-z:]+)/g)].map((match) => match[1] ?? "");

    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it("check what GitHub checks", () => {
    const workflow = parse(readFileSync(".github/workflows/check.yml", "utf8"));
    const onGitHub = workflow.jobs.check.steps.flatMap(({ run }: Block) => run ?? []);
    const plain = commandsOf("buildspec.check.yml")
      .filter((command) => command.startsWith("npm"))
      .map((command) => command.replace(/ -- .*/, ""));

    expect(onGitHub).toEqual(plain);
    expect(workflow.permissions).toEqual({ contents: "read" });
    for (const { uses } of workflow.jobs.check.steps.filter(({ uses }: Block) => uses)) {
      expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    }
  });

  it("are what the gate runs", () => {
    expect(readFileSync(".ci/run", "utf8")).toContain("tools/run-buildspec.ts buildspec.check.yml");
  });

  it("end at the first command that fails", () => {
    for (const file of ["buildspec.check.yml", "buildspec.plan.yml", "buildspec.release.yml"]) {
      const { phases } = parse(readFileSync(file, "utf8"));
      for (const phase of Object.values<Block>(phases)) expect(phase["on-failure"]).toBe("ABORT");
    }
  });
});
