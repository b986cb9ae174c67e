import { encodeName } from "./encode-name.ts";
import { compareKeys } from "./key-order.ts";
import { invalidArgument } from "./s3-error.ts";

const maxKeysAtMost = 1000;

export interface PageRequest {
  readonly prefix: string;
  /** Empty for none. */
  readonly delimiter: string;
  readonly maxKeys: number;
  /** Whether an entry comes behind where the page begins. */
  isBehind(key: string, commonPrefix: string | undefined): boolean;
}

export interface Page<Entry> {
  readonly entries: readonly Entry[];
  readonly commonPrefixes: readonly string[];
  /** Where more are left: the last of this page, an entry or a common prefix. */
  readonly last: { readonly entry: Entry } | { readonly commonPrefix: string } | undefined;
  readonly isTruncated: boolean;
}

/**
 * A page of a listing: entries whose key has the delimiter behind the prefix are put together, and each group counts once.
 * @param entries in the order of their keys
 */
export function listPage<Entry extends { readonly key: string }>(
  entries: Iterable<Entry>,
  { prefix, delimiter, maxKeys, isBehind }: PageRequest,
): Page<Entry> {
  const found: Entry[] = [];
  const commonPrefixes: string[] = [];
  let last: Page<Entry>["last"];
  for (const entry of entries) {
    if (!entry.key.startsWith(prefix)) continue;
    const commonPrefix = commonPrefixOf(entry.key, prefix, delimiter);
    if (commonPrefix !== undefined && commonPrefix === commonPrefixes.at(-1)) continue;
    if (!isBehind(entry.key, commonPrefix)) continue;
    if (found.length + commonPrefixes.length === maxKeys) {
      return { entries: found, commonPrefixes, last, isTruncated: maxKeys > 0 };
    }
    if (commonPrefix === undefined) {
      found.push(entry);
      last = { entry };
    } else {
      commonPrefixes.push(commonPrefix);
      last = { commonPrefix };
    }
  }
  return { entries: found, commonPrefixes, last: undefined, isTruncated: false };
}

function commonPrefixOf(key: string, prefix: string, delimiter: string): string | undefined {
  const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
  return end === -1 ? undefined : key.slice(0, end + delimiter.length);
}

/** Behind a marker, which may be a key, or the common prefix that ended the page before. */
export function behindMarker(marker: string): PageRequest["isBehind"] {
  return (key, commonPrefix) => compareKeys(commonPrefix ?? key, marker) > 0 && compareKeys(key, marker) > 0;
}

/** @throws S3Error InvalidArgument */
export function parseMaxKeys(query: URLSearchParams, name = "max-keys"): number {
  const text = query.get(name);
  if (text === null || text === "") return maxKeysAtMost;
  if (!/^\d+$/.test(text) || Number(text) > 2 ** 31 - 1) {
    throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, text);
  }
  return Math.min(Number(text), maxKeysAtMost);
}

/**
 * How names stand in a listing.
 * @throws S3Error InvalidArgument
 */
export function nameEncoder(query: URLSearchParams): (name: string) => string {
  const encoding = query.get("encoding-type");
  if (encoding === null) return (name) => name;
  if (encoding !== "url")
    throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encoding);
  return encodeName;
}

/** In whole seconds, as Amazon S3 keeps them. */
export function formatTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}.000Z`;
}
