import * as z from "zod";
import { AWS_PROVIDER_VERSIONS, consequencesOf } from "../contract/aws-provider-versions.ts";
import {
  GATEWAY_MAX_REQUEST_BYTES,
  LOG_RETENTION_DAYS,
  SYNCHRONOUS_MAX_ESCAPED_BYTES,
} from "../contract/limits.ts";
import { LARGE_API, SMALL_API } from "../domain/names.ts";
import { alarms, alerts } from "./alarm-fields.ts";
import { apis, throttling } from "./api-fields.ts";
import { accountBackend, backend } from "./backend-fields.ts";
import { delivery } from "./delivery-fields.ts";
import { byDefault, group, rule, variable } from "./field-notes.ts";
import {
  awsId,
  bucketName,
  choice,
  cidrBlock,
  derivedName,
  integer,
  isUnique,
  KIND,
  MANAGED_BY_DEFAULT,
  name,
  named,
  option,
  region,
  role,
  roleName,
  tagKey,
  tagValue,
} from "./field-types.ts";
import { proxy } from "./proxy-fields.ts";

const network = choice(KIND, [
  option("managed", {
    cidrBlock: cidrBlock
      .regex(/\/(1[6-9]|2[0-6])$/, "must be from /16 to /26, because the stack divides it into subnets")
      .apply(variable, "vpc_cidr_block", "Address range of the VPC that the stack creates."),
  }),
  option("existing", {
    vpcId: awsId("vpc").apply(variable, "vpc_id", "VPC in which the stack creates the VPC endpoint."),
    subnetIds: z
      .array(awsId("subnet"))
      .min(1, "needs at least one subnet")
      .max(6, "must be at most 6 subnets, one per availability zone")
      .refine(isUnique, "must not contain a subnet twice")
      .apply(variable, "subnet_ids", "Subnets of the VPC endpoint, one per availability zone."),
  }),
]).describe("VPC of a managed VPC endpoint.");

const accountIdField = name(/^\d{12}$/, "must be the 12-digit AWS account id, as a string");

const vpcEndpoint = choice(KIND, [
  option("existing", {
    id: variable(
      awsId("vpce"),
      "vpc_endpoint_id",
      "Id of the VPC endpoint through which the APIs are called.",
    ),
    /** Another account's endpoint is not looked up. */
    account: variable(
      accountIdField,
      "vpc_endpoint_account_id",
      "Account that owns the VPC endpoint, if it is not the environment's account.",
    ).exactOptional(),
  }),
  option("managed", { network }),
]).describe("VPC endpoint through which the private APIs are called.");

const encryption = choice('must have kind "aws-owned", "managed" or "existing"', [
  option("aws-owned").describe("Keys that AWS owns."),
  option("managed").describe("A KMS key that the stack creates."),
  option("existing", {
    keyArn: name(
      /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[0-9a-zA-Z-]+$/,
      "must be the ARN of a KMS key (not of an alias)",
    ).apply(variable, "key_arn", "KMS key that encrypts buckets, queues, table and logs."),
  }).describe("A KMS key that exists."),
]).describe("Keys that encrypt the data.");

const memoryMb = integer(128, 10_240, "megabytes", "what Lambda offers");
const PROCESSOR = "Lambda assigns CPU in proportion to memory, so the function is slower with less";

const polling = choice('must have kind "on-demand" or "provisioned"', [
  option("on-demand", {
    maximumConcurrency: variable(
      integer(2, 1_000, "invocations"),
      "maximum_concurrency",
      "Largest number of invocations of the queue function at the same time.",
    ),
  }).describe("Pollers that Lambda manages, without extra cost."),
  option("provisioned", {
    minimumPollers: variable(
      integer(2, 200, "pollers"),
      "minimum_pollers",
      "Number of event pollers of the intake queue that are always ready.",
    ),
    maximumPollers: variable(
      integer(2, 2_000, "pollers"),
      "maximum_pollers",
      "Largest number of event pollers of the intake queue.",
    ),
  }).describe("Provisioned event pollers, which react faster and cost extra."),
]).describe("How Lambda reads the intake queue.");

const queue = z
  .strictObject({
    batchSize: integer(1, 1_000, "messages")
      .apply(variable, "batch_size", "Largest number of messages in one invocation of the queue function.")
      .apply(byDefault, 1, "a payload may have 10 MB, and a failing payload does not affect others"),
    batchWindowSeconds: integer(0, 300, "seconds")
      .apply(variable, "batch_window_seconds", "Longest time that Lambda waits for more messages of a batch.")
      .apply(byDefault, 0, "a batch of one message needs no waiting"),
    maxReceiveCount: integer(
      5,
      1_000,
      "receives",
      "AWS recommends at least 5, because throttled invocations count as receives",
    )
      .apply(
        variable,
        "max_receive_count",
        "How often a message is received before SQS moves it to the dead-letter queue.",
      )
      .apply(byDefault, 5, "the lowest value that AWS recommends"),
    retentionDays: integer(1, 13, "days")
      .apply(variable, "queue_retention_days", "Days for which the intake queue keeps a message.")
      .apply(byDefault, 4, "covers a long weekend, and is the default of AWS"),
    deadLetterRetentionDays: integer(2, 14, "days")
      .apply(
        variable,
        "dead_letter_retention_days",
        "Days after which SQS deletes a message in the dead-letter queue. They are counted from the time when the message entered the intake queue.",
      )
      .apply(byDefault, 14, "the longest that SQS allows, to leave time for a repair"),
    polling,
  })
  .describe("The intake queue, and how Lambda reads it.");

const newBucketName = bucketName.refine(
  rule(
    (name: string) => !name.endsWith("-an"),
    (name) => `!endswith(${name}, "-an")`,
  ),
  'must not end with "-an": S3 reserves such names for buckets in an account\'s own namespace, which the stack does not create',
);

const intakeBucket = [
  "intake_bucket_name",
  "Name of the intake bucket, in which large payloads wait for processing.",
] as const;

const documentsBucket = [
  "documents_bucket_name",
  "Name of the documents bucket, which stores the documents of records.",
] as const;

/** One for each account and region: the environment that manages it has the stack `account-<environment>`. */
const loggingRoleName = roleName.apply(
  variable,
  "gateway_logging_role_name",
  "Role with which API Gateway writes the logs of all APIs of the account.",
);

/** To keep documents, roles need permissions that they do not have in an environment that keeps none. */
const NOTHING_IS_KEPT = integer(
  0,
  0,
  "days",
  "the environment keeps no deleted documents, so its roles have no permission to",
);

export const environmentFields = z.strictObject({
  name: name(/^[a-z][a-z0-9]{1,15}$/, "must be 2 to 16 lower-case letters and digits").apply(
    variable,
    "environment_name",
    "Name of the environment, which commands take as an argument.",
  ),
  accountId: accountIdField.apply(
    variable,
    "account_id",
    "AWS account of the environment. Terraform refuses to work in another account.",
  ),
  region: region.apply(variable, "region", "AWS region of all resources."),
  /** Begins names of security groups and of buckets, which have beginnings that AWS refuses. */
  namePrefix: name(
    /^(?!sg-|xn--|sthree-|amzn-s3-demo-)[a-z][a-z0-9-]{2,30}$/,
    'must be 3 to 31 lower-case letters, digits and hyphens, and must not begin with "sg-", "xn--", "sthree-" or "amzn-s3-demo-", which AWS reserves',
  ).apply(variable, "name_prefix", "Prefix of the names that the stack gives to its resources."),
  tags: z
    .record(tagKey, tagValue)
    .refine(
      rule(
        (tags: object) => Object.keys(tags).length <= 50,
        (tags) => `length(${tags}) <= 50`,
      ),
      "must be at most 50 tags, the limit of AWS",
    )
    .apply(variable, "tags", "Tags that every resource gets."),
  awsProviderVersion: z
    .enum(
      AWS_PROVIDER_VERSIONS,
      `must be ${AWS_PROVIDER_VERSIONS.map((each) => `"${each}" (${consequencesOf(each)})`).join(" or ")}`,
    )
    .describe("Version of the Terraform provider for AWS.")
    .apply(byDefault, "~> 5.100", "the last minor version of major 5, with which the tests run"),
  backend,
  encryption,
  roles: group(
    {
      gatewayWriter: role("gateway_writer", "Role with which API Gateway writes to the intake bucket."),
      documentReader: role("document_reader", "Role with which API Gateway reads documents."),
      apiFunction: role("api_function", "Role of the function of the synchronous API."),
      queueFunction: role("queue_function", "Role of the function that processes the intake queue."),
      sweepFunction: role("sweep_function", "Role of the sweep function, which finds lost payloads."),
      gatewayLogging: choice(KIND, [
        option("existing", { name: loggingRoleName }),
        option("managed", {
          name: derivedName("<namePrefix>-gateway-logging", loggingRoleName),
          backend: accountBackend,
        }),
      ])
        .describe("Role with which API Gateway writes the logs of all APIs of the account.")
        .apply(byDefault, { kind: "managed" }, MANAGED_BY_DEFAULT),
    },
    "IAM roles of API Gateway and the functions.",
  ),
  buckets: group(
    {
      intake: choice(KIND, [
        option("existing", {
          name: bucketName.apply(variable, ...intakeBucket),
          /** The stack owns the bucket's only notification configuration, and with it this switch. */
          eventBridge: z
            .boolean("must be true or false")
            .describe("Whether the bucket sends its events to EventBridge as well.")
            .apply(byDefault, false, "the stack does not use EventBridge"),
        }),
        option("managed", {
          name: derivedName(
            "<namePrefix>-intake-<accountId>",
            newBucketName.apply(variable, ...intakeBucket),
          ),
        }),
      ])
        .describe("The intake bucket, in which large payloads wait for processing.")
        .apply(byDefault, { kind: "managed" }, MANAGED_BY_DEFAULT),
      documents: named(
        bucketName.apply(variable, ...documentsBucket),
        "<namePrefix>-documents-<accountId>",
        newBucketName.apply(variable, ...documentsBucket),
      )
        .describe("The documents bucket, which stores the documents of records.")
        .apply(byDefault, { kind: "managed" }, MANAGED_BY_DEFAULT),
    },
    "S3 buckets of the environment.",
  ),
  vpcEndpoint,
  apis: apis.apply(byDefault, [{ name: SMALL_API }, { name: LARGE_API }], "the two APIs of the domain"),
  throttling,
  payload: group(
    {
      thresholdBytes: integer(
        1,
        SYNCHRONOUS_MAX_ESCAPED_BYTES,
        "bytes",
        "a larger payload does not fit into Lambda's event",
      )
        .apply(
          variable,
          "large_payload_threshold_bytes",
          "Size in bytes from which the proxy sends a payload to the large API.",
        )
        .apply(byDefault, 5_000_000, "5 MB, which fits into Lambda's event after escaping"),
      /** Each quote, backslash and line break takes one more byte: 2 covers all text in UTF-8. */
      escapingFactor: z
        .number("must be a number")
        .min(1, "must be at least 1: escaping never shortens a payload")
        .max(6, "must be at most 6: the longest escape of one byte has 6 characters, such as \\u0000")
        .apply(
          variable,
          "payload_escaping_factor",
          "Factor by which escaping may lengthen a payload in Lambda's event.",
        )
        .apply(byDefault, 1.2, "enough for a document in base64 with some metadata"),
      maxBytes: integer(1, GATEWAY_MAX_REQUEST_BYTES, "bytes", "API Gateway accepts no larger request")
        .apply(variable, "max_payload_bytes", "Largest payload in bytes; the proxy refuses larger ones.")
        .apply(byDefault, GATEWAY_MAX_REQUEST_BYTES, "the largest request that API Gateway accepts"),
    },
    "Sizes of payloads.",
  ),
  proxy,
  functions: group(
    {
      api: group({
        memoryMb: memoryMb
          .apply(variable, "api_function_memory_mb", "Memory of the API function.")
          .apply(byDefault, 1_024, PROCESSOR),
        timeoutSeconds: integer(1, 29, "seconds", "API Gateway stops waiting after 29")
          .apply(variable, "api_function_timeout_seconds", "Timeout of the API function.")
          .apply(byDefault, 28, "one second less than API Gateway waits"),
      }),
      queue: group({
        memoryMb: memoryMb
          .apply(variable, "queue_function_memory_mb", "Memory of the queue function.")
          .apply(byDefault, 1_024, PROCESSOR),
        timeoutSeconds: integer(1, 900, "seconds", "Lambda allows at most 900")
          .apply(variable, "queue_function_timeout_seconds", "Timeout of the queue function.")
          .apply(
            byDefault,
            60,
            "the largest payload needs much less, and a retry begins soon after a failure",
          ),
      }),
      sweep: group({
        memoryMb: memoryMb
          .apply(variable, "sweep_function_memory_mb", "Memory of the sweep function.")
          .apply(byDefault, 256, "the function lists objects and reads no payloads"),
        timeoutSeconds: integer(1, 900, "seconds", "Lambda allows at most 900")
          .apply(variable, "sweep_function_timeout_seconds", "Timeout of the sweep function.")
          .apply(byDefault, 300, "long enough to list the waiting payloads; the next sweep continues"),
      }),
    },
    "Memory and timeouts of the functions.",
  ),
  queue,
  sweep: group(
    {
      everyMinutes: integer(5, 1_440, "minutes")
        .apply(variable, "sweep_every_minutes", "Minutes between two sweeps.")
        .apply(byDefault, 60, "lost events are rare, and each sweep lists both buckets"),
      unprocessedAfterMinutes: integer(5, 1_440, "minutes")
        .apply(
          variable,
          "unprocessed_after_minutes",
          "Age in minutes from which the sweep queues a waiting payload again.",
        )
        .apply(byDefault, 60, "five receives by the queue function take less time"),
    },
    "The scheduled function that finds lost payloads and unused documents.",
  ),
  retention: group(
    {
      intakeObjectDays: integer(1, 3_650, "days")
        .apply(variable, "intake_object_days", "Days after which S3 removes an unprocessed payload.")
        .apply(byDefault, 30, "12 days longer than both queues keep a message, to notice a failure"),
      submissionDays: integer(1, 3_650, "days")
        .apply(
          variable,
          "submission_retention_days",
          "Days for which the table keeps outcomes and deletions.",
        )
        .apply(byDefault, 32, "the 30 days of a payload, and two days because S3 may remove it late"),
      nonCurrentDocumentDays: integer(1, 3_650, "days")
        .apply(
          variable,
          "non_current_document_days",
          "Days for which replaced versions of documents are kept.",
        )
        .apply(byDefault, 90, "three months to undo a mistake"),
      /** If it is more than 0, documents of deleted records are moved out of reach first, and removed after these days. */
      deletedDocumentDays: variable(
        integer(0, 3_650, "days"),
        "deleted_document_days",
        "Days for which documents of deleted records are kept; the APIs do not return them.",
        (_, { deletedDocumentDays }) =>
          deletedDocumentDays === 0 ? NOTHING_IS_KEPT : integer(1, 3_650, "days"),
      ).apply(byDefault, 0, "documents are removed with their record"),
      logDays: z
        .union(
          LOG_RETENTION_DAYS.map((days) => z.literal(days)),
          `must be a number of days that CloudWatch Logs offers: ${LOG_RETENTION_DAYS.join(", ")}`,
        )
        .apply(variable, "log_retention_days", "Days for which every log group keeps its entries.")
        .apply(byDefault, 365, "audits usually require a year"),
    },
    "How long data and logs are kept.",
  ),
  alarms,
  alerts,
  delivery,
  deletionProtection: z
    .boolean("must be true or false")
    .apply(
      variable,
      "deletion_protection",
      "Whether the table, and buckets that are not empty, are protected against deletion.",
    )
    .apply(byDefault, true, "a destroy must not delete data by mistake"),
  failOnWarnings: z
    .boolean("must be true or false")
    .describe("Whether an apply fails if API Gateway warns about an OpenAPI document.")
    .apply(byDefault, true, "API Gateway leaves out those parts of a document that it warns about"),
});
