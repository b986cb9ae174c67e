import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { environmentNames, synthesizedFolder } from "../support/environments.ts";
import { findPluginDirectory, terraform } from "../support/terraform.ts";

let outdir: string;
const stackDirectory = (name: string) => join(outdir, "stacks", `proposals-${name}`);

beforeAll(() => {
  outdir = mkdtempSync(join(tmpdir(), "terraform-"));
  // Terraform writes beside the configuration.
  cpSync(synthesizedFolder(), outdir, { recursive: true });
});

afterAll(() => rmSync(outdir, { recursive: true, force: true }));

describe("terraform validate", () => {
  it.each(environmentNames)("accepts %s with the AWS provider's last version 5", async (name) => {
    const directory = stackDirectory(name);

    await terraform(directory, [
      "init",
      "-backend=false",
      "-input=false",
      `-plugin-dir=${findPluginDirectory()}`,
    ]);
    const result = JSON.parse(await terraform(directory, ["validate", "-json"]));

    expect(result).toMatchObject({ valid: true, error_count: 0 });
    expect(readFileSync(join(directory, ".terraform.lock.hcl"), "utf8")).toContain('version     = "5.100.0"');
  });
});

/** The variables of a stack alone: Terraform checks their values without any provider or account. */
function variablesOnly(name: string): string {
  const directory = join(outdir, "variables", name);
  mkdirSync(directory, { recursive: true });
  const { variable } = JSON.parse(readFileSync(join(stackDirectory(name), "cdk.tf.json"), "utf8"));
  // On lines of their own: Terraform quotes the line of a failing variable, which must not hold its message.
  writeFileSync(join(directory, "variables.tf.json"), JSON.stringify({ variable }, null, 2));
  const values = `proposals-${name}.auto.tfvars.json`;
  writeFileSync(join(directory, values), readFileSync(join(stackDirectory(name), values)));
  return directory;
}

const plan = async (directory: string, ...args: string[]) => {
  await terraform(directory, ["init", "-input=false"]);
  return terraform(directory, ["plan", "-input=false", "-no-color", ...args]);
};

describe("terraform variables", () => {
  it.each(environmentNames)("take the values of %s", async (name) => {
    expect(await plan(variablesOnly(name))).toContain("No changes");
  });

  it.each([
    ["dev", 'tags={"Größe/Wert_1.2:a=b+c-d@e"="Zürich 東京","Empty"=""}'],
    ["prod", "intake_bucket_name=intake-111111111111-eu-central-1-an"],
    ["dev", "documents_bucket_name=1.2.3.example"],
    ["dev", "region=cn-north-1"],
    ["dev", 'allowed_cidr_blocks=["10.0.0.0/8"]'],
  ])("take for %s %s", async (name, assignment) => {
    expect(await plan(variablesOnly(name), "-var", assignment)).toContain("No changes");
  });

  it.each([
    ["dev", "account_id=12", "account_id must be a 12-digit AWS account id."],
    [
      "dev",
      "gateway_writer_role_name=arn:aws:iam::1:role/x",
      "gateway_writer_role_name must be the name of an IAM role, of 1 to 64 characters, not an ARN.",
    ],
    ["dev", "max_receive_count=4", "max_receive_count must be a whole number from 5 to 1000."],
    ["dev", "batch_window_seconds=0.5", "batch_window_seconds must be a whole number from 0 to 300."],
    ["dev", "batch_size=11", "batch_window_seconds must be at least 1 when batch_size is above 10."],
    ["dev", "batch_size=10", "queue_function_memory_mb must be at least"],
    ["dev", "intake_object_days=18", "intake_object_days must be more than queue_retention_days"],
    [
      "dev",
      "submission_retention_days=18",
      "submission_retention_days must be more than queue_retention_days",
    ],
    [
      "dev",
      "dead_letter_retention_days=4",
      "dead_letter_retention_days must be more than queue_retention_days.",
    ],
    ["dev", "log_retention_days=15", "log_retention_days must be a retention that CloudWatch Logs offers."],
    ["dev", 'allowed_cidr_blocks=["10.0.0.0/24","all"]', "allowed_cidr_blocks must be IPv4 CIDR blocks"],
    ["dev", "max_payload_bytes=5000000", "large_payload_threshold_bytes must be below max_payload_bytes."],
    [
      "dev",
      "payload_escaping_factor=1.3",
      "large_payload_threshold_bytes must be at most 6160384 divided by payload_escaping_factor.",
    ],
    ["dev", "payload_escaping_factor=0.5", "payload_escaping_factor must be from 1 to 6."],
    ["dev", 'allowed_cidr_blocks=["10.0.0.5/24"]', "allowed_cidr_blocks must be IPv4 CIDR blocks"],
    ["dev", "vpc_cidr_block=999.1.1.1/24", "vpc_cidr_block must be an IPv4 CIDR block such as 10.0.0.0/24."],
    ["dev", "vpc_cidr_block=10.0.0.0/28", "vpc_cidr_block must be an IPv4 CIDR block from /16 to /26."],
    ["dev", "name_prefix=ab", "name_prefix must be 3 to 31 lower-case letters"],
    ["dev", "name_prefix=sg-x", 'name_prefix must not begin with "sg-".'],
    ["dev", 'tags={"aws:x"="1"}', 'tags must not have keys that begin with "aws:".'],
    [
      "dev",
      "intake_bucket_name=x",
      "intake_bucket_name must be an S3 bucket name: 3 to 63 lower-case letters, digits, dots and hyphens.",
    ],
    ...[
      "a..b",
      "192.168.5.4",
      "xn--bucket",
      "sthree-bucket",
      "amzn-s3-demo-bucket",
      "bucket-s3alias",
      "bucket--ol-s3",
      "bucket--euc1-az1--x-s3",
      "bucket.mrap",
      "bucket--table-s3",
    ].map((name) => [
      "prod",
      `documents_bucket_name=${name}`,
      "documents_bucket_name must not be an IP address or a name that S3 reserves, such as xn--… or …-s3alias.",
    ]),
    ["dev", "intake_bucket_name=intake-111111111111-eu-central-1-an", 'must not end with "-an"'],
    ["dev", "region=eu-centrl-1", "region must be a region of AWS such as eu-central-1."],
    ["dev", 'tags={"AWS:x"="1"}', 'tags must not have keys that begin with "aws:".'],
    ["dev", 'tags={"a;b"="1"}', "tags must have keys of 1 to 128 and values of at most 256 letters,"],
    ["dev", 'tags={"a"="b,c"}', "tags must have keys of 1 to 128 and values of at most 256 letters,"],
    ["dev", 'allowed_cidr_blocks=["0.0.0.0/0"]', "allowed_cidr_blocks must not be larger than /8"],
    [
      "uat",
      "service_now_host=a..example.com",
      "service_now_host must be a host name such as example.service-now.com.",
    ],
    ["uat", "notifier_role_name=a b", "notifier_role_name must be the name of an IAM role"],
    [
      "uat",
      "pager_duty_secret_name=a b",
      "pager_duty_secret_name must be the name of a secret in Secrets Manager, not an ARN.",
    ],
    [
      "dev",
      "documents_bucket_name=proposals-dev-intake-111111111111",
      "documents_bucket_name must not be the intake bucket.",
    ],
    [
      "dev",
      "queue_function_role_name=proposals-dev-api-function",
      "queue_function_role_name must not be the name of another role of the stack.",
    ],
    ["dev", "api_function_memory_mb=128", "api_function_memory_mb must be at least 128 MB and 6 times"],
    ["dev", "intake_object_days=31", "submission_retention_days must not be below intake_object_days."],
    ["test", 'subnet_ids=["subnet-0a1b2c3d","subnet-0a1b2c3d"]', "subnet_ids must not name a subnet twice."],
    [
      "prod",
      "key_arn=arn:aws:kms:us-east-1:444444444444:key/1a",
      "key_arn must be a key of the stack's region.",
    ],
    ["prod", "key_arn=arn:aws:kms:eu-central-1:444444444444:key/", "key_arn must be the ARN of a KMS key."],
    ["test", "subnet_ids=[]", "subnet_ids must look like subnet-0123456789abcdef0."],
    ["test", "maximum_pollers=1", "maximum_pollers must be a whole number from 2 to 2000."],
    ["test", "minimum_pollers=11", "maximum_pollers must not be below minimum_pollers."],
    ["prod", "vpc_endpoint_id=vpc-0a1b2c3d", "vpc_endpoint_id must look like vpce-0123456789abcdef0."],
    ["prod", "tags=null", "Required variable not set"],
  ])("refuse for %s %s", async (name, assignment, message) => {
    const refused = plan(variablesOnly(name), "-var", assignment);

    await expect(
      refused.catch((error: Error) => error.message.replaceAll(/[\s│]+/g, " ")),
    ).resolves.toContain(message);
  });
});

describe(findPluginDirectory, () => {
  it("says what to set when the mirror does not hold the provider", () => {
    expect(() => findPluginDirectory({ TF_PLUGIN_DIR: outdir })).toThrow(
      /No mirror of the AWS provider in TF_PLUGIN_DIR .*terraform providers mirror/,
    );
  });
});

describe(terraform, () => {
  it("says what to install when Terraform is missing", async () => {
    const path = process.env["PATH"];
    process.env["PATH"] = outdir;
    try {
      await expect(terraform(outdir, ["version"])).rejects.toThrow(
        "Terraform is not installed: install version 1.10",
      );
    } finally {
      process.env["PATH"] = path;
    }
  });
});
