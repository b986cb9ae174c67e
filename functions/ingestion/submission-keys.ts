import {
  CALLER_METADATA,
  correlationIdPattern,
  INTAKE_PREFIX,
  ITEM_PATTERN,
  type ItemKey,
  parseIntakeKey,
  SHARED_CALLER,
} from "../../contract/keys.ts";
import type { Submission } from "./outcome.ts";

/**
 * The gateway took something in under a key that is none of today's, or that names another caller than its metadata: nobody
 * may lose it, and nobody may get it, so a person has to look.
 */
export class KeyLayoutError extends Error {
  override readonly name = "KeyLayoutError";
  readonly code = "KEY_LAYOUT";
}

/**
 * The submission that an object is; undefined for what the gateway has not written. The id is the end of the key as metadata
 * tells it: it may hold slashes, and so may what a caller calls an item or a file.
 * @throws {KeyLayoutError}
 */
export function readSubmission(
  key: string,
  metadata: Readonly<Record<string, string>>,
): Submission | undefined {
  const submissionId = metadata["submission-id"];
  const receivedAt = metadata["received-at"];
  if (!submissionId || !receivedAt || !/^\d{1,15}$/.test(receivedAt)) {
    return undefined;
  }
  const itemKey = itemKeyOf(key, submissionId);
  if (!itemKey) {
    throw new KeyLayoutError(`Object ${key} is a submission whose key has another layout; see its metadata`);
  }
  // A caller with slashes would reach into another's prefix: the key alone does not tell where its name ends.
  if (itemKey.caller !== (metadata[CALLER_METADATA] ?? SHARED_CALLER)) {
    throw new KeyLayoutError(
      `Object ${key} is under another caller's key than its metadata names; see there`,
    );
  }
  const correlationId = metadata["correlation-id"];
  return {
    ...itemKey,
    submissionId,
    receivedAt: Number(receivedAt),
    ...(correlationId && correlationIdPattern.test(correlationId) && { correlationId }),
  };
}

function itemKeyOf(key: string, submissionId: string): ItemKey | undefined {
  const parsed = parseIntakeKey(key);
  if (parsed?.submissionId === submissionId) {
    return parsed.key;
  }
  return key.endsWith(`/${submissionId}`) ? readMalformed(key.slice(0, -submissionId.length - 1)) : undefined;
}

const malformedPattern = new RegExp(
  `^${INTAKE_PREFIX}(${ITEM_PATTERN})/(?:(.*)/payload|(.*?)/files/(.*))$`,
  "s",
);

/** What a caller called an item or a file, out of a key without its submission's id. It is told why it is rejected. */
function readMalformed(path: string): ItemKey | undefined {
  const [, caller, item, itemOfFile, fileId] = malformedPattern.exec(path) ?? [];
  if (caller === undefined) return undefined;
  if (item !== undefined) return { caller, item };
  return itemOfFile === undefined || fileId === undefined ? undefined : { caller, item: itemOfFile, fileId };
}

/** Bounds the reads that a key made of slashes can cause. */
const maxTriedEnds = 16;

/**
 * Which submissions a key may be of, the most likely first: where an item or a file is malformed, the id ends the key after
 * one of its last slashes, as ids hold few of them.
 */
export function possibleSubmissions(key: string): { key: ItemKey; submissionId: string }[] {
  const parsed = parseIntakeKey(key);
  const ends = [...key.matchAll(/\//g)].map(({ index }) => index).slice(-maxTriedEnds);
  const malformed = ends.reverse().flatMap((end) => {
    const itemKey = readMalformed(key.slice(0, end));
    return itemKey ? [{ key: itemKey, submissionId: key.slice(end + 1) }] : [];
  });
  return parsed ? [parsed, ...malformed] : malformed;
}

/** Data of the layout before callers is not read, but is not left alone either. */
const olderKeyPattern = new RegExp(`^${INTAKE_PREFIX}${ITEM_PATTERN}/[A-Za-z0-9+/_:-]+=+$`);

/**
 * Whether the gateway may have written an object under this key, as far as a key tells. Extended request ids are padded
 * base64, so that all of them end with "="; what somebody has copied there seldom does.
 */
export function mayBeSubmission(key: string): boolean {
  if (parseIntakeKey(key)) return !key.endsWith("/");
  return key.endsWith("=") && (olderKeyPattern.test(key) || possibleSubmissions(key).length > 0);
}
