import { parseDocumentKey } from "../../contract/keys.ts";
import { decideOutcome } from "./decide-outcome.ts";
import { expiryOf } from "./expiry.ts";
import { type Checked, type Outcome, type Payload, type Reason, refuse, type Submission } from "./outcome.ts";
import { checkPayload } from "./payload/check-payload.ts";
import { checkPlainFile } from "./payload/check-plain-file.ts";
import type { DocumentStore } from "./stores/document-store.ts";
import type { StoredVersion } from "./stores/document-versions.ts";
import { putDocuments } from "./stores/put-documents.ts";
import {
  buildRecord,
  type Content,
  type CurrentState,
  contentOfFile,
  contentSha256,
  deletionTimeOf,
  documentsOf,
  documentsOfState,
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

function check(payload: Payload, submission: Submission, context: IngestContext): Checked<Content> {
  const { item, fileId } = submission;
  const { maxPayloadBytes, plainFiles } = context;
  if (fileId === undefined) {
    return checkPayload(payload, { item, maxPayloadBytes });
  }
  if (!plainFiles) {
    return refuse(
      "",
      "no_plain_files",
      "This API does not accept plain files. Send the file inside a payload.",
    );
  }
  const { contentType, fileName } = payload;
  const file = checkPlainFile(payload, { item, fileId, contentType, fileName, maxPayloadBytes });
  return file.ok ? { ok: true, value: contentOfFile(file.value) } : file;
}

function store(submission: Submission, content: Content, context: IngestContext): Promise<Outcome> {
  const contentHash = contentSha256(content);
  const documents = documentsOf(content);
  const written: StoredVersion[] = [];
  return updateCurrent(context.records, submission, async (current, mayBeWritten) => {
    const decision = decideOutcome(submission, contentHash, current);
    if (decision.action === "keep") {
      await removeUnused(written, mayBeWritten ? current : undefined, context);
      return { result: decision.outcome };
    }
    const there = documentsOfState(current);
    // Before the record: no reader may find a record without its documents. And again after each reading: what was put for
    // an earlier state may be on the list of a deletion that came between.
    const missing = [...documents].filter(([sha256]) => !there.has(sha256)).map(([, file]) => file);
    written.push(...(await putDocuments(context.documents, submission, missing)));
    const isSame =
      there.size === documents.size && [...documents.keys()].every((sha256) => there.has(sha256));
    const documentsSince = current && isSame ? current.documentsSince : context.now();
    const next = buildRecord(submission, content, {
      outcome: decision.outcome,
      documentsSince,
      deletedAt: deletionTimeOf(current),
    });
    return { next, result: decision.outcome };
  });
}

/**
 * Of an ingest that ends without its record: whoever refers to the same bytes has put them himself. Only where the record may
 * have been written after all, the one that replaced it may rely on them.
 */
async function removeUnused(
  written: readonly StoredVersion[],
  current: CurrentState | undefined,
  { documents }: IngestContext,
): Promise<void> {
  const there = documentsOfState(current);
  await documents.delete(written.filter(({ path }) => !there.has(parseDocumentKey(path)?.sha256 ?? "")));
}

/** Writes the outcome once; of two deliveries at the same time, both answer with what was written first. */
async function finish(submission: Submission, outcome: Outcome, context: IngestContext): Promise<Outcome> {
  const result = { ...submission, outcome, finishedAt: context.now(), expiresAt: expiryOf(context) };
  if (await context.records.writeResult(result)) {
    return outcome;
  }
  const earlier = await context.records.readResult(submission, submission.submissionId);
  return earlier?.outcome ?? outcome;
}
