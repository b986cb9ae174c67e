import { mayBeSubmission, possibleSubmissions } from "../../../contract/intake-keys.ts";
import { INTAKE_PREFIX, type ItemKey } from "../../../contract/keys.ts";
import type { MetricOf } from "../../../contract/metrics.ts";
import type { CreatedObject } from "../../../domain/s3-notification.ts";
import { log } from "../../log.ts";
import { type IngestContext, ingest, reject } from "../ingest.ts";
import type { Metrics } from "../metrics.ts";
import { observeOutcome } from "../observe-outcome.ts";
import type { Outcome, Submission } from "../outcome.ts";
import { payloadTooLarge } from "../payload/check-payload.ts";
import type { IntakeObject, IntakeStore } from "../stores/intake-store.ts";
import { readSubmission } from "../submission-keys.ts";

export interface ProcessContext extends IngestContext {
  readonly intake: Pick<IntakeStore, "open" | "delete">;
  readonly metrics: Metrics<MetricOf<"queue-function">>;
}

/** An accepted payload is gone and nobody wrote down how it ended: only a person can find out. */
export class LostPayloadError extends Error {
  override readonly name = "LostPayloadError";
  readonly code = "LOST_PAYLOAD";
}

/**
 * Brings the payload of a created object to its outcome, then deletes it. Foreign objects are left alone.
 * @throws {LostPayloadError}
 * @throws {KeyLayoutError}
 */
export async function processCreatedObject(object: CreatedObject, context: ProcessContext): Promise<void> {
  const { key, versionId } = object;
  if (!key.startsWith(INTAKE_PREFIX)) {
    leaveAlone("object outside the intake prefix ignored", key, context);
    return;
  }
  const payload = await context.intake.open(key, versionId);
  if (!payload) {
    await expectResult(key, context);
    return;
  }
  let read = false;
  try {
    const submission = readSubmission(key, payload.metadata);
    if (!submission) {
      leaveAlone("object without metadata of API Gateway ignored", key, context);
      return;
    }
    const readPayload = () => {
      read = true;
      return payload.read();
    };
    await processPayload({ ...payload, read: readPayload }, submission, context);
  } finally {
    if (!read) {
      payload.discard();
    }
  }
  await context.intake.delete(key);
}

function tellOfRepetition({ caller, item, fileId }: ItemKey, submissionId: string): void {
  log("info", "repeated event of a finished submission", { caller, item, fileId, submissionId });
}

function leaveAlone(message: string, key: string, { metrics }: ProcessContext): void {
  metrics.add("ForeignEvents", 1);
  log("warn", message, { key });
}

/** Repeated deliveries and payloads that are too large end before the payload is read. */
async function processPayload(
  payload: Omit<IntakeObject, "discard">,
  submission: Submission,
  context: ProcessContext,
): Promise<void> {
  const startedAt = context.now();
  if (await context.records.readResult(submission, submission.submissionId)) {
    tellOfRepetition(submission, submission.submissionId);
    return;
  }
  observeOutcome(context.metrics, {
    submission,
    outcome: await decide(payload, submission, context),
    sizeBytes: payload.sizeBytes,
    startedAt,
    finishedAt: context.now(),
    traceId: payload.metadata["trace-id"],
  });
}

async function decide(
  { sizeBytes, metadata, read }: Omit<IntakeObject, "discard">,
  submission: Submission,
  context: ProcessContext,
): Promise<Outcome> {
  if (sizeBytes > context.maxPayloadBytes) {
    return reject(submission, [payloadTooLarge(context.maxPayloadBytes)], context);
  }
  const payload = {
    bytes: await read(),
    contentEncoding: metadata["content-encoding"],
    contentType: metadata["content-type"],
    fileName: metadata["file-name"],
  };
  return ingest(payload, submission, context);
}

/** Without metadata the key alone tells the submission. */
async function expectResult(key: string, context: ProcessContext): Promise<void> {
  for (const { key: itemKey, submissionId } of possibleSubmissions(key)) {
    if (await context.records.readResult(itemKey, submissionId)) {
      tellOfRepetition(itemKey, submissionId);
      return;
    }
  }
  if (!mayBeSubmission(key)) {
    leaveAlone("deleted object was not a submission", key, context);
    return;
  }
  throw new LostPayloadError(`Object ${key} is gone, and its submission has no outcome`);
}
