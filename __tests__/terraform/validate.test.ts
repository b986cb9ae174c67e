import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readStack } from "../../cli/plan-tests/read-stack.ts";
import { ingestionStackName } from "../../domain/names.ts";
import { environmentNames, loadEnvironment, synthesizedFolder } from "../support/environments.ts";
import { findPluginDirectory, terraform } from "../support/terraform.ts";
import { type Assigned, brokenRules } from "../support/terraform-conditions.ts";

let outdir: string;
const stackDirectory = (name: string) => join(outdir, "stacks", ingestionStackName(name));

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
  const values = `${ingestionStackName(name)}.auto.tfvars.json`;
  writeFileSync(join(directory, values), readFileSync(join(stackDirectory(name), values)));
  return directory;
}

/** The longest that there are. */
const blocks = (count: number) =>
  Array.from({ length: count }, (_, index) => `203.100.100.${100 + index}/32`);

const accepted: readonly (readonly [environment: string, assignment: string])[] = [
  ["dev", 'tags={"Größe/Wert_1.2:a=b+c-d@e"="Zürich 東京","Empty"=""}'],
  ["prod", "intake_bucket_name=intake-111111111111-eu-central-1-an"],
  ["dev", "documents_bucket_name=1.2.3.example"],
  ["dev", "region=cn-north-1"],
  ["dev", 'proxy_addresses=["10.0.0.0/8"]'],
  ["prod", `proxy_addresses=${JSON.stringify(blocks(100))}`],
];

const refused: readonly (readonly string[])[] = [
  ["dev", "account_id=12", "account_id must be the 12-digit AWS account id, as a string."],
  [
    "dev",
    "gateway_writer_role_name=arn:aws:iam::1:role/x",
    "gateway_writer_role_name must be an IAM role name of 1 to 64 characters, not an ARN.",
  ],
  ["dev", "max_receive_count=4", "max_receive_count must be a whole number from 5 to 1000."],
  ["dev", "batch_window_seconds=0.5", "batch_window_seconds must be a whole number from 0 to 300."],
  [
    "dev",
    "batch_size=11",
    "batch_window_seconds must be at least 1, or batch_size must be at most 10: Lambda requires it.",
  ],
  ["dev", "batch_size=10", "queue_function_memory_mb must be at least"],
  [
    "dev",
    "intake_object_days=18",
    "intake_object_days must be above queue_retention_days + dead_letter_retention_days: a payload must not expire while its message is in a queue.",
  ],
  [
    "dev",
    "submission_retention_days=18",
    "submission_retention_days must be at least intake_object_days + 2: a deletion must be remembered",
  ],
  [
    "dev",
    "dead_letter_retention_days=4",
    "dead_letter_retention_days must be above queue_retention_days: a message keeps its original enqueue time in the dead-letter queue.",
  ],
  [
    "dev",
    "log_retention_days=15",
    "log_retention_days must be a number of days that CloudWatch Logs offers: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653.",
  ],
  [
    "dev",
    'proxy_addresses=["10.0.0.0/24","all"]',
    "proxy_addresses must be an IPv4 CIDR block such as 10.0.0.0/24 (each).",
  ],
  [
    "dev",
    "max_payload_bytes=5000000",
    "large_payload_threshold_bytes must be below max_payload_bytes: larger payloads go to the large API.",
  ],
  [
    "dev",
    "payload_escaping_factor=1.3",
    "large_payload_threshold_bytes must be at most 6160384 / payload_escaping_factor: the escaped payload must fit into Lambda's event.",
  ],
  [
    "dev",
    "payload_escaping_factor=0.5",
    "payload_escaping_factor must be at least 1: escaping never shortens a payload.",
  ],
  [
    "dev",
    'proxy_addresses=["10.0.0.5/24"]',
    "proxy_addresses must be the first address of its network: all bits after the prefix length must be 0 (each).",
  ],
  ["dev", "vpc_cidr_block=999.1.1.1/24", "vpc_cidr_block must be an IPv4 CIDR block such as 10.0.0.0/24."],
  [
    "dev",
    "vpc_cidr_block=10.0.0.0/28",
    "vpc_cidr_block must be from /16 to /26, because the stack divides it into subnets.",
  ],
  ["dev", "name_prefix=ab", "name_prefix must be 3 to 31 lower-case letters"],
  [
    "dev",
    "name_prefix=sg-x",
    'name_prefix must be 3 to 31 lower-case letters, digits and hyphens, and must not begin with "sg-", "xn--", "sthree-" or "amzn-s3-demo-", which AWS reserves.',
  ],
  ["dev", 'tags={"aws:x"="1"}', 'tags must not begin with "aws:", which AWS reserves (each key).'],
  [
    "dev",
    "intake_bucket_name=x",
    "intake_bucket_name must be an S3 bucket name: 3 to 63 lower-case letters, digits, dots and hyphens, with a letter or digit at both ends.",
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
    'documents_bucket_name must not be an IP address, contain "..", begin with "xn--", "sthree-" or "amzn-s3-demo-", or end with "-s3alias", "--ol-s3", "--x-s3", "--table-s3" or ".mrap": S3 reserves or forbids such names.',
  ]),
  ["dev", "intake_bucket_name=intake-111111111111-eu-central-1-an", 'must not end with "-an"'],
  ["dev", "region=eu-centrl-1", "region must be a region of AWS, such as eu-central-1."],
  ["dev", 'tags={"AWS:x"="1"}', 'tags must not begin with "aws:", which AWS reserves (each key).'],
  [
    "dev",
    'tags={"a;b"="1"}',
    "tags must be a tag's key: 1 to 128 letters, digits, spaces and _ . : / = + - @ (each key).",
  ],
  [
    "dev",
    'tags={"a"="b,c"}',
    "tags must be a tag's value: at most 256 letters, digits, spaces and _ . : / = + - @ (each value).",
  ],
  ["dev", 'proxy_addresses=["0.0.0.0/0"]', "proxy_addresses must not be larger than /8"],
  ["prod", "proxy_addresses=[]", "proxy_addresses needs the CIDR blocks from which the proxy calls"],
  [
    "prod",
    'proxy_addresses=["10.0.0.0/28","10.0.0.0/28"]',
    "proxy_addresses must not contain a block twice.",
  ],
  [
    "prod",
    `proxy_addresses=${JSON.stringify(blocks(101))}`,
    "proxy_addresses must be at most 100 CIDR blocks.",
  ],
  [
    "uat",
    "service_now_host=a..example.com",
    "service_now_host must be a host name such as example.service-now.com, in lower case and without https://.",
  ],
  [
    "uat",
    "notifier_role_name=a b",
    "notifier_role_name must be an IAM role name of 1 to 64 characters, not an ARN.",
  ],
  [
    "uat",
    "pager_duty_secret_name=a b",
    "pager_duty_secret_name must be the name of a secret in Secrets Manager, not an ARN.",
  ],
  [
    "dev",
    `documents_bucket_name=${loadEnvironment("dev").buckets.intake.name}`,
    "documents_bucket_name must differ from intake_bucket_name: objects in the intake bucket are deleted after processing.",
  ],
  [
    "dev",
    `queue_function_role_name=${loadEnvironment("dev").roles.apiFunction.name}`,
    "queue_function_role_name must differ from gateway_writer_role_name, document_reader_role_name, api_function_role_name: each role has only the permissions of its own task.",
  ],
  [
    "dev",
    "api_function_memory_mb=128",
    "api_function_memory_mb must be at least 128 + ceil(large_payload_threshold_bytes * 6 / 1048576): the function needs memory for the runtime, and several times the payload's size while it reads and stores the payload.",
  ],
  [
    "dev",
    "intake_object_days=31",
    "submission_retention_days must be at least intake_object_days + 2: a deletion must be remembered as long as an older payload may wait, and S3 removes expired payloads up to two days late.",
  ],
  ["test", 'subnet_ids=["subnet-0a1b2c3d","subnet-0a1b2c3d"]', "subnet_ids must not contain a subnet twice."],
  [
    "prod",
    "key_arn=arn:aws:kms:us-east-1:444444444444:key/1a",
    "key_arn must be a key of region: a KMS key can be used only in its own region.",
  ],
  [
    "prod",
    "key_arn=arn:aws:kms:eu-central-1:444444444444:key/",
    "key_arn must be the ARN of a KMS key (not of an alias).",
  ],
  ["test", "subnet_ids=[]", "subnet_ids needs at least one subnet."],
  ["test", "maximum_pollers=1", "maximum_pollers must be a whole number from 2 to 2000."],
  [
    "test",
    "minimum_pollers=11",
    "maximum_pollers must be at least minimum_pollers: the minimum of pollers is always ready.",
  ],
  ["prod", "vpc_endpoint_id=vpc-0a1b2c3d", "vpc_endpoint_id must look like vpce-0123456789abcdef0."],
];

/** A stack, and what `-var` would make of an assignment. */
function assign(environment: string, assignment: string): Assigned {
  const stack = readStack(stackDirectory(environment));
  const [, name = "", text = ""] = /^(\w+)=(.*)$/.exec(assignment) ?? [];
  const type = stack.variables.find((variable) => variable.name === name)?.type;
  const value = type === "string" ? text : JSON.parse(text.replaceAll('"="', '":"'));
  return { stack, values: { [name]: value } };
}

describe("the conditions of variables, as Terraform computes them", () => {
  let broken: string[][];
  beforeAll(async () => {
    const ofEnvironments = environmentNames.map((name) => {
      const stack = readStack(stackDirectory(name));
      return { stack, values: stack.values };
    });
    const assigned = [...accepted, ...refused].map(([name = "", assignment = ""]) =>
      assign(name, assignment),
    );
    broken = await brokenRules([...ofEnvironments, ...assigned]);
  });

  it.each(environmentNames.map((name, index) => [name, index] as const))(
    "take the values of %s",
    (_, index) => {
      expect(broken[index]).toEqual([]);
    },
  );

  it.each(accepted.map(([name, assignment], index) => ({ name, assignment, index })))(
    "take for $name $assignment",
    ({ index }) => {
      expect(broken[environmentNames.length + index]).toEqual([]);
    },
  );

  it.each(refused.map(([name, assignment, message], index) => ({ name, assignment, message, index })))(
    "refuse for $name $assignment",
    ({ message, index }) => {
      const found = broken[environmentNames.length + accepted.length + index];
      expect(found?.join("\n")).toContain(message);
    },
  );
});

describe("terraform plan", () => {
  it.each([
    ["max_receive_count=4", "max_receive_count must be a whole number from 5 to 1000."],
    [
      'proxy_addresses=["10.0.0.0/24","all"]',
      "proxy_addresses must be an IPv4 CIDR block such as 10.0.0.0/24 (each).",
    ],
    ["tags=null", "Required variable not set"],
  ])("refuses %s and says why", async (assignment, message) => {
    const directory = variablesOnly("dev");
    await terraform(directory, ["init", "-input=false"]);

    const plan = terraform(directory, ["plan", "-input=false", "-no-color", "-var", assignment]);

    await expect(plan.catch((error: Error) => error.message.replaceAll(/[\s│]+/g, " "))).resolves.toContain(
      message,
    );
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
