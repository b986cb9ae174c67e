import {
  GATEWAY_MAX_REQUEST_BYTES,
  LOG_RETENTION_DAYS,
  MEBIBYTE,
  MEMORY_PER_PAYLOAD_BYTE,
  RUNTIME_MEMORY_MB,
  SYNCHRONOUS_MAX_ESCAPED_BYTES,
} from "../../contract/limits.ts";
import type { Environment } from "../../env/schema.ts";
import { rule, type TerraformVariables, wholeNumberBetween } from "./terraform-variables.ts";

// The environment's schema has the same rules; here they also hold for values that `-var` or a workspace overrides.
const outlivesQueues = rule(
  (reference) => `${reference} > var.queue_retention_days + var.dead_letter_retention_days`,
  "must be more than queue_retention_days + dead_letter_retention_days.",
);
const holdsPayloads = (bytes: string, payloads: string) =>
  rule(
    (reference) =>
      `${reference} >= ${RUNTIME_MEMORY_MB} + ceil(${bytes} * ${MEMORY_PER_PAYLOAD_BYTE} / ${MEBIBYTE})`,
    `must be at least ${RUNTIME_MEMORY_MB} MB and ${MEMORY_PER_PAYLOAD_BYTE} times ${payloads}.`,
  );

/** Variables that size things. */
export function declareSizes(variables: TerraformVariables, environment: Environment) {
  const { functions, queue, sweep, retention, payload } = environment;
  return {
    thresholdBytes: variables.number(
      "large_payload_threshold_bytes",
      payload.thresholdBytes,
      "From this size on, payloads take the large path.",
      wholeNumberBetween(1, SYNCHRONOUS_MAX_ESCAPED_BYTES),
      rule((reference) => `${reference} < var.max_payload_bytes`, "must be below max_payload_bytes."),
      rule(
        (reference) => `${reference} * var.payload_escaping_factor <= ${SYNCHRONOUS_MAX_ESCAPED_BYTES}`,
        `must be at most ${SYNCHRONOUS_MAX_ESCAPED_BYTES} divided by payload_escaping_factor.`,
      ),
    ),
    payloadEscapingFactor: variables.number(
      "payload_escaping_factor",
      payload.escapingFactor,
      "How much longer a payload may become as a JSON string inside Lambda's event.",
      rule((reference) => `${reference} >= 1 && ${reference} <= 6`, "must be from 1 to 6."),
    ),
    maxPayloadBytes: variables.number(
      "max_payload_bytes",
      payload.maxBytes,
      "Largest payload that the functions read.",
      wholeNumberBetween(1, GATEWAY_MAX_REQUEST_BYTES),
    ),
    apiFunctionMemoryMb: variables.number(
      "api_function_memory_mb",
      functions.api.memoryMb,
      "Memory of the API function.",
      wholeNumberBetween(128, 10_240),
      holdsPayloads("var.large_payload_threshold_bytes", "a payload of large_payload_threshold_bytes"),
    ),
    apiFunctionTimeoutSeconds: variables.number(
      "api_function_timeout_seconds",
      functions.api.timeoutSeconds,
      "Timeout of the API function; API Gateway gives up after 29 seconds.",
      wholeNumberBetween(1, 29),
    ),
    queueFunctionMemoryMb: variables.number(
      "queue_function_memory_mb",
      functions.queue.memoryMb,
      "Memory of the queue function.",
      wholeNumberBetween(128, 10_240),
      holdsPayloads("var.batch_size * var.max_payload_bytes", "batch_size payloads of max_payload_bytes"),
    ),
    queueFunctionTimeoutSeconds: variables.number(
      "queue_function_timeout_seconds",
      functions.queue.timeoutSeconds,
      "Timeout of the queue function; the queue's visibility timeout follows it.",
      wholeNumberBetween(1, 900),
    ),
    sweepFunctionMemoryMb: variables.number(
      "sweep_function_memory_mb",
      functions.sweep.memoryMb,
      "Memory of the sweep function.",
      wholeNumberBetween(128, 10_240),
    ),
    sweepFunctionTimeoutSeconds: variables.number(
      "sweep_function_timeout_seconds",
      functions.sweep.timeoutSeconds,
      "Timeout of the sweep function.",
      wholeNumberBetween(1, 900),
    ),
    sweepEveryMinutes: variables.number(
      "sweep_every_minutes",
      sweep.everyMinutes,
      "Minutes from one sweep to the next.",
      wholeNumberBetween(5, 1_440),
    ),
    unprocessedAfterMinutes: variables.number(
      "unprocessed_after_minutes",
      sweep.unprocessedAfterMinutes,
      "Age from which on a waiting payload counts as unprocessed and is queued again.",
      wholeNumberBetween(5, 1_440),
    ),
    batchSize: variables.number(
      "batch_size",
      queue.batchSize,
      "Messages per invocation of the queue function.",
      wholeNumberBetween(1, 1_000),
    ),
    batchWindowSeconds: variables.number(
      "batch_window_seconds",
      queue.batchWindowSeconds,
      "Time to gather a batch.",
      wholeNumberBetween(0, 300),
      rule(
        (reference) => `var.batch_size <= 10 || ${reference} >= 1`,
        "must be at least 1 when batch_size is above 10.",
      ),
    ),
    maxReceiveCount: variables.number(
      "max_receive_count",
      queue.maxReceiveCount,
      "Receives before a message goes to the dead-letter queue.",
      wholeNumberBetween(5, 1_000),
    ),
    queueRetentionDays: variables.number(
      "queue_retention_days",
      queue.retentionDays,
      "Retention of the intake queue.",
      wholeNumberBetween(1, 13),
    ),
    deadLetterRetentionDays: variables.number(
      "dead_letter_retention_days",
      queue.deadLetterRetentionDays,
      "Retention of the dead-letter queue, counted from a message's first enqueue time.",
      wholeNumberBetween(2, 14),
      rule(
        (reference) => `${reference} > var.queue_retention_days`,
        "must be more than queue_retention_days.",
      ),
    ),
    intakeObjectDays: variables.number(
      "intake_object_days",
      retention.intakeObjectDays,
      "Days after which an unprocessed object of the intake bucket expires.",
      wholeNumberBetween(1, 3_650),
      outlivesQueues,
    ),
    submissionRetentionDays: variables.number(
      "submission_retention_days",
      retention.submissionDays,
      "Days for which outcomes and deletions are remembered.",
      wholeNumberBetween(1, 3_650),
      outlivesQueues,
      rule((reference) => `${reference} >= var.intake_object_days`, "must not be below intake_object_days."),
    ),
    nonCurrentDocumentDays: variables.number(
      "non_current_document_days",
      retention.nonCurrentDocumentDays,
      "Days for which replaced and deleted documents, and their noncurrent versions, are kept.",
      wholeNumberBetween(1, 3_650),
    ),
    logRetentionDays: variables.number(
      "log_retention_days",
      retention.logDays,
      "Retention of every log group.",
      rule(
        (reference) => `contains([${LOG_RETENTION_DAYS.join(", ")}], ${reference})`,
        "must be a retention that CloudWatch Logs offers.",
      ),
    ),
  };
}
