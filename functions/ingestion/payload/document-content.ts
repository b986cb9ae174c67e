import { createHash } from "node:crypto";
import type { DocumentContentType, ProposalDocument } from "../../../domain/proposals.ts";
import { type Checked, refuse } from "../outcome.ts";
import { decodeBase64 } from "./decode-base64.ts";

/** A document's bytes with what identifies them. */
export interface DocumentContent {
  readonly bytes: Uint8Array;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

const zip = [0x50, 0x4b, 0x03, 0x04];

/** The first bytes of each type. Office documents are zip archives. */
const magicBytes: Readonly<Record<DocumentContentType, readonly number[]>> = {
  "application/pdf": [0x25, 0x50, 0x44, 0x46, 0x2d],
  "image/png": [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  "image/jpeg": [0xff, 0xd8, 0xff],
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": zip,
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": zip,
};

/**
 * Decodes the document and holds it to its declared type and hash.
 * @param decoded what its base64 text stands for, where that is known
 */
export function readDocumentContent(
  document: ProposalDocument,
  decoded?: Uint8Array,
): Checked<DocumentContent> {
  const bytes = decoded ?? decodeBase64(Buffer.from(document.data))?.bytes;
  if (!bytes) {
    return refuse("document.data", "invalid_base64", "Must be canonical base64 with padding and no blanks.");
  }
  if (!magicBytes[document.contentType]?.every((byte, index) => bytes[index] === byte)) {
    return refuse(
      "document.data",
      "content_type_mismatch",
      "The bytes are not of the declared content type.",
    );
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (document.sha256 !== undefined && document.sha256.toLowerCase() !== sha256) {
    return refuse("document.sha256", "sha256_mismatch", "The bytes have another SHA-256.");
  }
  return { ok: true, value: { bytes, sha256 } };
}
