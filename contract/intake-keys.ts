import { INTAKE_PREFIX, ITEM_PATTERN, type ItemKey, parseIntakeKey } from "./keys.ts";

/** Matches keys without their last part, the submission id. */
const malformedPattern = new RegExp(
  `^${INTAKE_PREFIX}(${ITEM_PATTERN})/(?:(.*)/payload|(.*?)/files/(.*))$`,
  "s",
);

/** The malformed item or file id in a key without its submission id: the caller gets it back in the rejection. */
export function readMalformed(path: string): ItemKey | undefined {
  const [, caller, item, itemOfFile, fileId] = malformedPattern.exec(path) ?? [];
  if (caller === undefined) return undefined;
  if (item !== undefined) return { caller, item };
  return itemOfFile === undefined || fileId === undefined ? undefined : { caller, item: itemOfFile, fileId };
}

/** Limits the reads that a key with many slashes can cause. */
const maxTriedEnds = 16;

/**
 * The submissions that a key can belong to, the most likely first. If an item or a file id is malformed, the submission id
 * begins after one of the last slashes, because ids contain few of them.
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

/** Keys from before callers were part of them. Their data is not read, but it is reported. */
const olderKeyPattern = new RegExp(`^${INTAKE_PREFIX}${ITEM_PATTERN}/[A-Za-z0-9+/_:-]+=+$`);

/**
 * The kind of an object under `incoming/`, by its key: a `submission` of today's layout, one of an `older` layout, or
 * `foreign`, which no API writes. Extended request ids are padded base64 and all end with "=". Copied files seldom do.
 */
export function kindOfIntakeKey(key: string): "submission" | "older" | "foreign" {
  if (parseIntakeKey(key)) return key.endsWith("/") ? "foreign" : "submission";
  if (!key.endsWith("=")) return "foreign";
  if (possibleSubmissions(key).length > 0) return "submission";
  return olderKeyPattern.test(key) ? "older" : "foreign";
}

/** Whether API Gateway can have written an object with this key. */
export function mayBeSubmission(key: string): boolean {
  return kindOfIntakeKey(key) !== "foreign";
}
