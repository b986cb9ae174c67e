import type { PolicyRule, State } from "./rule.ts";
import { find, hasAlarm, list, managed, parseJson } from "./state.ts";
import { allowed, allowsEveryone, deniesInsecureTransport, restricts, type Statement } from "./statements.ts";

const queue = { resource: "aws_sqs_queue" } as const;

export const sqsRules: readonly PolicyRule[] = [
  {
    id: "CT.SQS.PR.2",
    sources: ["CKV_AWS_27", "AwsSolutions-SQS2"],
    ...queue,
    sentence: "Messages are encrypted at rest.",
    holds: ({ values }) => values["sqs_managed_sse_enabled"] === true || Boolean(values["kms_master_key_id"]),
  },
  {
    id: "PIA-SQS-S3-KEY",
    sources: [],
    ...queue,
    sentence: "A queue that S3 writes to is not encrypted with alias/aws/sqs, which S3 may not use.",
    applies: ({ values }, state) =>
      managed(state, "aws_s3_bucket_notification").some((notification) =>
        list(notification.values["queue"]).some(({ queue_arn }) => queue_arn === values["arn"]),
      ),
    holds: ({ values }) => !String(values["kms_master_key_id"] ?? "").endsWith("alias/aws/sqs"),
  },
  {
    id: "CT.SQS.PR.1",
    sources: ["AwsSolutions-SQS3"],
    ...queue,
    sentence: "It has a dead-letter queue, unless it is one.",
    applies: (resource, state) => !isDeadLetterQueue(resource, state),
    holds: ({ values }, state) =>
      find(state, "aws_sqs_queue", "arn", redrive(values)?.deadLetterTargetArn) !== undefined,
  },
  {
    id: "AwsSolutions-SQS4",
    sources: [],
    ...queue,
    sentence: "The policy refuses every request without TLS.",
    holds: ({ values }, state) => deniesInsecureTransport(policyOf(state, values), "sqs", [values["arn"]]),
  },
  {
    id: "CKV_AWS_168",
    sources: ["CKV_AWS_72"],
    ...queue,
    sentence: "The policy allows nothing to everyone, and nobody everything.",
    holds: ({ values }, state) =>
      !allowsEveryone(policyOf(state, values)) &&
      allowed(policyOf(state, values)).every(
        ({ actions }) => !actions.some((action) => action.includes("*")),
      ),
  },
  {
    id: "PIA-SQS-SOURCE",
    sources: [],
    ...queue,
    sentence: "What the policy allows to a service is bound to a source ARN and a source account.",
    applies: ({ values }, state) => allowed(policyOf(state, values)).some(isForService),
    holds: ({ values }, state) =>
      allowed(policyOf(state, values))
        .filter(isForService)
        .every((grant) => restricts(grant, "aws:SourceArn") && restricts(grant, "aws:SourceAccount")),
  },
  {
    id: "PIA-SQS-RECEIVES",
    sources: [],
    ...queue,
    sentence: "A message is received five times or more before it becomes a dead letter.",
    applies: ({ values }) => redrive(values) !== undefined,
    holds: ({ values }) => redrive(values)?.maxReceiveCount >= 5,
  },
  {
    id: "PIA-SQS-REDRIVE-ALLOW",
    sources: [],
    ...queue,
    sentence: "A dead-letter queue takes messages from the queues of the stack only.",
    applies: isDeadLetterQueue,
    holds: ({ values }, state) => {
      const allow = find(state, "aws_sqs_queue_redrive_allow_policy", "queue_url", values["url"]);
      const { redrivePermission, sourceQueueArns } = parseJson(allow?.values["redrive_allow_policy"]) ?? {};
      const ours = (arn: string) => find(state, "aws_sqs_queue", "arn", arn) !== undefined;
      return redrivePermission === "byQueue" && list<string>(sourceQueueArns).every(ours);
    },
  },
  {
    id: "PIA-SQS-DEAD-LETTER-RETENTION",
    sources: [],
    ...queue,
    sentence: "A dead-letter queue keeps messages longer than the queues before it, whose clock goes on.",
    applies: isDeadLetterQueue,
    holds: (resource, state) =>
      sourcesOf(resource, state).every(
        ({ values }) => resource.values["message_retention_seconds"] > values["message_retention_seconds"],
      ),
  },
  {
    id: "PIA-SQS-DEAD-LETTER-ALARM",
    sources: [],
    ...queue,
    sentence: "An alarm watches the messages in a dead-letter queue.",
    applies: isDeadLetterQueue,
    holds: ({ values }, state) =>
      hasAlarm(state, "ApproximateNumberOfMessagesVisible", "QueueName", values["name"]),
  },
  {
    id: "PIA-SQS-AGE-ALARM",
    sources: [],
    ...queue,
    sentence: "An alarm watches the age of the messages in a queue that is worked off.",
    applies: (resource, state) => !isDeadLetterQueue(resource, state),
    holds: ({ values }, state) =>
      hasAlarm(state, "ApproximateAgeOfOldestMessage", "QueueName", values["name"]),
  },
];

type Queue = Parameters<PolicyRule["holds"]>[0];

function redrive(values: Queue["values"]) {
  return parseJson(values["redrive_policy"] || "null") ?? undefined;
}

function policyOf(state: State, values: Queue["values"]): unknown {
  return find(state, "aws_sqs_queue_policy", "queue_url", values["url"])?.values["policy"];
}

/** The queues whose dead letters come here. */
function sourcesOf({ values }: Queue, state: State): Queue[] {
  return managed(state, "aws_sqs_queue").filter(
    (source) => redrive(source.values)?.deadLetterTargetArn === values["arn"],
  );
}

function isDeadLetterQueue(resource: Queue, state: State): boolean {
  return sourcesOf(resource, state).length > 0;
}

function isForService({ principals }: Statement): boolean {
  return principals.some((principal) => principal.startsWith("Service:"));
}
