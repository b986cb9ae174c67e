import { createHash } from "node:crypto";
import { domain } from "../../domain/domain.ts";
import type { FilePart } from "../../domain/files.ts";
import { replaceFiles } from "../../domain/files.ts";
import { createSample, type SampleFile } from "../../domain/sample.ts";

type AnyRecord = Record<string, unknown>;

/** A record that keeps the contract; `changes` replace its top-level parts. */
export function aRecord(changes: AnyRecord = {}): AnyRecord {
  return { ...createSample().record, ...changes };
}

/** A record whose files, and so its content, are told apart by `mark`. */
export function markedRecord(mark: string): AnyRecord {
  return { ...createSample({ mark }).record };
}

/** What is sent of `aRecord`. */
export function aPayload(changes: AnyRecord = {}): Buffer {
  return toBytes(aRecord(changes));
}

/** What is sent of `markedRecord`. */
export function markedPayload(mark: string): Buffer {
  return toBytes(markedRecord(mark));
}

/** The first file of `aRecord`, or of `markedRecord(mark)`. */
export function firstFile(mark = ""): SampleFile {
  const [first] = createSample({ mark }).files;
  if (first === undefined) throw new Error("the domain's example has no file");
  return first;
}

/** The record with something else in its first file. */
export function withFirstFile(record: AnyRecord, changes: Partial<FilePart>): AnyRecord {
  const first = firstFile().path.join(".");
  return replaceFiles(record, domain.files, (file, path) =>
    path.join(".") === first ? { ...file, ...changes } : file,
  );
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function toBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
