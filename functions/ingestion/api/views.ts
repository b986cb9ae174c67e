import type { Outcome, Submission } from "../outcome.ts";
import type { StoredRecord } from "../stores/record.ts";
import type { SubmissionResult } from "../stores/record-store.ts";

/** A record as its readers see it: the path of its document is the one of the large API. */
export function recordView(record: StoredRecord) {
  const { item, clientId, profile, proposal, submissionId } = record;
  const { fileName, contentType, sha256, sizeBytes } = record.document;
  const path = `/proposals/${item}/documents/${sha256}`;
  return {
    item,
    clientId,
    profile,
    proposal,
    document: { path, fileName, contentType, sha256, sizeBytes },
    submissionId,
    receivedAt: toRfc3339(record.receivedAt),
  };
}

/** A submission with its outcome. */
export function outcomeView(submission: Submission, { status, ...rest }: Outcome) {
  const { item, submissionId } = submission;
  const reasons = "reasons" in rest ? { reasons: rest.reasons } : {};
  return { item, submissionId, status, receivedAt: toRfc3339(submission.receivedAt), ...reasons };
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
