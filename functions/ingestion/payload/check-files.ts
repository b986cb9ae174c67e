import { createHash } from "node:crypto";
import { endsAs } from "../../../domain/file-names.ts";
import { type FileAt, filesOf, type Path } from "../../../domain/files.ts";
import type { MediaType } from "../../../domain/media-types.ts";
import { type Checked, type Reason, refuse } from "../outcome.ts";
import type { CheckedFile, CheckedPayload } from "./checked-payload.ts";
import { decodeBase64 } from "./decode-base64.ts";
import { isOfType } from "./is-of-type.ts";
import { type ParsedPayload, pathKey } from "./parse-payload.ts";

/**
 * Of one payload. Each is put into the store by a call of its own, within the time of one invocation; and what a record keeps
 * of them has to fit into 400 KB beside the rest of the payload.
 */
export const MAX_FILES = 100;

/** Decodes the files of a record that keeps its contract, and holds each to its declared type and hash. */
export function checkFiles(
  record: Readonly<Record<string, unknown>>,
  {
    files: places,
    mediaTypes,
  }: { readonly files: readonly string[]; readonly mediaTypes: readonly MediaType[] },
  readData: ParsedPayload["readData"],
): Checked<CheckedPayload["files"]> {
  const found = filesOf(record, places);
  if (found.length > MAX_FILES) {
    return refuse("", "too_many_files", `The payload has more than ${MAX_FILES} files.`);
  }
  const files: (CheckedFile & { readonly path: Path })[] = [];
  const reasons: Reason[] = [];
  for (const at of found) {
    const checked = checkFile(at, bytesOf(at, readData), mediaTypes);
    if (checked.ok) files.push({ ...checked.value, path: at.path });
    else reasons.push(...checked.reasons);
  }
  return reasons.length > 0 ? { ok: false, reasons } : { ok: true, value: files };
}

/** A contract may have put another file where one was read. */
function bytesOf({ path, file }: FileAt, readData: ParsedPayload["readData"]): Uint8Array | undefined {
  const known = readData.get(pathKey(path));
  return known?.text === file.data ? known.bytes : decodeBase64(Buffer.from(file.data))?.bytes;
}

function checkFile(
  { path, file }: FileAt,
  bytes: Uint8Array | undefined,
  mediaTypes: readonly MediaType[],
): Checked<CheckedFile> {
  const { fileName, contentType } = file;
  const data = [...path, "data"].join(".");
  if (!bytes) {
    return refuse(data, "invalid_base64", "Must be canonical base64 with padding and no blanks.");
  }
  const type = mediaTypes.find(({ name }) => name === contentType);
  if (!type || !isOfType(bytes, type)) {
    return refuse(data, "content_type_mismatch", "The bytes are not of the declared content type.");
  }
  if (!endsAs(fileName, type)) {
    return { ok: false, reasons: [wrongEnding([...path, "fileName"].join("."), type)] };
  }
  const checked = describeFile(bytes, { fileName, contentType });
  if (file.sha256 !== undefined && file.sha256.toLowerCase() !== checked.metadata.sha256) {
    return refuse([...path, "sha256"].join("."), "sha256_mismatch", "The SHA-256 of the bytes is different.");
  }
  return { ok: true, value: checked };
}

/** Of a name that makes the file look like one of another type. */
export function wrongEnding(path: string, { extensions }: MediaType): Reason {
  const endings = extensions.map((each) => `.${each}`).join(", ");
  return {
    path,
    code: "file_name_mismatch",
    message: `Must have a file extension of its content type (${endings}), or no extension.`,
  };
}

export function describeFile(
  bytes: Uint8Array,
  { fileName, contentType }: { readonly fileName: string; readonly contentType: string },
): CheckedFile {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { metadata: { fileName, contentType, sha256, sizeBytes: bytes.length }, bytes };
}
