import type { ItemKey } from "../../../contract/keys.ts";
import { domain } from "../../../domain/domain.ts";
import { replaceFiles } from "../../../domain/files.ts";
import { SHARED_PATH } from "../../../domain/names.ts";
import type { Outcome, Submission } from "../outcome.ts";
import type { FileMetadata } from "../payload/checked-payload.ts";
import type { StoredRecord } from "../stores/record.ts";
import type { SubmissionResult } from "../stores/record-store.ts";

/** A record or a plain file as its readers see it. */
export function recordView(record: StoredRecord) {
  const { submissionId } = record;
  const withPath = (file: FileMetadata) => ({ ...file, path: documentPath(record, file.sha256) });
  const [sha256 = ""] = record.documents;
  const content =
    record.fileId === undefined
      ? replaceFiles<FileMetadata>(record.content, domain.files, withPath)
      : { ...record.content, path: documentPath(record, sha256) };
  return { ...keyView(record), ...content, submissionId, receivedAt: toRfc3339(record.receivedAt) };
}

/** Of the large API: answers of a function end at 6 MB. */
function documentPath({ item, fileId }: ItemKey, sha256: string): string {
  const file = fileId === undefined ? "" : `/files/${fileId}`;
  return `${SHARED_PATH}/${item}${file}/documents/${sha256}`;
}

/** By the name that the domain gives the id of an item. */
export function keyView({ item, fileId }: ItemKey) {
  return { [domain.key]: item, ...(fileId !== undefined && { fileId }) };
}

/** A submission with its outcome. */
export function outcomeView(submission: Submission, { status, ...rest }: Outcome) {
  const { submissionId } = submission;
  const reasons = "reasons" in rest ? { reasons: rest.reasons } : {};
  return {
    ...keyView(submission),
    submissionId,
    status,
    receivedAt: toRfc3339(submission.receivedAt),
    ...reasons,
  };
}

export function resultView(result: SubmissionResult) {
  const { correlationId, finishedAt } = result;
  return {
    ...outcomeView(result, result.outcome),
    finishedAt: toRfc3339(finishedAt),
    ...(correlationId && { correlationId }),
  };
}

function toRfc3339(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString();
}
