import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { DOCUMENTS_PREFIX } from "../../../contract/keys.ts";
import { type Submission, type WrittenOutcome, writtenOutcomeSchema } from "../outcome.ts";
import type { CheckedPayload } from "../payload/check-payload.ts";

const receivedSchema = {
  item: z.string(),
  submissionId: z.string(),
  receivedAt: z.number(),
  /** Since when, in epoch milliseconds, the item has had its present document, or none. */
  documentSince: z.number(),
};

/** What is kept of a proposal. Looser than the contract, so that a stricter contract still reads old records. */
export const recordSchema = z.object({
  ...receivedSchema,
  kind: z.literal("record"),
  clientId: z.string(),
  profile: z.record(z.string(), z.unknown()),
  proposal: z.record(z.string(), z.unknown()),
  document: z.object({
    /** Object key in the documents bucket. */
    path: z.string(),
    sha256: z.string(),
    sizeBytes: z.number(),
    contentType: z.string(),
    fileName: z.string(),
  }),
  contentSha256: z.string(),
  /** Of the submission that wrote this record: a repeated delivery of it gives the same answer. */
  outcome: writtenOutcomeSchema,
});

/** Stands for a deleted proposal, so that a late older submission does not bring it back. */
export const tombstoneSchema = z.object({
  ...receivedSchema,
  kind: z.literal("tombstone"),
  /** Epoch seconds. */
  expiresAt: z.number(),
});

export const currentStateSchema = z.discriminatedUnion("kind", [recordSchema, tombstoneSchema]);

export type StoredRecord = z.infer<typeof recordSchema>;
export type Tombstone = z.infer<typeof tombstoneSchema>;
export type CurrentState = z.infer<typeof currentStateSchema>;

export function documentPath(item: string, sha256: string): string {
  return `${DOCUMENTS_PREFIX}${item}/${sha256}`;
}

/** The item of a document's path; undefined for an object of another kind. */
export function itemOfDocument(path: string): string | undefined {
  return /^documents\/([^/]+)\/[0-9a-f]{64}$/.exec(path)?.[1];
}

/** Hash of the proposal as it was understood: layout and order of properties do not count. */
export function contentSha256({ proposal, content }: CheckedPayload): string {
  const { clientId, profile, proposal: metadata, document } = proposal;
  const { fileName, contentType } = document;
  const identity = [clientId, profile, metadata, { fileName, contentType, sha256: content.sha256 }];
  return createHash("sha256").update(JSON.stringify(identity)).digest("hex");
}

export function documentOf(item: string, { proposal, content }: CheckedPayload): StoredRecord["document"] {
  return {
    path: documentPath(item, content.sha256),
    sha256: content.sha256,
    sizeBytes: content.bytes.length,
    contentType: proposal.document.contentType,
    fileName: proposal.document.fileName,
  };
}

export function buildRecord(
  { item, submissionId, receivedAt }: Submission,
  payload: CheckedPayload,
  { outcome, documentSince }: { outcome: WrittenOutcome; documentSince: number },
): StoredRecord {
  const { clientId, profile, proposal } = payload.proposal;
  return {
    kind: "record",
    item,
    submissionId,
    receivedAt,
    documentSince,
    clientId,
    profile,
    proposal,
    document: documentOf(item, payload),
    contentSha256: contentSha256(payload),
    outcome,
  };
}

export function buildTombstone(
  { item, submissionId, receivedAt }: Submission,
  deletedAt: number,
  expiresAt: number,
): Tombstone {
  return { kind: "tombstone", item, submissionId, receivedAt, documentSince: deletedAt, expiresAt };
}
