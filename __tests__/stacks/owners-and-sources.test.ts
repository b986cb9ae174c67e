import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { describe, expect, it } from "vitest";
import { DeliveryStack } from "../../stacks/delivery/delivery-stack.ts";
import { loadEnvironment } from "../support/environments.ts";
import { stacks } from "../support/fixture-stacks.ts";
import { type Block, statements, type TerraformJson } from "../support/synthesize.ts";

function delivery(): TerraformJson {
  const environment = loadEnvironment("test");
  if (environment.delivery.kind !== "codebuild") throw new Error("nothing builds there");
  const outdir = mkdtempSync(join(tmpdir(), "delivery-"));
  try {
    const app = new App({ outdir });
    new DeliveryStack(app, "delivery", { environment, delivery: environment.delivery });
    app.synth();
    return JSON.parse(readFileSync(join(outdir, "stacks", "delivery", "cdk.tf.json"), "utf8"));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const all: Record<string, TerraformJson> = {
  dev: stacks.dev.json,
  test: stacks.test.json,
  prod: stacks.prod.json,
  delivery: delivery(),
};

const blocksOf = ({ resource }: TerraformJson, type: string) => Object.entries(resource[type] ?? {});
const required = ({ output }: TerraformJson) =>
  Object.entries<string>(output["required_policies"]?.["value"] ?? {});
const aboutBuckets = ({ Action }: Block) => [Action].flat().some((action) => action.startsWith("s3:"));

/** What roles may do in S3, by the role: attached here, and to be attached by whoever owns the role. */
function ofRoles(json: TerraformJson): [string, Block][] {
  return [
    ...blocksOf(json, "aws_iam_role_policy").map(([name, { policy }]) => [name, policy] as const),
    ...required(json).filter(([name]) => name.endsWith("-role")),
  ].flatMap(([name, policy]) =>
    statements(policy)
      .filter(aboutBuckets)
      .map((statement): [string, Block] => [`${name} ${statement["Sid"]}`, statement]),
  );
}

describe("every right of a role in S3", () => {
  it.each(Object.keys(all))("is one to buckets of its own account, in %s", (name) => {
    const rights = ofRoles(all[name] as TerraformJson);

    expect(rights.length).toBeGreaterThan(4);
    for (const [where, { Condition }] of rights) {
      expect(Condition?.StringEquals, where).toEqual({ "aws:ResourceAccount": "${var.account_id}" });
    }
  });

  it("keeps its other conditions", () => {
    const listings = ofRoles(stacks.dev.json).filter(([where]) => where.endsWith("SeeWaitingPayloads"));

    expect(listings.length).toBeGreaterThan(1);
    for (const [, { Condition }] of listings) {
      expect(Condition.StringLike).toEqual({ "s3:prefix": "incoming/*" });
    }
  });

  it.each(Object.keys(all))("is said without it where a bucket's own policy grants it, in %s", (name) => {
    const json = all[name] as TerraformJson;
    const ofBuckets = [
      ...blocksOf(json, "aws_s3_bucket_policy").map(([, { policy }]) => policy),
      ...required(json)
        .filter(([each]) => each.endsWith("-bucket"))
        .map(([, policy]) => policy),
    ];

    expect(ofBuckets.length).toBeGreaterThan(0);
    expect(ofBuckets.filter((policy) => policy.includes("aws:ResourceAccount"))).toEqual([]);
  });
});

describe("every role that a service takes", () => {
  /** As docs/decisions/022-network-and-owners.md says it, with the page of AWS for each. */
  const sources: Record<string, RegExp | undefined> = {
    "lambda.amazonaws.com": undefined,
    "apigateway.amazonaws.com": undefined,
    "codebuild.amazonaws.com": /:codebuild:[^:]+:\$\{var\.account_id\}:project\/\$\{var\.name_prefix\}-\w+$/,
    "events.amazonaws.com": /:events:[^:]+:\$\{var\.account_id\}:rule\/\$\{var\.name_prefix\}-\w+$/,
  };
  const trusts = Object.entries(all).flatMap(([name, json]) =>
    blocksOf(json, "aws_iam_role").flatMap(([role, { assume_role_policy }]) =>
      statements(assume_role_policy).map((statement) => [`${name}: ${role}`, statement] as const),
    ),
  );

  it("is one of a service that is known here", () => {
    const services = trusts.map(([, { Principal }]) => Principal.Service);

    expect([...new Set(services)].sort()).toEqual(Object.keys(sources).sort());
  });

  it.each(trusts)(
    "is taken for one source alone where the service says it, and for no other condition: %s",
    (_, statement) => {
      const source = sources[statement["Principal"].Service];

      expect(statement["Action"]).toBe("sts:AssumeRole");
      if (source === undefined) expect(statement).not.toHaveProperty("Condition");
      else
        expect(statement["Condition"]).toEqual({
          ArnEquals: { "aws:SourceArn": expect.stringMatching(source) },
        });
    },
  );
});

describe("every permission of a function", () => {
  it.each(["dev", "test", "prod"])("is for one source of the stack, in %s", (name) => {
    const permissions = blocksOf(all[name] as TerraformJson, "aws_lambda_permission");

    expect(permissions.length).toBeGreaterThan(1);
    for (const [where, { source_arn }] of permissions) {
      expect(source_arn, where).toMatch(
        /^\$\{aws_(api_gateway_rest_api\.\w+\.execution_arn\}\/.+|cloudwatch_event_rule\.\w+\.arn\}|sns_topic\.\w+\.arn\})$/,
      );
    }
  });
});

describe("every grant to a service by the policy of a resource", () => {
  const types = ["aws_sqs_queue_policy", "aws_sns_topic_policy", "aws_kms_key"];
  const grants = Object.entries(all)
    .flatMap(([name, json]) => [
      ...types.flatMap((type) =>
        blocksOf(json, type).map(([block, { policy }]) => [`${name}: ${type}.${block}`, policy] as const),
      ),
      ...required(json).map(
        ([dependency, policy]) => [`${name}: required of ${dependency}`, policy] as const,
      ),
    ])
    .flatMap(([where, policy]) =>
      statements(policy)
        .filter(({ Effect, Principal }) => Effect === "Allow" && Principal?.Service !== undefined)
        .map((statement) => [`${where} ${statement["Sid"]}`, statement] as const),
    );

  it.each(grants)("is for one account: %s", (_, { Principal, Condition }) => {
    if (String(Principal.Service).startsWith("logs.")) {
      expect(Condition.ArnLike["kms:EncryptionContext:aws:logs:arn"]).toContain(
        ":${var.account_id}:log-group:",
      );
    } else {
      expect(Condition.StringEquals).toEqual({ "aws:SourceAccount": "${var.account_id}" });
    }
  });
});
