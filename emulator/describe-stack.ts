import { join } from "node:path";
import type { AttributeDefinition, CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import { z } from "zod";
import { collectProblems, throwProblems, UserError } from "../contract/user-error.ts";
import type { OpenApiDocument } from "../openapi/openapi-document.ts";
import { parseDocument } from "../openapi/parse-document.ts";
import { firstAdmittedAddress } from "./api-gateway/resource-policy.ts";
import type { BucketNotification } from "./aws/s3-notifications.ts";
import {
  block,
  blocks,
  onlyManaged,
  optionalBlock,
  readValues,
  resourcesOf,
} from "./terraform/read-resources.ts";
import type { ResolvedStack } from "./terraform/resolve-stack.ts";

/** What a stack consists of, as far as it can run on this machine. */
export interface StackDescription {
  readonly region: string;
  readonly accountId: string;
  readonly partition: string;
  readonly buckets: readonly string[];
  /** Those of them that keep versions. */
  readonly versionedBuckets: readonly string[];
  readonly notifications: readonly BucketNotification[];
  readonly queues: readonly QueueDescription[];
  readonly tables: readonly CreateTableCommandInput[];
  readonly functions: readonly FunctionDescription[];
  readonly eventSourceMappings: readonly EventSourceMappingDescription[];
  readonly schedules: readonly ScheduleDescription[];
  readonly apis: readonly ApiDescription[];
  /** Payloads of this size and more take the large API. */
  readonly thresholdBytes: number;
  /** Larger payloads are refused. */
  readonly maxPayloadBytes: number;
}

export interface QueueDescription {
  readonly name: string;
  readonly arn: string;
  /** On AWS. */
  readonly url: string;
  /** As SQS names and writes them. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface FunctionDescription {
  readonly functionName: string;
  readonly arn: string;
  readonly zipPath: string;
  readonly handler: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
}

export interface EventSourceMappingDescription {
  readonly queueArn: string;
  readonly functionArn: string;
  readonly batchSize: number;
  readonly batchWindowSeconds: number;
  readonly maximumConcurrency: number | undefined;
  readonly reportBatchItemFailures: boolean;
}

/** A function that is called again and again. */
export interface ScheduleDescription {
  readonly functionArn: string;
  readonly everyMilliseconds: number;
}

export interface ApiDescription {
  /** As the stack's output names it, such as `orders-large`. */
  readonly name: string;
  readonly apiId: string;
  /** What the proxy sends to it. */
  readonly paths: readonly string[];
  readonly document: OpenApiDocument;
  /** Where whoever reads of it finds it. */
  readonly file: string;
  readonly policy: string | undefined;
  readonly stageName: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly vpcEndpointId: string | undefined;
  /** One that its policy admits; undefined where it admits every one. */
  readonly sourceIp: string | undefined;
}

/** A number may be written as text, and null is as good as absent. */
const optionalNumber = z.coerce.number().nullish();
const optionalText = z.string().nullish();

const versioningSchema = z.object({
  bucket: z.string(),
  versioning_configuration: block(z.object({ status: z.string() })),
});
const bucketSchema = z.object({ bucket: z.string() });

const notificationSchema = z.object({
  bucket: z.string(),
  queue: blocks(
    z.object({
      queue_arn: z.string(),
      events: z.array(z.string()),
      filter_prefix: optionalText,
      filter_suffix: optionalText,
    }),
  ),
});

const queueSchema = z.object({
  name: z.string(),
  arn: z.string(),
  url: z.string(),
  visibility_timeout_seconds: optionalNumber,
  message_retention_seconds: optionalNumber,
  delay_seconds: optionalNumber,
  receive_wait_time_seconds: optionalNumber,
  redrive_policy: optionalText,
});

const queuePolicySchema = z.object({ queue_url: z.string(), policy: z.string() });

const tableSchema = z.object({
  name: z.string(),
  hash_key: z.string(),
  range_key: optionalText,
  attribute: blocks(z.object({ name: z.string(), type: z.enum(["S", "N", "B"]) })),
  global_secondary_index: blocks(
    z.object({
      name: z.string(),
      hash_key: z.string(),
      range_key: optionalText,
      projection_type: z.enum(["ALL", "KEYS_ONLY", "INCLUDE"]),
      non_key_attributes: z.array(z.string()).nullish(),
    }),
  ),
});

const functionSchema = z.object({
  function_name: z.string(),
  arn: z.string(),
  filename: z.string(),
  handler: z.string(),
  timeout: z.coerce.number().default(3),
  memory_size: z.coerce.number().default(128),
  environment: optionalBlock(z.object({ variables: z.record(z.string(), z.coerce.string()) })),
});

const mappingSchema = z.object({
  event_source_arn: z.string(),
  function_name: z.string(),
  batch_size: z.coerce.number().default(10),
  maximum_batching_window_in_seconds: optionalNumber,
  scaling_config: optionalBlock(z.object({ maximum_concurrency: optionalNumber })),
  function_response_types: z.array(z.string()).nullish(),
});

const scheduleSchema = z.object({ name: z.string(), schedule_expression: z.string() });

const scheduleTargetSchema = z.object({ rule: z.string(), arn: z.string() });

const apiSchema = z.object({ id: z.string(), body: z.string(), policy: optionalText });

const deploymentSchema = z.object({ id: z.string(), rest_api_id: z.string() });

const stageSchema = z.object({
  rest_api_id: z.string(),
  deployment_id: z.string(),
  stage_name: z.string(),
  variables: z.record(z.string(), z.string()).nullish(),
});

const outputsSchema = z.object({
  api_ids: z.record(z.string(), z.string()),
  api_paths: z.record(z.string(), z.array(z.string())),
  vpc_endpoint_id: optionalText,
  large_payload_threshold_bytes: z.coerce.number(),
  max_payload_bytes: z.coerce.number(),
});

/**
 * @param files of the APIs' documents, by the APIs' names; without one, the document is that in the stack's JSON
 * @throws UserError naming the resource and what it lacks
 */
export function describeStack(
  stack: ResolvedStack,
  files: Readonly<Record<string, string>> = {},
): StackDescription {
  const outputs = readValues("output", outputsSchema, stack.outputs);
  const functions = resourcesOf(onlyManaged(stack), "aws_lambda_function", functionSchema).map((values) =>
    functionOf(values, stack.directory),
  );
  const [, partition = "aws", , region = "", accountId = ""] = functions[0]?.arn.split(":") ?? [];
  return {
    region,
    accountId,
    partition,
    functions,
    buckets: [...new Set(resourcesOf(stack, "aws_s3_bucket", bucketSchema).map(({ bucket }) => bucket))],
    versionedBuckets: resourcesOf(stack, "aws_s3_bucket_versioning", versioningSchema)
      .filter(({ versioning_configuration }) => versioning_configuration.status === "Enabled")
      .map(({ bucket }) => bucket),
    notifications: resourcesOf(stack, "aws_s3_bucket_notification", notificationSchema).flatMap(
      notificationsOf,
    ),
    // Dead-letter queues first: those that redrive to them name them.
    queues: queuesOf(stack).sort(
      (left, right) =>
        Number("RedrivePolicy" in left.attributes) - Number("RedrivePolicy" in right.attributes),
    ),
    tables: resourcesOf(stack, "aws_dynamodb_table", tableSchema).map(tableOf),
    eventSourceMappings: resourcesOf(stack, "aws_lambda_event_source_mapping", mappingSchema).map(mappingOf),
    schedules: schedulesOf(stack),
    apis: apisOf(stack, outputs, files),
    thresholdBytes: outputs.large_payload_threshold_bytes,
    maxPayloadBytes: outputs.max_payload_bytes,
  };
}

function notificationsOf({ bucket, queue }: z.infer<typeof notificationSchema>): BucketNotification[] {
  return queue.map(({ queue_arn, events, filter_prefix, filter_suffix }) => ({
    bucket,
    queueArn: queue_arn,
    events,
    prefix: filter_prefix ?? "",
    suffix: filter_suffix ?? "",
  }));
}

function queuesOf(stack: ResolvedStack): QueueDescription[] {
  const policies = resourcesOf(stack, "aws_sqs_queue_policy", queuePolicySchema);
  return resourcesOf(stack, "aws_sqs_queue", queueSchema).map((values) =>
    queueOf(values, policies.find(({ queue_url }) => queue_url === values.url)?.policy),
  );
}

function queueOf(values: z.infer<typeof queueSchema>, policy: string | undefined): QueueDescription {
  const attributes = {
    Policy: policy,
    VisibilityTimeout: values.visibility_timeout_seconds,
    MessageRetentionPeriod: values.message_retention_seconds,
    DelaySeconds: values.delay_seconds,
    ReceiveMessageWaitTimeSeconds: values.receive_wait_time_seconds,
    RedrivePolicy: values.redrive_policy === "" ? undefined : values.redrive_policy,
  };
  return {
    name: values.name,
    arn: values.arn,
    url: values.url,
    attributes: Object.fromEntries(
      Object.entries(attributes).flatMap(([name, value]) =>
        value === undefined || value === null ? [] : [[name, String(value)]],
      ),
    ),
  };
}

function tableOf(values: z.infer<typeof tableSchema>): CreateTableCommandInput {
  const indexes = values.global_secondary_index.map((index) => ({
    IndexName: index.name,
    KeySchema: keySchemaOf(index.hash_key, index.range_key),
    Projection: {
      ProjectionType: index.projection_type,
      ...(index.non_key_attributes?.length ? { NonKeyAttributes: index.non_key_attributes } : {}),
    },
  }));
  return {
    TableName: values.name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: values.attribute.map(
      ({ name, type }): AttributeDefinition => ({ AttributeName: name, AttributeType: type }),
    ),
    KeySchema: keySchemaOf(values.hash_key, values.range_key),
    ...(indexes.length === 0 ? {} : { GlobalSecondaryIndexes: indexes }),
  };
}

function keySchemaOf(hashKey: string, rangeKey: string | null | undefined) {
  const hash = { AttributeName: hashKey, KeyType: "HASH" as const };
  return rangeKey ? [hash, { AttributeName: rangeKey, KeyType: "RANGE" as const }] : [hash];
}

function functionOf(values: z.infer<typeof functionSchema>, directory: string): FunctionDescription {
  return {
    functionName: values.function_name,
    arn: values.arn,
    zipPath: join(directory, values.filename),
    handler: values.handler,
    variables: values.environment?.variables ?? {},
    timeoutSeconds: values.timeout,
    memoryMegabytes: values.memory_size,
  };
}

function mappingOf(values: z.infer<typeof mappingSchema>): EventSourceMappingDescription {
  return {
    queueArn: values.event_source_arn,
    functionArn: values.function_name,
    batchSize: values.batch_size,
    batchWindowSeconds: values.maximum_batching_window_in_seconds ?? 0,
    maximumConcurrency: values.scaling_config?.maximum_concurrency ?? undefined,
    reportBatchItemFailures: values.function_response_types?.includes("ReportBatchItemFailures") ?? false,
  };
}

function schedulesOf(stack: ResolvedStack): ScheduleDescription[] {
  const rules = resourcesOf(stack, "aws_cloudwatch_event_rule", scheduleSchema);
  return resourcesOf(stack, "aws_cloudwatch_event_target", scheduleTargetSchema).map(({ rule, arn }) => {
    const expression = rules.find(({ name }) => name === rule)?.schedule_expression ?? "";
    const [, count, unit = ""] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
    const unitMilliseconds = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }[unit];
    if (unitMilliseconds === undefined) {
      throw new UserError(
        `The rule ${rule} cannot run here: its schedule is "${expression}". Only rate(…) runs here.`,
      );
    }
    return { functionArn: arn, everyMilliseconds: Number(count) * unitMilliseconds };
  });
}

function apisOf(
  stack: ResolvedStack,
  outputs: z.infer<typeof outputsSchema>,
  files: Readonly<Record<string, string>>,
): ApiDescription[] {
  const stages = resourcesOf(stack, "aws_api_gateway_stage", stageSchema);
  const deployments = resourcesOf(stack, "aws_api_gateway_deployment", deploymentSchema);
  const apis = resourcesOf(stack, "aws_api_gateway_rest_api", apiSchema);
  const { results, problems } = collectProblems(apis, ({ id, body, policy }): ApiDescription => {
    const name = Object.entries(outputs.api_ids).find(([, apiId]) => apiId === id)?.[0];
    if (name === undefined) throw new UserError(`The REST API ${id} is not in the output "api_ids".`);
    const stage = stages.find(({ rest_api_id }) => rest_api_id === id);
    if (stage === undefined)
      throw new UserError(`The REST API "${name}" has no stage, so it cannot be called.`);
    const { deployment_id, stage_name } = stage;
    if (!deployments.some((each) => each.id === deployment_id && each.rest_api_id === id)) {
      throw new UserError(`The stage "${stage_name}" of the REST API "${name}" has no deployment of it.`);
    }
    return {
      name,
      apiId: id,
      paths: outputs.api_paths[name] ?? [],
      document: parseDocument(body, name),
      file: files[name] ?? "cdk.tf.json",
      policy: policy || undefined,
      stageName: stage_name,
      stageVariables: stage.variables ?? {},
      vpcEndpointId: outputs.vpc_endpoint_id ?? undefined,
      sourceIp: policy ? firstAdmittedAddress(policy) : undefined,
    };
  });
  throwProblems(problems);
  return results;
}
