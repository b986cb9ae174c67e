import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { intakeKey } from "../../../contract/keys.ts";
import { resourceNames } from "../../../contract/resource-names.ts";
import { UserError } from "../../../contract/user-error.ts";
import { domain } from "../../../domain/domain.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../../domain/names.ts";
import { describeStack } from "../../../emulator/describe-stack.ts";
import { readState } from "../../../emulator/terraform/read-state.ts";
import { type ResolvedStack, resolveStack } from "../../../emulator/terraform/resolve-stack.ts";
import {
  environmentNames,
  loadEnvironment,
  synthesizedFolder,
  synthesizedStack,
  terraformName,
} from "../../support/environments.ts";

const { buckets, namePrefix, roles } = loadEnvironment("dev");
const names = resourceNames(namePrefix);
const [documents, intake] = [buckets.documents.name, buckets.intake.name];
const [small, large] = [terraformName(SMALL_API), terraformName(LARGE_API)];

let scratch: string | undefined;

afterEach(() => {
  if (scratch) rmSync(scratch, { recursive: true });
  scratch = undefined;
});

// biome-ignore lint/suspicious/noExplicitAny: JSON that the tests know the shape of
type Json = any;

/** A copy of dev's directory with one change of its configuration. */
function changedDev(change: (configuration: Json) => void): string {
  scratch = mkdtempSync(join(tmpdir(), "changed-stack-"));
  cpSync(synthesizedStack("dev"), scratch, { recursive: true });
  const file = join(scratch, "cdk.tf.json");
  const configuration = JSON.parse(readFileSync(file, "utf8"));
  change(configuration);
  writeFileSync(file, JSON.stringify(configuration));
  return scratch;
}

function valuesAt(stack: ResolvedStack, address: string): Json {
  return stack.resources.find((resource) => resource.address === address)?.values;
}

describe(resolveStack, () => {
  it.each(environmentNames)("resolves every reference of %s", async (environment) => {
    const stack = await resolveStack(synthesizedStack(environment));

    const unresolved = JSON.stringify([stack.resources, stack.outputs]).match(
      /(?<!\$)\$\{(?!stageVariables)[^}]*/g,
    );
    expect(unresolved).toBeNull();
    expect(stack.resources.length).toBeGreaterThan(30);
  });

  it("gives what AWS would assign, in AWS's forms, and the same each time", async () => {
    const stack = await resolveStack(synthesizedStack("dev"));

    expect(valuesAt(stack, "aws_sqs_queue.intake_queue_queue")).toMatchObject({
      arn: `arn:aws:sqs:eu-central-1:111111111111:${names.queue}`,
      url: `https://sqs.eu-central-1.amazonaws.com/111111111111/${names.queue}`,
      visibility_timeout_seconds: 360,
      message_retention_seconds: 345_600,
    });
    expect(JSON.parse(valuesAt(stack, "aws_sqs_queue.intake_queue_queue").redrive_policy)).toEqual({
      deadLetterTargetArn: `arn:aws:sqs:eu-central-1:111111111111:${names.deadLetterQueue}`,
      maxReceiveCount: 5,
    });
    expect(valuesAt(stack, "aws_vpc_endpoint.endpoint_endpoint").id).toMatch(/^vpce-[0-9a-f]{17}$/);
    expect(valuesAt(stack, "aws_subnet.endpoint_network_subnet_2")).toMatchObject({
      availability_zone: "eu-central-1b",
      cidr_block: "10.20.0.64/26",
    });
    expect(await resolveStack(synthesizedStack("dev"))).toEqual(stack);
  });

  it("takes a load balancer that is looked up for one of applications", async () => {
    const stack = await resolveStack(
      changedDev((configuration) => {
        configuration.data.aws_lb = { orders: { name: "orders" } };
        configuration.output.balancer = { value: "${data.aws_lb.orders.arn}" };
      }),
    );

    expect(stack.outputs["balancer"]).toMatch(
      /^arn:aws:elasticloadbalancing:eu-central-1:111111111111:loadbalancer\/app\/orders\/[0-9a-f]{16}$/,
    );
  });

  it("puts the values into the OpenAPI documents", async () => {
    const stack = await resolveStack(synthesizedStack("dev"));

    const { body, id } = valuesAt(stack, `aws_api_gateway_rest_api.apis_${large}_api`);
    const document = JSON.parse(body);
    expect(id).toMatch(/^[0-9a-z]{10}$/);
    expect(
      document.paths[`${SHARED_PATH}/{${domain.key}}`].post["x-amazon-apigateway-integration"],
    ).toMatchObject({
      credentials: `arn:aws:iam::111111111111:role/${roles.gatewayWriter.name}`,
      uri: `arn:aws:apigateway:eu-central-1:s3:path/${intake}/${intakeKey({ caller: "{caller}", item: `{${domain.key}}` }, "{submissionId}")}`,
      requestParameters: {
        "integration.request.header.x-amz-expected-bucket-owner": "'111111111111'",
      },
    });
    expect(valuesAt(stack, `aws_api_gateway_deployment.apis_${large}_deployment`).triggers.body).toMatch(
      /^[0-9a-f]{64}$/,
    );
  });

  it("takes values that go before those of the files", async () => {
    const stack = await resolveStack(synthesizedStack("dev"), { queue_function_timeout_seconds: 100 });

    expect(valuesAt(stack, "aws_sqs_queue.intake_queue_queue").visibility_timeout_seconds).toBe(600);
  });

  it.each<[string, (configuration: Json) => void, string]>([
    [
      "a resource that is not there",
      ({ resource }) => {
        resource.aws_s3_bucket_policy.intake_policy.bucket = "${aws_s3_bucket.none.id}";
      },
      "aws_s3_bucket_policy.intake_policy.bucket cannot be resolved: there is no aws_s3_bucket.none. Its value is ${aws_s3_bucket.none.id}",
    ],
    [
      "an attribute that nobody knows",
      ({ resource }) => {
        resource.aws_s3_bucket_policy.intake_policy.bucket = "${aws_s3_bucket.intake_bucket.hosted_zone_id}";
      },
      'aws_s3_bucket_policy.intake_policy.bucket cannot be resolved: aws_s3_bucket.intake_bucket does not set "hosted_zone_id"',
    ],
    [
      "a whole resource",
      ({ output }) => {
        output.table_name.value = "${aws_dynamodb_table.table_table}";
      },
      "output.table_name cannot be resolved: aws_dynamodb_table.table_table names no attribute",
    ],
    [
      "a function that is not known",
      ({ locals }) => {
        locals[`apis_${small}_policy`] = "${upper(var.region)}";
      },
      `local.apis_${small}_policy cannot be resolved: the function "upper" is not known here. Its value is \${upper(var.region)}`,
    ],
    [
      "what refers to itself",
      ({ locals }) => {
        locals[`apis_${small}_policy`] = `\${local.apis_${small}_body}`;
        locals[`apis_${small}_body`] = `\${local.apis_${small}_policy}`;
      },
      `The configuration has a circular reference: local.apis_${small}_body → local.apis_${small}_policy → local.apis_${small}_body.`,
    ],
    [
      "a deep value, by its whole address",
      ({ resource }) => {
        resource.aws_s3_bucket_notification.intake_queue_notification.queue[0].queue_arn = "${var.none}";
      },
      'aws_s3_bucket_notification.intake_queue_notification.queue[0].queue_arn cannot be resolved: there is no variable "none"',
    ],
    [
      "variables without a value",
      ({ variable }) => {
        Object.assign(variable, { one: {}, two: {}, three: { default: 3 } });
      },
      "var.one has no value\nvar.two has no value",
    ],
    [
      "values that no variable is for",
      ({ variable }) => {
        delete variable.region;
      },
      "var.region has a value, but the stack does not declare it",
    ],
  ])("names the address of %s", async (_, change, message) => {
    const resolving = resolveStack(changedDev(change));

    await expect(resolving).rejects.toThrow(UserError);
    await expect(resolving).rejects.toThrow(message);
  });

  it("says what writes the configuration where there is none", async () => {
    await expect(resolveStack(join(synthesizedFolder(), "none"))).rejects.toThrow(
      /cdk\.tf\.json cannot be read: .* Run "npm run synth" to write it\.$/,
    );
  });
});

describe(describeStack, () => {
  it("gives what of dev can run here", async () => {
    const description = describeStack(await resolveStack(synthesizedStack("dev")));

    expect(description).toMatchObject({
      accountId: "111111111111",
      region: "eu-central-1",
      partition: "aws",
      thresholdBytes: 5_000_000,
      buckets: [documents, intake],
      notifications: [{ bucket: intake, prefix: "incoming/", suffix: "" }],
      eventSourceMappings: [
        { batchSize: 1, batchWindowSeconds: 0, maximumConcurrency: 10, reportBatchItemFailures: true },
      ],
      schedules: [
        {
          functionArn: expect.stringMatching(new RegExp(`:${names.sweepFunction}$`)),
          everyMilliseconds: 3_600_000,
        },
      ],
      tables: [{ TableName: names.table, GlobalSecondaryIndexes: [{ IndexName: "byGroup" }] }],
      functions: [
        {
          functionName: names.apiFunction,
          handler: "api.handler",
          timeoutSeconds: 28,
          memoryMegabytes: 512,
          variables: { TABLE_NAME: names.table, MAX_PAYLOAD_BYTES: "10485760" },
        },
        { functionName: names.queueFunction, handler: "queue.handler", timeoutSeconds: 60 },
        { functionName: names.sweepFunction, handler: "sweep.handler", timeoutSeconds: 300 },
      ],
    });
    expect(description.queues.map(({ name }) => name)).toEqual([names.deadLetterQueue, names.queue]);
    expect(description.apis.map(({ name, stageName }) => [name, stageName])).toEqual([
      [SMALL_API, "v1"],
      [LARGE_API, "v1"],
    ]);
  });

  it("names a schedule that is no rate", async () => {
    const stack = await resolveStack(
      changedDev(({ resource }) => {
        resource.aws_cloudwatch_event_rule.sweep_schedule_rule.schedule_expression = "cron(0 1 * * ? *)";
      }),
    );

    expect(() => describeStack(stack)).toThrow(
      `The rule ${names.sweepFunction} cannot run here: its schedule is "cron(0 1 * * ? *)". Only rate(…) runs here.`,
    );
  });

  it("names a resource that cannot run here, and what it lacks", async () => {
    const stack = await resolveStack(
      changedDev(({ resource }) => {
        delete resource.aws_lambda_function.api_function_function.handler;
      }),
    );

    expect(() => describeStack(stack)).toThrow(UserError);
    expect(() => describeStack(stack)).toThrow(
      /^aws_lambda_function\.api_function_function cannot run here:\n.*\n.*at handler$/,
    );
  });

  it("names every REST API that nobody could call, as it has no stage or no deployment", async () => {
    const stack = await resolveStack(synthesizedStack("dev"));
    const stages = stack.resources.filter(({ type }) => type === "aws_api_gateway_stage");
    const api = stack.resources.find(({ type }) => type === "aws_api_gateway_rest_api");
    const first = stages.find(({ values }) => values["rest_api_id"] === api?.values["id"]);
    const resources = stack.resources
      .filter((resource) => resource !== first)
      .map((resource) =>
        stages.includes(resource)
          ? { ...resource, values: { ...resource.values, deployment_id: "none" } }
          : resource,
      );

    expect(() => describeStack({ ...stack, resources })).toThrow(
      /^The REST API "[a-z-]+" has no stage, so it cannot be called\.\nThe stage "v1" of the REST API "[a-z-]+" has no deployment of it\.$/,
    );
  });

  it("describes the same from blocks that are lists, as a state has them", async () => {
    const stack = await resolveStack(synthesizedStack("dev"));
    const asState = readState(
      {
        values: {
          outputs: Object.fromEntries(
            Object.entries(stack.outputs).map(([name, value]) => [name, { value }]),
          ),
          root_module: {
            resources: stack.resources.map((resource) => ({
              ...resource,
              values: Object.fromEntries(
                Object.entries(resource.values).map(([name, value]) =>
                  ["environment", "scaling_config", "queue", "versioning_configuration"].includes(name)
                    ? [name, [value].flat()]
                    : [name, value],
                ),
              ),
            })),
          },
        },
      },
      stack.directory,
    );

    expect(describeStack(asState)).toEqual(describeStack(stack));
  });
});

describe(readState, () => {
  it("refuses what is no state of an applied stack", () => {
    expect(() => readState({ format_version: "1.0" }, ".")).toThrow(
      /^This is not the state of an applied stack as "terraform show -json" prints it:\n/,
    );
  });
});
