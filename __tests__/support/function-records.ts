import { type ItemKey, SHARED_CALLER } from "../../contract/keys.ts";
import { domain } from "../../domain/domain.ts";
import type { FilePart } from "../../domain/files.ts";
import { replaceFiles } from "../../domain/files.ts";
import { SHARED_PATH } from "../../domain/names.ts";
import { createFile, createSample } from "../../domain/sample.ts";
import type { StoredRecord } from "../../functions/ingestion/stores/record.ts";
import { sha256Hex } from "./function-payloads.ts";

/** Of the paths that name an item, and a plain file of it. */
export const itemResource = `${SHARED_PATH}/{${domain.key}}`;
export const fileResource = `${itemResource}/files/{fileId}`;

export function keyedBy(item: string, fileId?: string): ItemKey {
  return { caller: SHARED_CALLER, item, ...(fileId !== undefined && { fileId }) };
}

/** The group that every sample is in. */
export const sampleGroup = String(domain.example[domain.listedBy]);

/** What is kept of `markedRecord(mark)`: the metadata of each file stands for it. */
export function keptContent(mark = ""): Record<string, unknown> {
  const { record } = createSample({ mark });
  return replaceFiles(domain.contract.parse(record), domain.files, keptOfFile);
}

function keptOfFile({ fileName, contentType, data }: FilePart) {
  const bytes = Buffer.from(data, "base64");
  return { fileName, contentType, sha256: sha256Hex(bytes), sizeBytes: bytes.length };
}

/** SHA-256 of the files of `markedRecord(mark)`. */
export function sampleHashes(mark = ""): string[] {
  return createSample({ mark }).files.map(({ sha256 }) => sha256);
}

/** A file that is sent as it is; `mark` tells its bytes apart. */
export function aPlainFile(mark = "") {
  const [mediaType] = domain.mediaTypes;
  if (mediaType === undefined) throw new Error("the domain has no media type");
  const bytes = createFile(mediaType, `a file ${mark}`);
  return { bytes, contentType: mediaType.name, sha256: sha256Hex(bytes) };
}

export function aStoredRecord(key: ItemKey, changes: Partial<StoredRecord> = {}): StoredRecord {
  return {
    kind: "record",
    ...key,
    submissionId: "s-1",
    receivedAt: 1,
    documentsSince: 1,
    content: { text: "ä", number: 1e-300, list: [{ "": null }] },
    documents: ["a".repeat(64)],
    contentSha256: "c",
    outcome: { status: "stored", created: true },
    groupKey: `${key.caller}#group`,
    groupItem: key.fileId ?? key.item,
    ...changes,
  };
}
