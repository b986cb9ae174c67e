import { MAX_ENCODED_FILE_NAME_LENGTH } from "../../../contract/limits.ts";
import { domain } from "../../../domain/domain.ts";
import { endsAs } from "../../../domain/file-names.ts";
import type { MediaType } from "../../../domain/media-types.ts";
import { fileName as fileNameSchema } from "../../../domain/seam.ts";
import { type Checked, type Payload, type Reason, refuse } from "../outcome.ts";
import { describeFile, wrongEnding } from "./check-files.ts";
import { checkRequest } from "./check-payload.ts";
import type { CheckedFile } from "./checked-payload.ts";
import { describeIssues } from "./describe-issues.ts";
import { isOfType } from "./is-of-type.ts";

interface CheckPlainFileOptions {
  readonly item: string;
  readonly fileId: string;
  /** As the sender's Content-Type said. */
  readonly contentType: string | undefined;
  /** Percent-encoded UTF-8; the file's id where there is none. */
  readonly fileName: string | undefined;
  readonly maxPayloadBytes: number;
  readonly mediaTypes?: readonly MediaType[];
}

const nameSchema = fileNameSchema();

/** The whole check of a file that was sent as it is, without JSON around it. */
export function checkPlainFile(payload: Payload, options: CheckPlainFileOptions): Checked<CheckedFile> {
  const { item, fileId, maxPayloadBytes, mediaTypes = domain.mediaTypes } = options;
  const ids = { [domain.key]: item, fileId };
  const refusal = checkRequest(payload, { ids, maxPayloadBytes, wanted: "the file as it is" });
  if (refusal) return refusal;
  const { bytes } = payload;
  if (bytes.length === 0) return refuse("", "empty_file", "The file is empty.");
  const type = findType(options.contentType, mediaTypes);
  const name = options.fileName === undefined ? fileId : decodeName(options.fileName);
  const reasons = [
    ...(type ? [] : [typeReason(mediaTypes)]),
    ...(isTooLong(options.fileName) ? [tooLongReason] : nameReasons(name, type)),
  ];
  if (!type || name === undefined || reasons.length > 0) return { ok: false, reasons };
  if (!isOfType(bytes, type)) {
    return refuse("", "content_type_mismatch", "The bytes are not of the declared content type.");
  }
  return { ok: true, value: describeFile(bytes, { fileName: name, contentType: type.name }) };
}

/** A media type may have parameters, and is the same in either case. https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1 */
function findType(contentType = "", mediaTypes: readonly MediaType[]): MediaType | undefined {
  const [declared = ""] = contentType.split(";");
  return mediaTypes.find(({ name }) => name === declared.trim().toLowerCase());
}

function typeReason(mediaTypes: readonly MediaType[]): Reason {
  const names = mediaTypes.map(({ name }) => name).join(", ");
  return { path: "contentType", code: "invalid_value", message: `Must be one of: ${names}.` };
}

/** https://www.rfc-editor.org/rfc/rfc3986#section-2: S3 gives other characters than ASCII back in another form. */
const encodedPattern = /^(?:[A-Za-z0-9!'()*._~-]|%[0-9A-Fa-f]{2})*$/;

function decodeName(encoded: string): string | undefined {
  if (!encodedPattern.test(encoded)) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

/** S3 takes a longer name where the other metadata is short: that is nothing to rely on. */
function isTooLong(encoded = ""): boolean {
  return encoded.length > MAX_ENCODED_FILE_NAME_LENGTH;
}

const tooLongReason: Reason = {
  path: "fileName",
  code: "too_big",
  message: `Must be at most ${MAX_ENCODED_FILE_NAME_LENGTH} characters long when percent-encoded.`,
};

function nameReasons(name: string | undefined, type: MediaType | undefined): Reason[] {
  if (name === undefined) {
    return [{ path: "fileName", code: "invalid_format", message: "Must be percent-encoded UTF-8." }];
  }
  const issues = nameSchema.safeParse(name).error?.issues ?? [];
  const reasons = describeIssues(issues, nameSchema).map((reason) => ({ ...reason, path: "fileName" }));
  return reasons.length === 0 && type && !endsAs(name, type) ? [wrongEnding("fileName", type)] : reasons;
}
