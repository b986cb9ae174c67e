import type { Path } from "../../../domain/files.ts";

/** What is kept of a file beside its bytes. */
export interface FileMetadata {
  readonly fileName: string;
  readonly contentType: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** A file that is what it says. */
export interface CheckedFile {
  readonly metadata: FileMetadata;
  readonly bytes: Uint8Array;
}

/** A payload that keeps the contract, its files decoded. */
export interface CheckedPayload {
  /** As the contract gives it, with the metadata of each file where the file stood. */
  readonly record: Readonly<Record<string, unknown>>;
  /** Place by place; a file may be there twice. */
  readonly files: readonly (CheckedFile & { readonly path: Path })[];
}
