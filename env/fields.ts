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
      .regex(/\/(1[6-9]|2[0-6])$/, "must be from /16 to /26: it is cut into subnets")
      .apply(variable, "vpc_cidr_block", "Address range of the VPC that the stack creates."),
  }),
  option("existing", {
    vpcId: awsId("vpc").apply(variable, "vpc_id", "VPC in which the stack creates the VPC endpoint."),
    subnetIds: z
      .array(awsId("subnet"))
      .min(1, "needs at least one subnet")
      .max(6, "must be at most 6 subnets, one per availability zone")
      .refine(isUnique, "must not name a subnet twice")
      .apply(variable, "subnet_ids", "Subnets of the VPC endpoint, one per availability zone."),
  }),
]);

const accountIdField = name(/^\d{12}$/, "must be the 12-digit AWS account id, as a string");

const vpcEndpoint = choice(KIND, [
  option("existing", {
    id: variable(awsId("vpce"), "vpc_endpoint_id", "The APIs are called through it."),
    /** Whose it is, where that is another account, such as one for networks: then it is not looked up. */
    account: variable(
      accountIdField,
      "vpc_endpoint_account_id",
      "Account that owns the VPC endpoint.",
    ).exactOptional(),
  }),
  option("managed", { network }),
]);

const encryption = choice('must have kind "aws-owned", "managed" or "existing"', [
  option("aws-owned"),
  option("managed"),
  option("existing", {
    keyArn: name(
      /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[0-9a-zA-Z-]+$/,
      "must be the ARN of a KMS key (not of an alias)",
    ).apply(variable, "key_arn", "KMS key that encrypts buckets, queues, table and logs."),
  }),
]);

const memoryMb = integer(128, 10_240, "megabytes", "what Lambda offers");
const PROCESSOR = "a function's share of a processor grows with its memory";

const polling = choice('must have kind "on-demand" or "provisioned"', [
  option("on-demand", {
    maximumConcurrency: variable(
      integer(2, 1_000, "invocations"),
      "maximum_concurrency",
      "Most invocations at once.",
    ),
  }),
  option("provisioned", {
    minimumPollers: variable(integer(2, 200, "pollers"), "minimum_pollers", "Pollers that are always ready."),
    maximumPollers: variable(integer(2, 2_000, "pollers"), "maximum_pollers", "Upper bound of pollers."),
  }),
]);

const queue = z.strictObject({
  batchSize: integer(1, 1_000, "messages")
    .apply(variable, "batch_size", "Messages per invocation of the queue function.")
    .apply(byDefault, 1, "a payload may have 10 MB, and one that fails fails alone"),
  batchWindowSeconds: integer(0, 300, "seconds")
    .apply(variable, "batch_window_seconds", "Time to gather a batch.")
    .apply(byDefault, 0, "nothing is gathered for a batch of one"),
  maxReceiveCount: integer(
    5,
    1_000,
    "receives",
    "AWS asks for at least 5, since a throttled function spends some without having run",
  )
    .apply(variable, "max_receive_count", "Receives before a message goes to the dead-letter queue.")
    .apply(byDefault, 5, "the fewest that AWS advises"),
  retentionDays: integer(1, 13, "days")
    .apply(variable, "queue_retention_days", "Retention of the intake queue.")
    .apply(byDefault, 4, "a long weekend, and AWS's own default"),
  deadLetterRetentionDays: integer(2, 14, "days")
    .apply(
      variable,
      "dead_letter_retention_days",
      "Retention of the dead-letter queue, from a message's first enqueue on.",
    )
    .apply(byDefault, 14, "the longest that SQS offers: time to mend what failed"),
  polling,
});

const newBucketName = bucketName.refine(
  rule(
    (name: string) => !name.endsWith("-an"),
    (name) => `!endswith(${name}, "-an")`,
  ),
  'must not end with "-an": S3 keeps such names for buckets in an account\'s own namespace, and the stack creates none there',
);

const intakeBucket = [
  "intake_bucket_name",
  "Bucket in which large payloads wait for their outcome.",
] as const;

const documentsBucket = ["documents_bucket_name", "Bucket that keeps the documents."] as const;

/** One for each account and region: whoever manages it has the stack `account-<environment>`. */
const loggingRoleName = roleName.apply(
  variable,
  "gateway_logging_role_name",
  "Role with which API Gateway writes logs, account-wide.",
);

/** What keeps documents needs rights that an environment which keeps none does not give. */
const NOTHING_IS_KEPT = integer(0, 0, "days", "the environment keeps none, and its roles may not");

export const environmentFields = z.strictObject({
  name: name(/^[a-z][a-z0-9]{1,15}$/, "must be 2 to 16 lower-case letters and digits").apply(
    variable,
    "environment_name",
    "Name of the environment, by which commands know it.",
  ),
  accountId: accountIdField.apply(variable, "account_id", "The only account to apply this to."),
  region: region.apply(variable, "region", "AWS region of everything in this configuration."),
  /** Begins names of security groups and of buckets, which have beginnings that AWS refuses. */
  namePrefix: name(
    /^(?!sg-|xn--|sthree-|amzn-s3-demo-)[a-z][a-z0-9-]{2,30}$/,
    'must be 3 to 31 lower-case letters, digits and hyphens, and not begin with "sg-", "xn--", "sthree-" or "amzn-s3-demo-", which AWS keeps for itself',
  ).apply(variable, "name_prefix", "Begins the name of everything that has no name of its own."),
  tags: z
    .record(tagKey, tagValue)
    .refine(
      rule(
        (tags: object) => Object.keys(tags).length <= 50,
        (tags) => `length(${tags}) <= 50`,
      ),
      "must be at most 50 tags, the limit of AWS",
    )
    .apply(variable, "tags", "Tags of every resource."),
  awsProviderVersion: z
    .enum(
      AWS_PROVIDER_VERSIONS,
      `must be ${AWS_PROVIDER_VERSIONS.map((each) => `"${each}" (${consequencesOf(each)})`).join(" or ")}`,
    )
    .apply(byDefault, "~> 5.100", "the last of its major, and what the tests run"),
  backend,
  encryption,
  roles: group({
    gatewayWriter: role("gateway_writer", "Role with which API Gateway writes to the intake bucket."),
    documentReader: role("document_reader", "Role with which API Gateway reads documents."),
    apiFunction: role("api_function", "Role of the function behind the synchronous API."),
    queueFunction: role("queue_function", "Role of the function that reads the intake queue."),
    sweepFunction: role("sweep_function", "Role of the function that sweeps: it looks for lost payloads."),
    gatewayLogging: choice(KIND, [
      option("existing", { name: loggingRoleName }),
      option("managed", {
        name: derivedName("<namePrefix>-gateway-logging", loggingRoleName),
        /** Of the stack `account-<environment>`. */
        backend: accountBackend,
      }),
    ]).apply(byDefault, { kind: "managed" }, MANAGED_BY_DEFAULT),
  }),
  buckets: group({
    intake: choice(KIND, [
      option("existing", {
        name: bucketName.apply(variable, ...intakeBucket),
        /** The stack owns the bucket's only notification configuration, and with it this switch. */
        eventBridge: z
          .boolean("must be true or false: whether the bucket tells EventBridge of its events")
          .apply(byDefault, false, "nothing here listens there"),
      }),
      option("managed", {
        name: derivedName("<namePrefix>-intake-<accountId>", newBucketName.apply(variable, ...intakeBucket)),
      }),
    ]).apply(byDefault, { kind: "managed" }, MANAGED_BY_DEFAULT),
    documents: named(
      bucketName.apply(variable, ...documentsBucket),
      "<namePrefix>-documents-<accountId>",
      newBucketName.apply(variable, ...documentsBucket),
    ).apply(byDefault, { kind: "managed" }, MANAGED_BY_DEFAULT),
  }),
  vpcEndpoint,
  apis: apis.apply(byDefault, [{ name: SMALL_API }, { name: LARGE_API }], "the two APIs of the domain"),
  throttling,
  payload: group({
    thresholdBytes: integer(
      1,
      SYNCHRONOUS_MAX_ESCAPED_BYTES,
      "bytes",
      "no larger payload fits into Lambda's event beside all else",
    )
      .apply(variable, "large_payload_threshold_bytes", "From this size on, payloads take the large path.")
      .apply(byDefault, 5_000_000, "5 MB, and below what fits into Lambda's event once escaped"),
    /** Each quote, backslash and line break takes one more byte; 2 covers everything in UTF-8. */
    escapingFactor: z
      .number("must be a number")
      .min(1, "must be at least 1: nothing becomes shorter")
      .max(6, "must be at most 6: no byte takes more than \\u0000 does")
      .apply(
        variable,
        "payload_escaping_factor",
        "How many times longer a payload may become in Lambda's event.",
      )
      .apply(byDefault, 1.2, "covers one document in base64 with some metadata"),
    maxBytes: integer(1, GATEWAY_MAX_REQUEST_BYTES, "bytes", "API Gateway takes no larger request")
      .apply(variable, "max_payload_bytes", "Largest payload that the functions read.")
      .apply(byDefault, GATEWAY_MAX_REQUEST_BYTES, "all that API Gateway takes"),
  }),
  proxy,
  functions: group({
    api: group({
      memoryMb: memoryMb
        .apply(variable, "api_function_memory_mb", "Memory of the API function.")
        .apply(byDefault, 1_024, PROCESSOR),
      timeoutSeconds: integer(1, 29, "seconds", "API Gateway gives up after 29")
        .apply(variable, "api_function_timeout_seconds", "Timeout of the API function.")
        .apply(byDefault, 28, "API Gateway gives up after 29 seconds"),
    }),
    queue: group({
      memoryMb: memoryMb
        .apply(variable, "queue_function_memory_mb", "Memory of the queue function.")
        .apply(byDefault, 1_024, PROCESSOR),
      timeoutSeconds: integer(1, 900, "seconds", "Lambda gives up after 900")
        .apply(variable, "queue_function_timeout_seconds", "Timeout of the queue function.")
        .apply(byDefault, 60, "many times what the largest payload takes, and soon enough for a retry"),
    }),
    sweep: group({
      memoryMb: memoryMb
        .apply(variable, "sweep_function_memory_mb", "Memory of the sweep function.")
        .apply(byDefault, 256, "it lists, and reads no payload"),
      timeoutSeconds: integer(1, 900, "seconds", "Lambda gives up after 900")
        .apply(variable, "sweep_function_timeout_seconds", "Timeout of the sweep function.")
        .apply(byDefault, 300, "it lists all that waits, and the next sweep looks again"),
    }),
  }),
  queue,
  /** The scheduled look for payloads that nobody processed and for documents that no record points to. */
  sweep: group({
    everyMinutes: integer(5, 1_440, "minutes")
      .apply(variable, "sweep_every_minutes", "Minutes from one sweep to the next.")
      .apply(byDefault, 60, "lost events are rare, and each sweep lists the buckets"),
    unprocessedAfterMinutes: integer(5, 1_440, "minutes")
      .apply(variable, "unprocessed_after_minutes", "Age at which a waiting payload is queued again.")
      .apply(byDefault, 60, "longer than five receives of the queue function take"),
  }),
  retention: group({
    intakeObjectDays: integer(1, 3_650, "days")
      .apply(variable, "intake_object_days", "Days until an unprocessed payload expires.")
      .apply(byDefault, 30, "outlives both queues, with two weeks to notice"),
    submissionDays: integer(1, 3_650, "days")
      .apply(variable, "submission_retention_days", "Days for which outcomes and deletions are remembered.")
      .apply(byDefault, 32, "as long as an older payload may wait, which S3 expires up to two days late"),
    nonCurrentDocumentDays: integer(1, 3_650, "days")
      .apply(variable, "non_current_document_days", "Days for which replaced documents are kept.")
      .apply(byDefault, 90, "a quarter to undo a mistake"),
    /** Where it is more than 0, documents of deleted records move out of reach first, and are gone after these days. */
    deletedDocumentDays: variable(
      integer(0, 3_650, "days"),
      "deleted_document_days",
      "Days for which documents of deleted records are kept, where nobody can read them through the APIs.",
      (_, { deletedDocumentDays }) =>
        deletedDocumentDays === 0 ? NOTHING_IS_KEPT : integer(1, 3_650, "days"),
    ).apply(byDefault, 0, "what is deleted is gone"),
    logDays: z
      .union(
        LOG_RETENTION_DAYS.map((days) => z.literal(days)),
        `must be a retention that CloudWatch Logs offers: ${LOG_RETENTION_DAYS.join(", ")}`,
      )
      .apply(variable, "log_retention_days", "Retention of every log group.")
      .apply(byDefault, 365, "a year, which audits ask for"),
  }),
  alarms,
  alerts,
  delivery,
  deletionProtection: z
    .boolean("must be true or false")
    .apply(variable, "deletion_protection", "Whether table and filled buckets refuse deletion.")
    .apply(byDefault, true, "nothing is lost unless an environment allows it"),
  failOnWarnings: z
    .boolean("must be true or false")
    .apply(byDefault, true, "what API Gateway's import warns of, it ignores"),
});
