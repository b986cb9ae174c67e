import { createHash } from "node:crypto";
import { type Checked, refuse } from "./outcome.ts";
import type { DocumentContentType, ProposalDocument } from "./proposal.ts";

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

/** Decodes the document and holds it to its declared type and hash. */
export function readDocumentContent(document: ProposalDocument): Checked<DocumentContent> {
  const bytes = decodeBase64(document.data);
  if (!bytes) {
    return refuse("document.data", "invalid_base64", "Must be canonical base64 with padding and no blanks.");
  }
  if (!magicBytes[document.contentType].every((byte, index) => bytes[index] === byte)) {
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

/**
 * Decodes canonical base64 (RFC 4648 §4), or returns undefined. `Buffer.from` never fails: characters it
 * can't read are skipped, which only the length betrays; `-` and `_` are read as base64url; and characters
 * beyond ASCII may be read as their low byte.
 */
export function decodeBase64(text: string): Buffer | undefined {
  if (text.length % 4 !== 0 || Buffer.byteLength(text) !== text.length) {
    return undefined;
  }
  if (text.includes("-") || text.includes("_")) {
    return undefined;
  }
  const bytes = Buffer.from(text, "base64");
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  if (bytes.length !== (text.length / 4) * 3 - padding) {
    return undefined;
  }
  // Only the last group can hold bits that no byte has.
  const lastGroup = bytes.subarray(bytes.length - (padding === 0 ? 3 : 3 - padding)).toString("base64");
  return text.endsWith(lastGroup) ? bytes : undefined;
}
