import { decideOutcome, isNewer } from "./decide-outcome.ts";
import type { Outcome, Payload, Reason, Submission } from "./outcome.ts";
import { type CheckedPayload, checkPayload } from "./payload/check-payload.ts";
import type { DocumentStore } from "./stores/document-store.ts";
import { buildRecord, buildTombstone, contentSha256, documentOf } from "./stores/record.ts";
import type { RecordStore } from "./stores/record-store.ts";
import { updateCurrent } from "./stores/update-current.ts";

/** What the use case works with. */
export interface IngestContext {
  readonly documents: DocumentStore;
  readonly records: RecordStore;
  readonly maxPayloadBytes: number;
  readonly retentionDays: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const secondsPerDay = 86_400;

/**
 * Validates a payload, stores its document and then its record, and writes down how that ended.
 * Repeating it is harmless and gives the first answer. Throws only what may succeed when tried again.
 */
export async function ingest(
  payload: Payload,
  submission: Submission,
  context: IngestContext,
): Promise<Outcome> {
  const { maxPayloadBytes } = context;
  const checked = checkPayload(payload, { item: submission.item, maxPayloadBytes });
  if (!checked.ok) {
    return reject(submission, checked.reasons, context);
  }
  return finish(submission, await store(submission, checked.value, context), context);
}

/** Ends a submission that can never be stored. */
export function reject(submission: Submission, reasons: Reason[], context: IngestContext): Promise<Outcome> {
  return finish(submission, { status: "rejected", reasons }, context);
}

/** Leaves a tombstone, unless something newer is there. Deleting nothing still holds off older submissions. */
export function deleteRecord(submission: Submission, context: IngestContext): Promise<void> {
  return updateCurrent(context.records, submission.item, async (current) => {
    if (current && !isNewer(submission, current)) {
      return { result: undefined };
    }
    return { next: buildTombstone(submission, context.now(), expiry(context)), result: undefined };
  });
}

function store(submission: Submission, payload: CheckedPayload, context: IngestContext): Promise<Outcome> {
  const contentHash = contentSha256(payload);
  return updateCurrent(context.records, submission.item, async (current) => {
    const decision = decideOutcome(submission, contentHash, current);
    if (decision.action === "keep") {
      return { result: decision.outcome };
    }
    const { path } = documentOf(submission.item, payload);
    const keepsDocument = current?.kind === "record" && current.document.path === path;
    if (!keepsDocument) {
      // Before the record: no reader may find a record without its document.
      await context.documents.put(path, payload.content, payload.proposal.document.contentType);
    }
    const documentSince = keepsDocument ? current.documentSince : context.now();
    const next = buildRecord(submission, payload, { outcome: decision.outcome, documentSince });
    return { next, result: decision.outcome };
  });
}

/** Writes the outcome once; of two deliveries at the same time, both answer with what was written first. */
async function finish(submission: Submission, outcome: Outcome, context: IngestContext): Promise<Outcome> {
  const result = { ...submission, outcome, finishedAt: context.now(), expiresAt: expiry(context) };
  if (await context.records.writeResult(result)) {
    return outcome;
  }
  const earlier = await context.records.readResult(submission.item, submission.submissionId);
  return earlier?.outcome ?? outcome;
}

/** Epoch seconds, as DynamoDB's time to live wants them. */
function expiry({ now, retentionDays }: IngestContext): number {
  return Math.floor(now() / 1000) + retentionDays * secondsPerDay;
}
