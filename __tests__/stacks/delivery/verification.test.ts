import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseEnvironment } from "../../../env/load-environment.ts";
import { DeliveryStack } from "../../../stacks/delivery/delivery-stack.ts";
import { loadEnvironment } from "../../support/environments.ts";
import { expectRecordedAddresses } from "../../support/state-addresses.ts";
import type { Block, TerraformJson } from "../../support/synthesize.ts";
import { verification, verifiedDelivery } from "../../support/verified-delivery.ts";

const outdir = mkdtempSync(join(tmpdir(), "verification-"));
afterAll(() => rmSync(outdir, { recursive: true }));

function synthesize(name: string, environment = verifiedDelivery()): TerraformJson {
  const app = new App({ outdir: join(outdir, name) });
  new DeliveryStack(app, "delivery-test", { environment, delivery: environment.delivery });
  app.synth();
  return JSON.parse(readFileSync(join(outdir, name, "stacks", "delivery-test", "cdk.tf.json"), "utf8"));
}

const json = synthesize("verified");
const resource = (type: string, name: string, of = json): Block =>
  of.resource[type]?.[name] ?? expect.fail(`${type}.${name}`);
const variablesOf = (project: string): Block[] =>
  resource("aws_codebuild_project", project).environment.environment_variable;
const statements = (name: string): Block[] =>
  JSON.parse(resource("aws_iam_role_policy", name).policy).Statement;

describe("the build that verifies", () => {
  it("has the recorded state addresses, beside those of a stack without it", async () => {
    await expectRecordedAddresses(json, "delivery-verified");
  });

  it("runs in the VPC, is started by a release alone, and ends before the release stops waiting", () => {
    expect(resource("aws_codebuild_project", "verify_project")).toMatchObject({
      name: "${var.name_prefix}-verify",
      build_timeout: 15,
      queued_timeout: 10,
      source: { buildspec: "buildspec.verify.yml", report_build_status: false },
      vpc_config: {
        vpc_id: "${var.verification_vpc_id}",
        subnets: "${var.verification_subnet_ids}",
        security_group_ids: "${var.verification_security_group_ids}",
      },
    });
    expect(Object.keys(json.resource["aws_codebuild_webhook"] ?? {})).not.toContain("verify_webhook");
    expect(resource("aws_codebuild_project", "release_project").build_timeout).toBe(
      "${((length(var.releases) * 90) + 30)}",
    );
  });

  it("holds nothing of Terraform Enterprise, and no credentials before a release names whose", () => {
    expect(variablesOf("verify_project").map(({ name }) => name)).toEqual([
      "BUILDS_BUCKET",
      "BUILDS_BUCKET_OWNER",
    ]);
    const policy: string = resource("aws_iam_role_policy", "verify_role_policy").policy;
    expect(policy).toContain("data.aws_secretsmanager_secret.verification_secret.arn");
    expect(policy).not.toMatch(/release_token|plan_token|codebuild:/);
  });

  it("is named to the release, with the secret that it may read", () => {
    expect(variablesOf("release_project").slice(-3)).toEqual([
      { name: "VERIFY_PROJECT", value: "${var.name_prefix}-verify", type: "PLAINTEXT" },
      {
        name: "VERIFY_SECRET",
        value: "${data.aws_secretsmanager_secret.verification_secret.arn}",
        type: "PLAINTEXT",
      },
      expect.objectContaining({ name: "TFE_TOKEN" }),
    ]);
  });

  it("lets the release start it and no other, hand it outputs in, and read what it found", () => {
    const of = (sid: string) => statements("release_role_policy").find(({ Sid }) => Sid === sid);
    const builds =
      "arn:${data.aws_partition.account_partition.partition}:s3:::${var.name_prefix}-builds-${var.account_id}";

    expect(of("Verify")).toMatchObject({
      Action: ["codebuild:StartBuild", "codebuild:BatchGetBuilds"],
      Resource: expect.stringMatching(/:codebuild:.*:project\/\$\{var\.name_prefix\}-verify$/),
    });
    expect(of("ReadBuilds")?.["Resource"]).toEqual([
      `${builds}/releases/*`,
      `${builds}/verifications/results/*`,
    ]);
    expect(of("WriteBuilds")?.["Resource"]).toEqual([
      `${builds}/releases/*`,
      `${builds}/verifications/outputs/*`,
    ]);
    expect(JSON.stringify(statements("release_role_policy"))).not.toContain("verification_secret");
  });

  it("tells the owner of an existing role what to attach", () => {
    const existing = synthesize(
      "existing",
      verifiedDelivery({ role: { kind: "existing", name: "verifies" } }),
    );

    const required = existing.output["required_policies"]?.["value"];
    expect(Object.keys(required)).toEqual(["verify-role"]);
    expect(required["verify-role"]).toMatch(
      /ec2:CreateNetworkInterfacePermission.*codebuild\.amazonaws\.com/,
    );
    expect(required["verify-role"]).not.toMatch(/\baws_(kms|s3|iam)/);
  });

  it("is not there where nothing is verified", () => {
    const without = loadEnvironment("test");
    if (without.delivery.kind !== "codebuild") throw new Error("nothing builds there");
    const text = JSON.stringify(synthesize("without", { ...without, delivery: without.delivery }));

    expect(text).not.toMatch(/verif/i);
  });

  it.each<[string, unknown, string]>([
    ["vpcId", "vpc-1", "delivery.verification.vpcId: must look like vpc-0123456789abcdef0"],
    ["subnetIds", [], "delivery.verification.subnetIds: needs at least one subnet"],
    ["subnetIds", ["vpc-0a1b2c3d"], "delivery.verification.subnetIds[0]: must look like subnet-"],
    ["securityGroupIds", [], "delivery.verification.securityGroupIds: needs at least one security group"],
    [
      "securityGroupIds",
      ["sg-0a1b2c3d", "sg-0a1b2c3d"],
      "delivery.verification.securityGroupIds: must not contain a security group twice",
    ],
    ["environments", [], "delivery.verification.environments: needs at least one environment"],
    ["secretName", "arn:aws:x", "delivery.verification.secretName: must be the name of a secret"],
    ["colour", "red", "delivery.verification.colour: is not a known setting"],
  ])("refuses %s %j", (field, value, message) => {
    expect(() => verifiedDelivery({ [field]: value })).toThrow(message);
  });

  it("never calls the APIs with what releases", () => {
    const { tokenSecretNames } = verifiedDelivery().delivery;

    for (const secretName of Object.values(tokenSecretNames)) {
      expect(() => verifiedDelivery({ secretName })).toThrow(
        /secretName: must differ from delivery\.tokenSecretNames\.\w+: the build that calls the APIs must not be able to release/,
      );
    }
  });

  it("needs another role than the other builds", () => {
    const environment = verifiedDelivery();
    const { release } = environment.delivery.roles;
    const delivery = { ...environment.delivery, verification: { ...verification, role: release } };

    expect(() => parseEnvironment("test", { ...environment, delivery })).toThrow(
      "delivery.verification.role.name: must differ from delivery.roles.release.name",
    );
  });
});

describe("buildspec.verify.yml", () => {
  const { env, cache, phases } = parse(readFileSync("buildspec.verify.yml", "utf8"));
  const commands: string[] = Object.values<Block>(phases).flatMap((phase) => phase["commands"]);

  it("lets no package run anything, and shows none of them the caller's credentials", () => {
    const without = "env -u VERIFY_TOKEN -u VERIFY_CERTIFICATE -u VERIFY_KEY";

    expect(commands[0]).toBe(`${without} npm ci --ignore-scripts`);
    expect(commands.filter((command) => command.includes("tools/release.ts"))).toEqual([
      expect.stringMatching(`^${without} node cli/run\\.mjs tools/release\\.ts verification-outputs$`),
      expect.stringMatching(`^${without} node cli/run\\.mjs tools/release\\.ts verification-result `),
    ]);
  });

  it("verifies without the rights of its role, which are not those of the stack's operators", () => {
    const [verify = ""] = commands.filter((command) => command.includes("tools/verify.ts"));

    expect(verify).toContain("-u AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    expect(verify).toContain("AWS_EC2_METADATA_DISABLED=true");
  });

  it("begins no further phase after one that failed, and keeps packages where it put them", () => {
    for (const phase of Object.values<Block>(phases)) expect(phase["on-failure"]).toBe("ABORT");
    expect(cache.paths).toEqual([`${env.variables.npm_config_cache}/**/*`]);
  });
});
