import { INTAKE_PREFIX, ITEM_PATTERN, type ItemKey, parseIntakeKey } from "./keys.ts";

/** Of paths without their last part, the id. */
const malformedPattern = new RegExp(
  `^${INTAKE_PREFIX}(${ITEM_PATTERN})/(?:(.*)/payload|(.*?)/files/(.*))$`,
  "s",
);

/** What a caller called an item or a file, out of a key without its submission's id. It is told why it is rejected. */
export function readMalformed(path: string): ItemKey | undefined {
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
 * What a key below `incoming/` tells of its object: a `submission` of today's layout, one of an `older` version's, or `foreign`,
 * which no API writes. Extended request ids are padded base64, so that all of them end with "="; what somebody has copied
 * there seldom does.
 */
export function kindOfIntakeKey(key: string): "submission" | "older" | "foreign" {
  if (parseIntakeKey(key)) return key.endsWith("/") ? "foreign" : "submission";
  if (!key.endsWith("=")) return "foreign";
  if (possibleSubmissions(key).length > 0) return "submission";
  return olderKeyPattern.test(key) ? "older" : "foreign";
}

/** Whether the gateway may have written an object under this key, as far as a key tells. */
export function mayBeSubmission(key: string): boolean {
  return kindOfIntakeKey(key) !== "foreign";
}
