import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LARGE_API, SMALL_API } from "../../domain/names.ts";
import { synthesizedStack } from "../support/environments.ts";

type Resources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/** With everything managed, and with everything that exists already but alerts. */
const stacks = ["dev", "uat"].map(
  (name): Resources => JSON.parse(readFileSync(join(synthesizedStack(name), "cdk.tf.json"), "utf8")).resource,
);

const page = readFileSync("docs/architecture.md", "utf8");
const pictures = [...page.matchAll(/```mermaid\n(.*?)```/gs)].map(([, picture = ""]) => picture);
/** Of the service and of its alarms. */
const labels = new Set(
  pictures
    .slice(0, 2)
    .flatMap((picture) => [...picture.matchAll(/\["?"([^"]+)"|\[\("([^"]+)"/g)])
    .map(([, box, store]) => (box ?? store ?? "").replaceAll("<br>", " ")),
);

/** How the pictures call what has a name of its own. */
const kinds: Readonly<Record<string, (name: string, id: string) => string>> = {
  aws_api_gateway_rest_api: (name) =>
    ({ [SMALL_API]: "Synchronous API", [LARGE_API]: "Large API" })[name] ?? `API ${name}`,
  aws_cloudwatch_composite_alarm: (name) => `Composite alarm ${name}`,
  aws_cloudwatch_event_rule: (name) => `Schedule ${name}`,
  aws_dynamodb_table: () => "Table",
  aws_lambda_function: (name) => `Function ${name}`,
  aws_s3_bucket: (_, id) => `Bucket ${id.replace("_bucket", "")}`,
  aws_sns_topic: (name) => `Topic ${name}`,
  aws_sqs_queue: (name) => `Queue ${name}`,
  aws_vpc_endpoint: () => "VPC endpoint execute-api",
};

/** Belong to one of these, or are drawn as a whole. */
const details = [
  /^aws_api_gateway_(deployment|method_settings|stage)$/,
  /^aws_cloudwatch_(dashboard|event_target|log_group|log_metric_filter|metric_alarm|query_definition)$/,
  /^aws_iam_role(_policy)?$/,
  /^aws_kms_/,
  /^aws_lambda_(event_source_mapping|permission)$/,
  /^aws_s3_bucket_/,
  /^aws_sns_topic_/,
  /^aws_sqs_queue_/,
  /^aws_(vpc|subnet|security_group|default_security_group|vpc_endpoint_policy)$/,
];

const parts = stacks.flatMap((resources) =>
  Object.entries(resources).flatMap(([type, byId]) =>
    Object.entries(byId).flatMap(([id, resource]) => {
      const name = resource["name"] ?? resource["function_name"] ?? resource["alarm_name"] ?? id;
      const label = kinds[type]?.(String(name).replace("${var.name_prefix}-", ""), id);
      return label === undefined ? [] : [label];
    }),
  ),
);

describe("the pictures in docs/architecture.md", () => {
  it("name every API, function, queue, bucket, table, topic and schedule of a stack", () => {
    expect(new Set(parts).size).toBeGreaterThan(15);
    expect([...new Set(parts)].filter((part) => !labels.has(part))).toEqual([]);
  });

  it("name none that no stack has", () => {
    const kindsOfLabels = /^(Function|Queue|Bucket|Topic|Schedule|Composite alarm|\w+ API$)/;

    expect([...labels].filter((label) => kindsOfLabels.test(label) && !parts.includes(label))).toEqual([]);
  });

  it("leave out no type of resource but details", () => {
    const types = new Set(stacks.flatMap((resources) => Object.keys(resources)));

    expect([...types].filter((type) => !(type in kinds) && !details.some((each) => each.test(type)))).toEqual(
      [],
    );
  });
});
