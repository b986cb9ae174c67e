import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { filesGroupKey, groupKey } from "../../../contract/keys.ts";
import { domain } from "../../../domain/domain.ts";
import { keyOf, type Submission, type WrittenOutcome, writtenOutcomeSchema } from "../outcome.ts";
import type { CheckedFile } from "../payload/checked-payload.ts";

export const itemKeySchema = {
  caller: z.string(),
  item: z.string(),
  /** Of a plain file. */
  fileId: z.optional(z.string()),
};

const receivedSchema = {
  ...itemKeySchema,
  submissionId: z.string(),
  receivedAt: z.number(),
  /** Since when, in epoch milliseconds, the item has had its present documents, or none. */
  documentsSince: z.number(),
};

/** What is kept of a payload or a plain file. Looser than the contract, so that a stricter contract still reads old records. */
export const recordSchema = z.object({
  ...receivedSchema,
  kind: z.literal("record"),
  /** What was sent, with the metadata of each file where the file stood; of a plain file, its metadata. */
  content: z.record(z.string(), z.unknown()),
  /** SHA-256 of each of its files, once: the sweep knows them even where an older contract had its files elsewhere. */
  documents: z.array(z.string()),
  /**
   * When the item was last deleted, in epoch milliseconds, if it ever was: what was written before and is no longer referred to
   * is left over from that deletion. Rows of before have none.
   */
  deletedAt: z.exactOptional(z.number()),
  contentSha256: z.string(),
  /** Of the submission that wrote this record: a repeated delivery of it gives the same answer. */
  outcome: writtenOutcomeSchema,
  /** Key of the index, which lists records by group and plain files by item. */
  groupKey: z.string(),
  groupItem: z.string(),
});

/** Stands for what was deleted, so that a late older submission does not bring it back. */
export const tombstoneSchema = z.object({
  ...receivedSchema,
  kind: z.literal("tombstone"),
  /** Epoch seconds. */
  expiresAt: z.number(),
});

export type StoredRecord = z.infer<typeof recordSchema>;
export type Tombstone = z.infer<typeof tombstoneSchema>;
export type CurrentState = StoredRecord | Tombstone;

/** What a valid submission brings: a payload with its files, or one plain file. */
export interface Content {
  readonly record: Readonly<Record<string, unknown>>;
  readonly files: readonly CheckedFile[];
}

export function contentOfFile(file: CheckedFile): Content {
  return { record: { ...file.metadata }, files: [file] };
}

/** Hash of the content as it was understood: layout and order of properties do not count. */
export function contentSha256({ record }: Content): string {
  return createHash("sha256").update(JSON.stringify(record, sortProperties)).digest("hex");
}

function sortProperties(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** Each of the files once: the same bytes are one document. */
export function documentsOf({ files }: Content): Map<string, CheckedFile> {
  return new Map(files.map((file) => [file.metadata.sha256, file]));
}

export function buildRecord(
  submission: Submission,
  content: Content,
  {
    outcome,
    documentsSince,
    deletedAt,
  }: { outcome: WrittenOutcome; documentsSince: number; deletedAt?: number | undefined },
): StoredRecord {
  const { submissionId, receivedAt } = submission;
  return {
    kind: "record",
    ...keyOf(submission),
    submissionId,
    receivedAt,
    documentsSince,
    content: content.record,
    documents: [...documentsOf(content).keys()],
    ...(deletedAt !== undefined && { deletedAt }),
    contentSha256: contentSha256(content),
    outcome,
    ...groupOf(submission, content),
  };
}

function groupOf(submission: Submission, { record }: Content) {
  const { caller, item, fileId } = submission;
  if (fileId !== undefined) return { groupKey: filesGroupKey(submission), groupItem: fileId };
  const group = record[domain.listedBy];
  if (typeof group !== "string") {
    throw new TypeError(
      `Records are listed by ${domain.listedBy}, but the contract returned no string for it`,
    );
  }
  return { groupKey: groupKey(caller, group), groupItem: item };
}

/** What a state refers to, by the SHA-256 of its bytes. */
export function documentsOfState(state: CurrentState | undefined): ReadonlySet<string> {
  return new Set(state?.kind === "record" ? state.documents : []);
}

/** When the item was last deleted, in epoch milliseconds, as far as its state tells. */
export function deletionTimeOf(state: CurrentState | undefined): number | undefined {
  return state?.kind === "tombstone" ? state.documentsSince : state?.deletedAt;
}

/** The same record after a deletion that was received earlier: another state, of the same documents. */
export function markDeletion(record: StoredRecord, deletedAt: number): StoredRecord {
  return { ...record, deletedAt, documentsSince: record.documentsSince + 1 };
}

export function buildTombstone(
  deletion: Submission | Tombstone,
  deletedAt: number,
  expiresAt: number,
): Tombstone {
  const { submissionId, receivedAt } = deletion;
  return {
    kind: "tombstone",
    ...keyOf(deletion),
    submissionId,
    receivedAt,
    documentsSince: deletedAt,
    expiresAt,
  };
}
