import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BatchGetProjectsCommand, CodeBuildClient } from "@aws-sdk/client-codebuild";
import { CreateRoleCommand, GetRolePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { App } from "cdktf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DeliveryStack } from "../../stacks/delivery/delivery-stack.ts";
import { type ManagedBackend, WorkspaceStack } from "../../stacks/workspace/workspace-stack.ts";
import type { StateResource } from "../support/deployment.ts";
import { loadEnvironment } from "../support/environments.ts";
import { type Moto, startMoto } from "../support/moto/moto.ts";
import { checkPolicy, policyRules, subjectsOf } from "../support/policy/check-policy.ts";
import { findPluginDirectory, terraform } from "../support/terraform.ts";
import { verification, verifiedDelivery } from "../support/verified-delivery.ts";

const region = "eu-central-1";
const test = verifiedDelivery();
const prod = loadEnvironment("prod");
/** moto has none of these: they are validated with the rest, and left out of the apply. */
const NOT_IN_MOTO = ["aws_codebuild_webhook", "aws_codebuild_report_group"];

let outdir: string;
const motos: Moto[] = [];

beforeAll(() => {
  outdir = mkdtempSync(join(tmpdir(), "delivery-"));
});
afterAll(async () => {
  await Promise.all(motos.map((moto) => moto.stop()));
  rmSync(outdir, { recursive: true, force: true });
});

async function startAccount(accountId: string): Promise<Moto> {
  const moto = await startMoto(accountId);
  motos.push(moto);
  return moto;
}

const init = (directory: string) =>
  terraform(directory, ["init", "-input=false", "-reconfigure", `-plugin-dir=${findPluginDirectory()}`]);

async function validate(directory: string): Promise<unknown> {
  await terraform(directory, [
    "init",
    "-backend=false",
    "-input=false",
    `-plugin-dir=${findPluginDirectory()}`,
  ]);
  return JSON.parse(await terraform(directory, ["validate", "-json"]));
}

/** The configuration as another one, with its state here. */
function edit(directory: string, change: (configuration: Configuration) => object): void {
  const file = join(directory, "cdk.tf.json");
  const { terraform: settings, ...rest } = JSON.parse(readFileSync(file, "utf8"));
  const { backend: _, ...others } = settings;
  writeFileSync(file, JSON.stringify(change({ ...rest, terraform: others })));
}

type Blocks = Record<string, object>;
interface Configuration {
  readonly terraform: { readonly required_providers: Blocks };
  readonly provider: Blocks;
  readonly resource: Blocks;
  readonly data: Blocks;
}

const only = (blocks: Blocks, isKept: (type: string) => boolean): Blocks =>
  Object.fromEntries(Object.entries(blocks).filter(([type]) => isKept(type)));

describe("the delivery stack", () => {
  let directory: string;
  let moto: Moto;
  const secretArns = new Map<string, string | undefined>();
  const owner = () => new S3Client({ ...config(), forcePathStyle: true });
  const config = () => ({
    endpoint: moto.endpoint,
    region,
    credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
  });

  beforeAll(async () => {
    if (test.delivery.kind !== "codebuild") throw new Error("nothing builds there");
    const app = new App({ outdir });
    const stack = new DeliveryStack(app, "delivery-test", { environment: test, delivery: test.delivery });
    app.synth();
    directory = join(outdir, "stacks", "delivery-test");
    writeFileSync(join(directory, "delivery-test.auto.tfvars.json"), JSON.stringify(stack.variableValues));
    moto = await startAccount(test.accountId);
    const SecretString = '{"token":"never-in-a-state"}';
    const secretNames = { ...test.delivery.tokenSecretNames, verify: verification.secretName };
    for (const [task, Name] of Object.entries(secretNames)) {
      const { ARN } = await new SecretsManagerClient(config()).send(
        new CreateSecretCommand({ Name, SecretString }),
      );
      secretArns.set(task, ARN);
    }
  });

  it("is valid", async () => {
    expect(await validate(directory)).toMatchObject({ valid: true, error_count: 0 });
  });

  it("is applied, needs no change, and has no secret in its state", async () => {
    edit(directory, ({ resource, ...rest }) => ({
      ...rest,
      resource: only(resource, (type) => !NOT_IN_MOTO.includes(type)),
    }));
    await init(directory);
    await terraform(directory, ["apply", "-input=false", "-auto-approve"], moto.environment);

    await terraform(directory, ["plan", "-input=false", "-detailed-exitcode"], moto.environment);
    expect(await terraform(directory, ["show", "-json"], moto.environment)).not.toContain("never-in-a-state");
  });

  it("has roles that one service takes for one source, with rights to buckets of the account alone", async () => {
    const shown = JSON.parse(await terraform(directory, ["show", "-json"], moto.environment));
    const state: StateResource[] = shown.values.root_module.resources;
    const rules = policyRules.filter(({ id }) =>
      ["PIA-IAM-TRUST-SOURCE", "PIA-IAM-BUCKET-OWNER", "PIA-KMS-SERVICES"].includes(id),
    );

    expect(rules.filter((rule) => subjectsOf(rule, state).length === 0)).toEqual([]);
    expect(
      checkPolicy(state)
        .filter(({ rule }) => rules.some(({ id }) => id === rule))
        .map(({ rule, address }) => `${rule} ${address}`),
    ).toEqual([]);
  });

  it("has projects that live longer than what they wait for, with the token by reference", async () => {
    const names = ["check", "plan", "release", "verify"].map((task) => `${test.namePrefix}-${task}`);

    const { projects = [] } = await new CodeBuildClient(config()).send(
      new BatchGetProjectsCommand({ names }),
    );

    const byName = new Map(projects.map((project) => [project.name, project]));
    expect(names.map((name) => byName.get(name)?.timeoutInMinutes)).toEqual([60, 28, 300, 15]);
    const tokensOf = (name: string) =>
      byName.get(name)?.environment?.environmentVariables?.filter((each) => each.name === "TFE_TOKEN");
    expect(tokensOf(`${test.namePrefix}-check`)).toEqual([]);
    for (const name of ["plan", "release"].map((task) => `${test.namePrefix}-${task}`)) {
      expect(tokensOf(name)).toEqual([
        { name: "TFE_TOKEN", type: "SECRETS_MANAGER", value: expect.stringMatching(/:secret:.*:token$/) },
      ]);
    }
  });

  it.each([
    ["check", { read: ["plans/results/x"], write: ["plans/request.json"], token: undefined }],
    ["plan", { read: ["plans/request.json"], write: ["plans/results/x"], token: "plan" }],
    [
      "release",
      {
        read: ["releases/x", "verifications/results/x"],
        write: ["releases/x", "verifications/outputs/x"],
        token: "release",
      },
    ],
    [
      "verify",
      {
        read: ["verifications/outputs/x"],
        write: ["verifications/results/x"],
        token: "verify",
      },
    ],
  ])("lets the build that does the %s do what it has to, and nothing else", async (task, allowed) => {
    const { Credentials } = await new STSClient(config()).send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${test.accountId}:role/${test.namePrefix}-${task}`,
        RoleSessionName: "build",
      }),
    );
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    const s3 = new S3Client({ ...config(), credentials, forcePathStyle: true });
    const secrets = new SecretsManagerClient({ ...config(), credentials });
    const Bucket = `${test.namePrefix}-builds-${test.accountId}`;
    const can = (call: Promise<unknown>) =>
      call.then(
        () => "allowed",
        (error: Error) => error.name,
      );
    const keys = [
      "plans/request.json",
      "plans/requests/x/request.json",
      "plans/results/x",
      "releases/x",
      "verifications/outputs/x",
      "verifications/results/x",
      "x",
    ];
    const versions = new Map<string, string | undefined>();
    for (const Key of keys) {
      const { VersionId } = await owner().send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
      versions.set(Key, VersionId);
    }
    // The plan reads what it was told of, and the others what is there.
    const get = (Key: string) =>
      new GetObjectCommand({ Bucket, Key, ...(task === "plan" && { VersionId: versions.get(Key) }) });

    await moto.enforceIam(true);
    try {
      for (const Key of keys) {
        expect({
          Key,
          read: await can(s3.send(get(Key))),
          write: await can(s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }))),
        }).toEqual({
          Key,
          read: allowed.read.includes(Key) ? "allowed" : "AccessDenied",
          write: allowed.write.includes(Key) ? "allowed" : "AccessDenied",
        });
      }
      for (const [name, SecretId] of secretArns) {
        expect(await can(secrets.send(new GetSecretValueCommand({ SecretId })))).toBe(
          name === allowed.token ? "allowed" : "AccessDeniedException",
        );
      }
    } finally {
      await moto.enforceIam(false);
    }
  });

  it("lets the build that verifies have interfaces in the subnets and security groups of its VPC alone", async () => {
    const { PolicyDocument = "" } = await new IAMClient(config()).send(
      new GetRolePolicyCommand({ RoleName: `${test.namePrefix}-verify`, PolicyName: "permissions" }),
    );
    const statements: { Action: string | string[]; Resource: string | string[]; Condition?: object }[] =
      JSON.parse(decodeURIComponent(PolicyDocument)).Statement;
    const subnets = verification.subnetIds.map((id) => `arn:aws:ec2:${region}:*:subnet/${id}`);
    const groups = verification.securityGroupIds.map((id) => `arn:aws:ec2:${region}:*:security-group/${id}`);
    const interfaces = `arn:aws:ec2:${region}:${test.accountId}:network-interface/*`;
    const network = statements.filter(({ Action }) =>
      [Action].flat().some((each) => each.startsWith("ec2:")),
    );

    expect(network.map(({ Action, Resource, Condition }) => ({ Action, Resource, Condition }))).toEqual([
      { Action: expect.arrayContaining(["ec2:DescribeSubnets"]), Resource: "*" },
      { Action: ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"], Resource: interfaces },
      { Action: "ec2:CreateNetworkInterface", Resource: subnets },
      { Action: "ec2:CreateNetworkInterface", Resource: groups },
      {
        Action: "ec2:CreateNetworkInterfacePermission",
        Resource: interfaces,
        Condition: {
          StringEquals: { "ec2:AuthorizedService": "codebuild.amazonaws.com" },
          ArnLike: { "ec2:Subnet": subnets },
        },
      },
    ]);
    expect([statements[2]?.Action].flat().every((action) => String(action).startsWith("ec2:Describe"))).toBe(
      true,
    );
  });

  it("tells the owners of existing roles in the first plan what they have to attach", async () => {
    if (test.delivery.kind !== "codebuild") throw new Error("nothing builds there");
    const existing = (task: string) => ({ kind: "existing" as const, name: `platform-${task}` });
    const roles = {
      check: existing("check"),
      plan: existing("plan"),
      planStarter: existing("plan-starter"),
      release: existing("release"),
    };
    const iam = new IAMClient(config());
    for (const [task, { name }] of Object.entries(roles)) {
      const Service = task === "planStarter" ? "events.amazonaws.com" : "codebuild.amazonaws.com";
      const Statement = [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }];
      const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
      await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument }));
    }
    const app = new App({ outdir });
    const delivery = { ...test.delivery, roles, verification: { kind: "none" as const } };
    const stack = new DeliveryStack(app, "delivery-existing", { environment: test, delivery });
    app.synth();
    const elsewhere = join(outdir, "stacks", "delivery-existing");
    writeFileSync(
      join(elsewhere, "delivery-existing.auto.tfvars.json"),
      JSON.stringify(stack.variableValues),
    );
    edit(elsewhere, (configuration) => configuration);
    await init(elsewhere);

    await terraform(elsewhere, ["plan", "-input=false", "-out=plan"], moto.environment);
    const plan = JSON.parse(await terraform(elsewhere, ["show", "-json", "plan"], moto.environment));

    const required: Record<string, string> = plan.planned_values.outputs.required_policies.value;
    expect(Object.keys(required).toSorted()).toEqual([
      "check-role",
      "plan-role",
      "plan-starter-role",
      "release-role",
    ]);
    expect(JSON.stringify(required)).toContain(
      `arn:aws:s3:::${test.namePrefix}-builds-${test.accountId}/plans/request.json`,
    );
  });

  it("is destroyed", async () => {
    // As somebody does who means it: the bucket is protected.
    edit(directory, (configuration) =>
      JSON.parse(
        JSON.stringify(configuration).replaceAll('"force_destroy":"${!true}"', '"force_destroy":true'),
      ),
    );
    await terraform(directory, ["apply", "-input=false", "-auto-approve"], moto.environment);
    await terraform(directory, ["destroy", "-input=false", "-auto-approve"], moto.environment);

    expect(JSON.parse(await terraform(directory, ["show", "-json"], moto.environment))).not.toHaveProperty(
      "values",
    );
  });
});

describe("the workspace stack", () => {
  // There is no binary of the provider tfe here: its part is held by the types of its bindings.
  function synthesizeWithoutEnterprise(name: string, changes: Partial<ManagedBackend["managed"]>): string {
    if (prod.backend.kind !== "tfe") throw new Error("prod has no workspace");
    const managed: ManagedBackend["managed"] = {
      backend: { kind: "local" },
      project: "ingestion",
      team: "releases",
      terraformVersion: "~> 1.11",
      sensitiveVariables: [],
      identityProvider: "managed",
      roles: { plan: `${name}-plan`, apply: `${name}-apply` },
      applyPolicyArns: ["arn:aws:iam::aws:policy/PowerUserAccess"],
      ...changes,
    };
    const app = new App({ outdir });
    new WorkspaceStack(app, name, { environment: prod, backend: { ...prod.backend, managed } });
    app.synth();
    const directory = join(outdir, "stacks", name);
    const isOfAws = (type: string) => type.startsWith("aws");
    edit(directory, ({ terraform: settings, provider, resource, data, ...rest }) => ({
      ...rest,
      terraform: { ...settings, required_providers: only(settings.required_providers, isOfAws) },
      provider: only(provider, isOfAws),
      resource: only(resource, isOfAws),
      data: only(data, isOfAws),
    }));
    return directory;
  }

  it("is applied in what is of AWS, for two environments of one account, and needs no change", async () => {
    const moto = await startAccount(prod.accountId);
    const first = synthesizeWithoutEnterprise("workspace-first", {});
    const second = synthesizeWithoutEnterprise("workspace-second", { identityProvider: "existing" });

    for (const directory of [first, second]) {
      expect(await validate(directory)).toMatchObject({ valid: true, error_count: 0 });
      await init(directory);
      await terraform(directory, ["apply", "-input=false", "-auto-approve"], moto.environment);
      await terraform(directory, ["plan", "-input=false", "-detailed-exitcode"], moto.environment);
    }
  });
});
