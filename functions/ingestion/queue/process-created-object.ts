import { INTAKE_PREFIX } from "../../../contract/keys.ts";
import type { MetricOf } from "../../../contract/metrics.ts";
import { log } from "../../log.ts";
import { type IngestContext, ingest, reject } from "../ingest.ts";
import type { Metrics } from "../metrics.ts";
import { observeOutcome } from "../observe-outcome.ts";
import { correlationIdPattern, type Outcome, type Submission } from "../outcome.ts";
import { payloadTooLarge } from "../payload/check-payload.ts";
import type { IntakeObject, IntakeStore } from "../stores/intake-store.ts";
import type { CreatedObject } from "./s3-notification.ts";

export interface ProcessContext extends IngestContext {
  readonly intake: Pick<IntakeStore, "open" | "delete">;
  readonly metrics: Metrics<MetricOf<"queue-function">>;
}

/** An accepted payload is gone and nobody wrote down how it ended: only a person can find out. */
export class LostPayloadError extends Error {
  override readonly name = "LostPayloadError";
  readonly code = "LOST_PAYLOAD";
}

/** Bounds the reads that a key made of slashes can cause. */
const maxTriedEnds = 16;

/**
 * Brings the payload of a created object to its outcome, then deletes it. Foreign objects are left alone.
 * @throws {LostPayloadError}
 */
export async function processCreatedObject(object: CreatedObject, context: ProcessContext): Promise<void> {
  const { key, versionId } = object;
  if (!key.startsWith(INTAKE_PREFIX)) {
    context.metrics.add("ForeignEvents", 1);
    log("warn", "object outside the intake prefix left alone", { key });
    return;
  }
  const payload = await context.intake.open(key, versionId);
  if (!payload) {
    await expectResult(key, context);
    return;
  }
  const submission = readSubmission(key, payload.metadata);
  if (!submission) {
    payload.discard();
    context.metrics.add("ForeignEvents", 1);
    log("warn", "object without the gateway's metadata left alone", { key });
    return;
  }
  await processPayload(payload, submission, context);
  await context.intake.delete(key);
}

/** Repeated deliveries and payloads that are too large end before the payload is read. */
async function processPayload(
  payload: IntakeObject,
  submission: Submission,
  context: ProcessContext,
): Promise<void> {
  const startedAt = context.now();
  let read = false;
  const decide = async (): Promise<Outcome> => {
    if (payload.sizeBytes > context.maxPayloadBytes) {
      return reject(submission, [payloadTooLarge(context.maxPayloadBytes)], context);
    }
    read = true;
    const contentEncoding = payload.metadata["content-encoding"];
    return ingest({ bytes: await payload.read(), contentEncoding }, submission, context);
  };
  try {
    if (await context.records.readResult(submission.item, submission.submissionId)) {
      log("info", "repeated event of a finished submission", { submissionId: submission.submissionId });
      return;
    }
    observeOutcome(context.metrics, {
      submission,
      outcome: await decide(),
      sizeBytes: payload.sizeBytes,
      startedAt,
      finishedAt: context.now(),
      traceId: payload.metadata["trace-id"],
    });
  } finally {
    if (!read) {
      payload.discard();
    }
  }
}

/** The id is the end of the key as metadata tells it: it may hold slashes, and so may what a caller calls an item. */
function readSubmission(key: string, metadata: IntakeObject["metadata"]): Submission | undefined {
  const submissionId = metadata["submission-id"];
  const receivedAt = metadata["received-at"];
  if (!submissionId || !receivedAt || !/^\d{1,15}$/.test(receivedAt) || !key.endsWith(`/${submissionId}`)) {
    return undefined;
  }
  const item = key.slice(INTAKE_PREFIX.length, -submissionId.length - 1);
  const correlationId = metadata["correlation-id"];
  return {
    item,
    submissionId,
    receivedAt: Number(receivedAt),
    ...(correlationId && correlationIdPattern.test(correlationId) && { correlationId }),
  };
}

/** Without metadata the key alone tells the submission. */
async function expectResult(key: string, { records }: ProcessContext): Promise<void> {
  for (const { item, submissionId } of possibleSubmissions(key)) {
    if (await records.readResult(item, submissionId)) {
      log("info", "repeated event of a finished submission", { item, submissionId });
      return;
    }
  }
  throw new LostPayloadError(`Object ${key} is gone, and its submission has no outcome`);
}

/**
 * A valid item ends at the first slash. What else a caller calls an item ends, as ids hold few slashes, at one
 * of the last.
 */
function possibleSubmissions(key: string): Pick<Submission, "item" | "submissionId">[] {
  const path = key.slice(INTAKE_PREFIX.length);
  const [first, ...others] = [...path.matchAll(/\//g)].map(({ index }) => index);
  const ends = first === undefined ? [] : [first, ...others.slice(-maxTriedEnds).reverse()];
  return ends.map((end) => ({ item: path.slice(0, end), submissionId: path.slice(end + 1) }));
}
