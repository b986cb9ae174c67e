import { decideOutcome, isNewer } from "./decide-outcome.ts";
import { type Checked, type Outcome, type Payload, type Reason, refuse, type Submission } from "./outcome.ts";
import { checkPayload } from "./payload/check-payload.ts";
import { checkPlainFile } from "./payload/check-plain-file.ts";
import type { DocumentStore } from "./stores/document-store.ts";
import { putDocuments } from "./stores/put-documents.ts";
import {
  buildRecord,
  buildTombstone,
  type Content,
  type CurrentState,
  contentOfFile,
  contentSha256,
  documentsOf,
} from "./stores/record.ts";
import type { RecordStore } from "./stores/record-store.ts";
import { updateCurrent } from "./stores/update-current.ts";

/** What the use case works with. */
export interface IngestContext {
  readonly documents: DocumentStore;
  readonly records: RecordStore;
  readonly maxPayloadBytes: number;
  /** Whether files are taken as they are, without a payload around them. */
  readonly plainFiles: boolean;
  readonly retentionDays: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const secondsPerDay = 86_400;

/**
 * Validates a payload or a plain file, stores its documents and then its record, and writes down how that ended.
 * Repeating it is harmless and gives the first answer. Throws only what may succeed when tried again.
 */
export async function ingest(
  payload: Payload,
  submission: Submission,
  context: IngestContext,
): Promise<Outcome> {
  const checked = check(payload, submission, context);
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
  return updateCurrent(context.records, submission, async (current) => {
    if (current && !isNewer(submission, current)) {
      return { result: undefined };
    }
    return { next: buildTombstone(submission, context.now(), expiry(context)), result: undefined };
  });
}

function check(payload: Payload, submission: Submission, context: IngestContext): Checked<Content> {
  const { item, fileId } = submission;
  const { maxPayloadBytes, plainFiles } = context;
  if (fileId === undefined) {
    return checkPayload(payload, { item, maxPayloadBytes });
  }
  if (!plainFiles) {
    return refuse("", "no_plain_files", "Files are taken as parts of a payload only.");
  }
  const { contentType, fileName } = payload;
  const file = checkPlainFile(payload, { item, fileId, contentType, fileName, maxPayloadBytes });
  return file.ok ? { ok: true, value: contentOfFile(file.value) } : file;
}

function store(submission: Submission, content: Content, context: IngestContext): Promise<Outcome> {
  const contentHash = contentSha256(content);
  const documents = documentsOf(content);
  // Whoever was faster has not taken away what was put a moment ago.
  const put = new Set<string>();
  return updateCurrent(context.records, submission, async (current) => {
    const decision = decideOutcome(submission, contentHash, current);
    if (decision.action === "keep") {
      return { result: decision.outcome };
    }
    const there = presentDocuments(current);
    // Before the record: no reader may find a record without its documents.
    const missing = [...documents].filter(([sha256]) => !there.has(sha256) && !put.has(sha256));
    await putDocuments(
      context.documents,
      submission,
      missing.map(([, file]) => file),
    );
    for (const [sha256] of missing) put.add(sha256);
    const isSame =
      there.size === documents.size && [...documents.keys()].every((sha256) => there.has(sha256));
    const documentsSince = current && isSame ? current.documentsSince : context.now();
    const next = buildRecord(submission, content, { outcome: decision.outcome, documentsSince });
    return { next, result: decision.outcome };
  });
}

function presentDocuments(current: CurrentState | undefined): ReadonlySet<string> {
  return new Set(current?.kind === "record" ? current.documents : []);
}

/** Writes the outcome once; of two deliveries at the same time, both answer with what was written first. */
async function finish(submission: Submission, outcome: Outcome, context: IngestContext): Promise<Outcome> {
  const result = { ...submission, outcome, finishedAt: context.now(), expiresAt: expiry(context) };
  if (await context.records.writeResult(result)) {
    return outcome;
  }
  const earlier = await context.records.readResult(submission, submission.submissionId);
  return earlier?.outcome ?? outcome;
}

/** Epoch seconds, as DynamoDB's time to live wants them. */
function expiry({ now, retentionDays }: IngestContext): number {
  return Math.floor(now() / 1000) + retentionDays * secondsPerDay;
}
