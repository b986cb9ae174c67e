import * as z from "zod/mini";
import type { FunctionVariable, SweepVariable } from "../../contract/function-variables.ts";

const name = z.string().check(z.minLength(1));
/** The account that owns both buckets: S3 refuses what would go to somebody else's of the same name. */
const accountId = z.string().check(z.regex(/^\d{12}$/));
const positiveInteger = z.pipe(
  z.string().check(z.regex(/^[1-9]\d{0,14}$/)),
  z.transform((text: string) => Number(text)),
);
/** Days for which documents of deleted records are kept out of reach; 0 for not at all. */
const deletedDocumentDays = z.pipe(
  z.string().check(z.regex(/^(0|[1-9]\d{0,3})$/)),
  z.transform((text: string) => Number(text)),
);

/** Of the API and the queue function. */
export const functionEnvironmentSchema = z.object({
  BUCKET_OWNER: accountId,
  INTAKE_BUCKET: name,
  DOCUMENTS_BUCKET: name,
  TABLE_NAME: name,
  /** Largest payload that is processed, in bytes. */
  MAX_PAYLOAD_BYTES: positiveInteger,
  /** Days that outcomes and tombstones are kept: longer than any queue may hold an older submission. */
  SUBMISSION_RETENTION_DAYS: positiveInteger,
  DELETED_DOCUMENT_DAYS: deletedDocumentDays,
} satisfies Record<FunctionVariable, unknown>);

/** Of the sweep. */
export const sweepEnvironmentSchema = z.object({
  BUCKET_OWNER: accountId,
  INTAKE_BUCKET: name,
  DOCUMENTS_BUCKET: name,
  TABLE_NAME: name,
  QUEUE_URL: name,
  /** Age in minutes from which on a waiting payload counts as unprocessed. */
  UNPROCESSED_AFTER_MINUTES: positiveInteger,
  /** Days for which a document is kept that no record points to any more. */
  DOCUMENT_GRACE_DAYS: positiveInteger,
  DELETED_DOCUMENT_DAYS: deletedDocumentDays,
} satisfies Record<SweepVariable, unknown>);
