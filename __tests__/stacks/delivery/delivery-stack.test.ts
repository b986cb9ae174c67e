import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { build } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseEnvironment } from "../../../env/load-environment.ts";
import { DeliveryStack, RELEASED_FILES } from "../../../stacks/delivery/delivery-stack.ts";
import { loadEnvironment } from "../../support/environments.ts";
import { expectRecordedAddresses } from "../../support/state-addresses.ts";
import type { Block, TerraformJson } from "../../support/synthesize.ts";

const outdir = mkdtempSync(join(tmpdir(), "delivery-"));
afterAll(() => rmSync(outdir, { recursive: true }));

const test = loadEnvironment("test");

function synthesize(changes: object, name: string, environment = test): TerraformJson {
  const { delivery } = test;
  if (delivery.kind !== "codebuild") throw new Error("nothing builds there");
  const app = new App({ outdir: join(outdir, name) });
  new DeliveryStack(app, "delivery-test", { environment, delivery: { ...delivery, ...changes } });
  app.synth();
  return JSON.parse(readFileSync(join(outdir, name, "stacks", "delivery-test", "cdk.tf.json"), "utf8"));
}

const projects = ["check_project", "plan_project", "release_project"];
const json = synthesize({}, "test");
const withoutPlans = synthesize({ plans: [] }, "without-plans");
const resource = (type: string, name: string, of = json): Block =>
  of.resource[type]?.[name] ?? expect.fail(`${type}.${name}`);
const statements = (name: string, of = json): Block[] =>
  JSON.parse(resource("aws_iam_role_policy", name, of).policy).Statement;
const actionsOf = (name: string, of = json): string[] => statements(name, of).flatMap(({ Action }) => Action);
const groupsOf = (name: string) =>
  resource("aws_codebuild_webhook", name).filter_group.map(({ filter }: Block) =>
    filter.map(({ type, pattern }: Block) => `${type} ${pattern}`),
  );
const branch = '^refs/heads/${join("[.]", split(".", var.branch))}$';
const repository = [
  "codeconnections:GetConnection",
  "codeconnections:GetConnectionToken",
  "codestar-connections:GetConnection",
  "codestar-connections:GetConnectionToken",
];
const log = ["logs:CreateLogStream", "logs:PutLogEvents"];
const useBuilds = ["kms:Decrypt", "kms:GenerateDataKey", "s3:PutObject"];

describe(DeliveryStack, () => {
  it("has the recorded state addresses", async () => {
    await expectRecordedAddresses(json, "delivery-test");
  });

  it("keeps the token out of what pull requests run in", () => {
    const check = resource("aws_codebuild_project", "check_project");

    expect(check.environment.environment_variable.map(({ name }: Block) => name)).toEqual([
      "BUILDS_BUCKET",
      "BUILDS_BUCKET_OWNER",
      "PLAN_ENVIRONMENTS",
    ]);
    expect(actionsOf("check_role_policy").filter((action) => /secret/i.test(action))).toEqual([]);
    expect(resource("aws_codebuild_project", "release_project").service_role).not.toBe(check.service_role);
    expect(
      resource("aws_codebuild_project", "check_project", withoutPlans).environment.environment_variable ?? [],
    ).toEqual([]);
  });

  it("builds pull requests of trusted accounts to the branch alone, and the branch", () => {
    expect(groupsOf("check_webhook")).toEqual([
      [
        "EVENT PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED",
        `BASE_REF ${branch}`,
        'ACTOR_ACCOUNT_ID ^(${join("|", var.trusted_actor_ids)})$',
      ],
      ["EVENT PUSH", `HEAD_REF ${branch}`],
    ]);
  });

  it("lets those who may push approve a pull request of anybody else, where the provider knows of it", () => {
    const of6 = synthesize({}, "provider-6", { ...test, awsProviderVersion: "~> 6.25" });

    expect(resource("aws_codebuild_webhook", "check_webhook", of6).pull_request_build_policy).toEqual({
      requires_comment_approval: "ALL_PULL_REQUESTS",
      approver_roles: ["GITHUB_WRITE", "GITHUB_MAINTAIN", "GITHUB_ADMIN"],
    });
    // Provider 5 refuses it.
    for (const [name, of] of [
      ["check_webhook", json],
      ["release_webhook", of6],
    ] as const) {
      expect(resource("aws_codebuild_webhook", name, of)).not.toHaveProperty("pull_request_build_policy");
    }
  });

  it("releases the branch alone, and where something changes that a release is made of", () => {
    expect(groupsOf("release_webhook")).toEqual([
      ["EVENT PUSH", `HEAD_REF ${branch}`, `FILE_PATH ${RELEASED_FILES}`],
    ]);
    expect(resource("aws_codebuild_project", "release_project")).toMatchObject({
      source_version: "refs/heads/${var.branch}",
      environment: {
        privileged_mode: false,
        environment_variable: [
          { name: "BUILDS_BUCKET", value: "${aws_s3_bucket.builds_bucket_bucket.bucket}", type: "PLAINTEXT" },
          { name: "BUILDS_BUCKET_OWNER", value: "${var.account_id}", type: "PLAINTEXT" },
          { name: "RELEASE_ENVIRONMENTS", value: '${join(" ", var.releases)}', type: "PLAINTEXT" },
          {
            name: "TFE_TOKEN",
            value: "${data.aws_secretsmanager_secret.release_token.arn}:token",
            type: "SECRETS_MANAGER",
          },
        ],
      },
    });
  });

  it("takes every file that a release is made of for one, and no other", async () => {
    const { metafile } = await build({
      entryPoints: ["main.ts", "tools/release.ts"],
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm",
      outdir: "none",
      write: false,
      metafile: true,
      logLevel: "silent",
    });
    const isReleased = (file: string) => new RegExp(RELEASED_FILES).test(file);

    // The functions are bundled by main.ts itself; the others are read, by it or by npm.
    const sources = [
      ...Object.keys(metafile.inputs),
      ...["contract", "domain", "functions", "specs"].flatMap((folder) =>
        readdirSync(folder).map((name) => `${folder}/${name}`),
      ),
      ...["cli/run.mjs", "cdktf.json", "tsconfig.json", "package.json", "package-lock.json", ".npmrc"],
      "buildspec.release.yml",
    ];
    expect(sources.filter((file) => !isReleased(file))).toEqual([]);
    expect(sources.length).toBeGreaterThan(100);
    const others = [".ci/run", ".github/x.yml", "README.md", "__tests__/x.ts", "biome.json", "docs/x.md"];
    expect([...others, "knip.json", "buildspec.check.yml", "vitest.config.ts"].filter(isReleased)).toEqual(
      [],
    );
  });

  it("lets a build outlive the releases that it waits for, and loses none of them to a limit", () => {
    expect(resource("aws_codebuild_project", "release_project").build_timeout).toBe(
      "${((length(var.releases) * 60) + 30)}",
    );
    for (const project of projects) {
      expect(resource("aws_codebuild_project", project)).not.toHaveProperty("concurrent_build_limit");
    }
  });

  it("names where the token is and never reads it", () => {
    expect(Object.keys(json.data).toSorted()).toEqual(["aws_partition", "aws_secretsmanager_secret"]);
    expect(actionsOf("release_role_policy")).toContain("secretsmanager:GetSecretValue");
  });

  it.each<[string, string[]]>([
    [
      "check_role_policy",
      [
        "codebuild:BatchPutTestCases",
        "codebuild:CreateReport",
        "codebuild:CreateReportGroup",
        "codebuild:UpdateReport",
        ...repository,
        ...log,
        ...useBuilds,
        "s3:GetObject",
      ],
    ],
    [
      "plan_role_policy",
      [...repository, ...log, ...useBuilds, "s3:GetObjectVersion", "secretsmanager:GetSecretValue"],
    ],
    [
      "release_role_policy",
      [...repository, ...log, ...useBuilds, "s3:GetObject", "secretsmanager:GetSecretValue"],
    ],
    ["plan_requests_role_policy", ["codebuild:StartBuild"]],
  ])("gives the %s what its task needs and nothing else", (role, actions) => {
    expect(actionsOf(role).toSorted()).toEqual(actions.toSorted());
    expect(statements(role).filter(({ Resource }) => [Resource].flat().includes("*"))).toEqual([]);
  });

  it.each([
    ["check_role_policy", "s3:GetObject", "plans/results/*", "plans/request.json"],
    ["plan_role_policy", "s3:GetObjectVersion", "plans/request.json", "plans/results/*"],
    ["release_role_policy", "s3:GetObject", "releases/*", "releases/*"],
  ])("lets the %s %s of %s and write %s alone", (role, get, read, write) => {
    const of = (action: string) =>
      statements(role)
        .filter(({ Action }) => [Action].flat().includes(action))
        .map(({ Resource }) => Resource);
    const builds =
      "arn:${data.aws_partition.account_partition.partition}:s3:::${var.name_prefix}-builds-${var.account_id}";

    expect(of(get)).toEqual([`${builds}/${read}`]);
    expect(of("s3:PutObject")).toEqual([`${builds}/${write}`]);
  });

  it("lets no other build and no other rule have its roles", () => {
    const sourceOf = (name: string) =>
      JSON.parse(resource("aws_iam_role", name).assume_role_policy).Statement[0].Condition.ArnEquals[
        "aws:SourceArn"
      ];

    for (const task of ["check", "plan", "release"]) {
      expect(sourceOf(`${task}_role_role`)).toMatch(
        new RegExp(`:codebuild:.*:project/\\$\\{var\\.name_prefix\\}-${task}$`),
      );
    }
    expect(sourceOf("plan_requests_role_role")).toMatch(/:events:.*:rule\/\$\{var\.name_prefix\}-plan$/);
  });

  it("tells the owners of existing roles what to attach", () => {
    const existing = (name: string) => ({ kind: "existing", name });
    const roles = {
      check: existing("a"),
      plan: existing("b"),
      release: existing("c"),
      planStarter: { kind: "managed", name: "d" },
    };
    const required = synthesize({ roles }, "existing-roles").output["required_policies"]?.["value"];

    expect(Object.keys(required)).toEqual(["check-role", "plan-role", "release-role"]);
    const withoutKey = (all: Block[]) => all.filter(({ Sid }) => Sid !== "UseKeyForBuilds");
    const release: Block[] = JSON.parse(required["release-role"]).Statement;
    expect(withoutKey(release)).toEqual(withoutKey(statements("release_role_policy")));
    // Owners attach it before the first apply: it must not ask for anything that is not there yet.
    expect(release.find(({ Sid }) => Sid === "UseKeyForBuilds")).toMatchObject({
      Resource: expect.stringMatching(/:kms:.*:key\/\*$/),
      Condition: {
        "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/${var.name_prefix}-delivery" },
        StringEquals: { "kms:ViaService": ["s3.${var.region}.amazonaws.com"] },
      },
    });
    expect(JSON.stringify(required)).not.toMatch(/\$\{aws_/);
    expect(json.output["required_policies"]?.["value"]).toEqual({});
  });

  it("reads the repository by the connection, without a token", () => {
    for (const project of projects) {
      expect(resource("aws_codebuild_project", project).source).toMatchObject({
        type: "GITHUB",
        location: "https://github.com/${var.repository}.git",
        auth: { type: "CODECONNECTIONS", resource: "${var.connection_arn}" },
      });
    }
    expect(Object.keys(json.resource)).not.toContain("aws_codebuild_source_credential");
  });

  it("keeps encrypted logs for the environment's time", () => {
    for (const name of ["check_logs", "plan_logs", "release_logs"]) {
      expect(resource("aws_cloudwatch_log_group", name)).toMatchObject({
        retention_in_days: "${var.log_retention_days}",
        kms_key_id: "${aws_kms_key.key.arn}",
      });
    }
  });

  it("reports tests, and keeps packages from one build to the next of the same project", () => {
    expect(resource("aws_codebuild_report_group", "check_reports")).toMatchObject({
      name: "${var.name_prefix}-check-tests",
      type: "TEST",
    });
    for (const project of projects) {
      expect(resource("aws_codebuild_project", project).cache).toEqual({
        type: "LOCAL",
        modes: ["LOCAL_CUSTOM_CACHE", "LOCAL_SOURCE_CACHE"],
      });
    }
  });

  it("plans pull requests by a build of the branch, which a request starts and GitHub does not", () => {
    expect(resource("aws_codebuild_project", "plan_project")).toMatchObject({
      source_version: "refs/heads/${var.branch}",
      source: { buildspec: "buildspec.plan.yml", report_build_status: false },
    });
    expect(Object.keys(json.resource["aws_codebuild_webhook"] ?? {})).toEqual([
      "check_webhook",
      "release_webhook",
    ]);
    expect(
      JSON.parse(resource("aws_cloudwatch_event_rule", "plan_requests_rule").event_pattern).detail.object,
    ).toEqual({ key: ["plans/request.json"] });
    expect(statements("plan_requests_role_policy")).toEqual([
      expect.objectContaining({
        Resource: expect.stringMatching(/:codebuild:.*:project\/\$\{var\.name_prefix\}-plan$/),
      }),
    ]);
    // None of it is there where nothing is planned.
    expect(Object.keys(withoutPlans.resource["aws_codebuild_project"] ?? {})).toEqual([
      "check_project",
      "release_project",
    ]);
    expect(actionsOf("check_role_policy", withoutPlans).filter((action) => /s3|kms/.test(action))).toEqual(
      [],
    );
  });

  it("starts a plan with nothing that a check could choose", () => {
    const { input_paths, input_template } = resource(
      "aws_cloudwatch_event_target",
      "plan_requests_target",
    ).input_transformer;
    const hostile = 'x"},{"name":"TFE_ADDRESS","type":"PLAINTEXT","value":"https://example.net';
    // What S3 tells of an object whose writer has chosen all that a writer can choose; the version is S3's own.
    const event: Block = {
      detail: { object: { key: hostile, etag: "0a", "version-id": "L4kqtJlcpXroDTDmpUMLUo", size: 1 } },
    };
    const valueAt = (path: string) =>
      path
        .replace("$.", "")
        .split(".")
        .reduce((value: Block, part) => value[part], event);

    // EventBridge puts values into the template as they are.
    const input = Object.entries<string>(input_paths).reduce(
      (text, [name, path]) => text.replace(`<${name}>`, String(valueAt(path))),
      input_template,
    );

    expect(JSON.parse(input)).toEqual({
      environmentVariablesOverride: [
        { name: "PLAN_REQUEST", type: "PLAINTEXT", value: "L4kqtJlcpXroDTDmpUMLUo" },
      ],
    });
    expect(resource("aws_cloudwatch_event_target", "plan_requests_target").retry_policy).toEqual({
      maximum_event_age_in_seconds: 1_800,
      maximum_retry_attempts: 185,
    });
    expect(resource("aws_s3_bucket_versioning", "builds_versioning").versioning_configuration).toEqual({
      status: "Enabled",
    });
  });

  it("gives what plans a token of its own", () => {
    const tokenOf = (project: string) =>
      resource("aws_codebuild_project", project).environment.environment_variable.find(
        ({ name }: Block) => name === "TFE_TOKEN",
      ).value;

    expect(tokenOf("plan_project")).toBe("${data.aws_secretsmanager_secret.plan_token.arn}:token");
    for (const task of ["plan", "release"]) {
      expect(statements(`${task}_role_policy`).find(({ Sid }) => Sid === "ReadToken")?.["Resource"]).toBe(
        `\${data.aws_secretsmanager_secret.${task}_token.arn}`,
      );
    }
  });

  it("has a state of its own", () => {
    const backend = test.delivery.kind === "codebuild" ? test.delivery.backend : undefined;
    const stateKey = backend?.kind === "s3" ? backend.key : expect.fail("no state in S3");

    expect(json.terraform.backend?.["s3"]).toMatchObject({
      key: stateKey,
      encrypt: true,
      use_lockfile: true,
    });
    expect(synthesize({ backend: { kind: "local" } }, "local").terraform.backend?.["local"]).toEqual({
      path: "../../../terraform.delivery-test.tfstate",
    });
  });

  it.each([
    ["repository", "https://github.com/a/b", "must be owner/name of a GitHub repository"],
    ["connectionArn", "a", "must be the ARN of a connection"],
    ["trustedActorIds", ["octocat"], "must be the id of a GitHub account: digits, as a string"],
    ["trustedActorIds", [], "needs at least one account"],
    ["releases", ["prod", "prod"], "must not contain an environment twice"],
    [
      "backend",
      { kind: "tfe" },
      "Terraform Enterprise can't hold the state of a stack that sets up its releases",
    ],
    ["tokenSecretNames", { release: "a", plan: "a" }, "must differ from delivery.tokenSecretNames.release"],
    [
      "roles",
      Object.fromEntries(
        ["check", "plan", "planStarter", "release"].map((task) => [
          task,
          { kind: "existing", name: "builds" },
        ]),
      ),
      "delivery.roles.check.name: must differ from delivery.roles.plan.name",
    ],
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
    "buildspec.verify.yml",
    ".github/workflows/check.yml",
  ])("%s runs commands that exist", (file) => {
    const text = readFileSync(file, "utf8");
    const used = [...text.matchAll(/npm run ([a-z:]+)/g)].map((match) => match[1] ?? "");

    const entries = [...text.matchAll(/node cli\/run\.mjs (\S+)/g)].map((match) => match[1] ?? "");
    expect(used.length + entries.length).toBeGreaterThan(0);
    expect(entries.filter((entry) => !existsSync(entry))).toEqual([]);
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

  it("begin no further phase after one that failed", () => {
    for (const file of ["buildspec.check.yml", "buildspec.plan.yml", "buildspec.release.yml"]) {
      const { phases } = parse(readFileSync(file, "utf8"));
      for (const phase of Object.values<Block>(phases)) expect(phase["on-failure"]).toBe("ABORT");
    }
  });

  it("keep packages where they put them", () => {
    for (const file of ["buildspec.check.yml", "buildspec.plan.yml", "buildspec.release.yml"]) {
      const { env, cache } = parse(readFileSync(file, "utf8"));
      expect(cache.paths).toEqual([`${env.variables.npm_config_cache}/**/*`]);
    }
  });

  it("let no package run anything where a token is", () => {
    for (const file of ["buildspec.plan.yml", "buildspec.release.yml"]) {
      expect(commandsOf(file).filter((command) => command.includes("npm ci"))).toEqual([
        "env -u TFE_TOKEN npm ci --ignore-scripts",
      ]);
    }
  });

  it("give a plan less time than the check waits for it, and a build more than its command", () => {
    const minutesOf = (file: string) =>
      Number(/--timeout-minutes (\d+)/.exec(commandsOf(file).join("\n"))?.[1] ?? expect.fail(file));
    const timeOf = (project: string) => resource("aws_codebuild_project", project).build_timeout;

    expect(timeOf("plan_project")).toBeLessThan(minutesOf("buildspec.check.yml"));
    expect(timeOf("plan_project")).toBeGreaterThan(minutesOf("buildspec.plan.yml"));
  });
});
