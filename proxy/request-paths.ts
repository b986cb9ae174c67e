import { ITEM_PATTERN } from "../contract/keys.ts";
import { GATEWAY_MAX_METHOD_ARN_BYTES } from "../contract/limits.ts";
import { SHARED_PATH } from "../domain/names.ts";

/** Of a path: what `arn:aws-us-gov:execute-api:<region>:<account>:<api>/<stage>/<method>` leaves of an ARN. */
export const MAX_PATH_BYTES = GATEWAY_MAX_METHOD_ARN_BYTES - 210;

/** Of a path and its query: the least that RFC 9110 asks everybody to take. */
export const MAX_TARGET_BYTES = 8000;

/**
 * What no path may hold, in whatever case: characters that no URI has, a percent sign without two digits, control characters,
 * dot segments (also where what stands around them is encoded, or a parameter follows), and encoded slashes in front of dots.
 */
export const unsafePathPattern = [
  "[^!$%&-;=@-Z_a-z~]",
  "%(?![0-9a-f]{2})",
  "%[01]",
  "%7f",
  "(?:/|%2f|%5c)(?:\\.|%2e){1,2}(?:/|%2f|%5c|;|%3b|$)",
  "(?:%2f|%5c)(?:\\.|%2e)",
].join("|");

const itemPathPrefix = `${SHARED_PATH}/`;
const itemPathPattern = `^${itemPathPrefix}${ITEM_PATTERN}(/|$)`;
/** Of files that are sent by themselves. Where a domain takes none, no API has these paths. */
const filePathPrefixPattern = `^${itemPathPrefix}[^/]+/files/`;
const allowedFilePathPattern = `^${itemPathPrefix}${ITEM_PATTERN}/files/${ITEM_PATTERN}(/|$)`;
/** A slash at the end makes no other resource. */
export const filePathPattern = `^${itemPathPrefix}[^/]+/files/[^/]+/?$`;
const documentPathPrefixPattern = `^${itemPathPrefix}[^/]+(/files/[^/]+)?/documents/`;
export const documentPathPattern = `${documentPathPrefixPattern}[0-9a-f]{64}/?$`;
/** A submission's id is Base64, in which `+`, `/` and `=` may be encoded: nothing else here has a use for a percent sign. */
const encodedSubmissionPattern = `^${itemPathPrefix}[^/%]+(/files/[^/%]+)?/submissions/([A-Za-z0-9+=_-]|%2[bBfF]|%3[dD])+/?$`;

/** A path below the shared one that matches the first pattern has to match the second, too. */
export interface PathRule {
  readonly name: string;
  readonly refusal: "item-not-allowed" | "path-not-allowed" | "not-found";
  readonly ifMatching: string;
  readonly unlessMatching: string;
}

/** In this order. Every other API says by itself what its parameters may be. */
export const sharedPathRules: readonly PathRule[] = [
  {
    name: "item",
    refusal: "item-not-allowed",
    ifMatching: `^${itemPathPrefix}`,
    unlessMatching: itemPathPattern,
  },
  {
    name: "file",
    refusal: "item-not-allowed",
    ifMatching: filePathPrefixPattern,
    unlessMatching: allowedFilePathPattern,
  },
  {
    name: "percent",
    refusal: "path-not-allowed",
    ifMatching: "%",
    unlessMatching: encodedSubmissionPattern,
  },
  {
    name: "document",
    refusal: "not-found",
    ifMatching: documentPathPrefixPattern,
    unlessMatching: documentPathPattern,
  },
];
