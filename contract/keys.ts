/** Where API Gateway writes payloads in the intake bucket, and the queue function reads them. */
export const INTAKE_PREFIX = "incoming/";

/** Where the functions write documents in the documents bucket, and API Gateway reads them. */
export const DOCUMENTS_PREFIX = "documents/";

/**
 * The id of an item, a plain file or a caller, in URLs, object keys and table keys: a regular expression without anchors. No
 * character needs escaping in any of them. It does not start with a dot, so it is not a relative path segment.
 */
export const ITEM_PATTERN = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

export const itemPattern = new RegExp(`^${ITEM_PATTERN}$`);

/** Documents of deleted records, if an environment keeps them for some days. No API reads them. */
export const DELETED_PREFIX = "deleted/";

/** The caller of every request, if an environment does not distinguish callers. */
export const SHARED_CALLER = "shared";

/** The header in which the proxy names the caller. The proxy replaces a value that a client sends. */
export const CALLER_HEADER = "x-caller-id";

/** The caller in an object's metadata, without `x-amz-meta-`. */
export const CALLER_METADATA = "caller-id";

/** Identifies what has submissions and a state: an item of a caller, or a plain file of such an item. */
export interface ItemKey {
  readonly caller: string;
  readonly item: string;
  readonly fileId?: string | undefined;
}

/** The path of an item, or of a file under it. */
function pathOf({ item, fileId }: ItemKey): string {
  return fileId === undefined ? item : `${item}/files/${fileId}`;
}

/** The key of a waiting payload. Every key begins with the caller: no item id can reach another caller's prefix. */
export function intakeKey({ caller, item, fileId }: ItemKey, submissionId: string): string {
  const what = fileId === undefined ? "payload" : `files/${fileId}`;
  return `${INTAKE_PREFIX}${caller}/${item}/${what}/${submissionId}`;
}

const intakeKeyPattern = new RegExp(
  `^${INTAKE_PREFIX}(${ITEM_PATTERN})/(${ITEM_PATTERN})/(?:payload|files/(${ITEM_PATTERN}))/(.+)$`,
  "s",
);

/** The parts of a key of `intakeKey`; undefined for other keys. A submission id can contain slashes. */
export function parseIntakeKey(key: string): { key: ItemKey; submissionId: string } | undefined {
  const [, caller, item, fileId, submissionId] = intakeKeyPattern.exec(key) ?? [];
  if (caller === undefined || item === undefined || submissionId === undefined) return undefined;
  return { key: { caller, item, ...(fileId !== undefined && { fileId }) }, submissionId };
}

/** The prefix of an item's documents. Documents of its plain files are deeper under it. */
export function documentsPrefix(key: ItemKey): string {
  return `${DOCUMENTS_PREFIX}${key.caller}/${pathOf(key)}/`;
}

/** The key of a stored document, with the SHA-256 of its bytes. */
export function documentKey(key: ItemKey, sha256: string): string {
  return `${documentsPrefix(key)}${sha256}`;
}

/** The key of a document after its deletion. */
export function deletedKey(path: string): string {
  return `${DELETED_PREFIX}${path.slice(DOCUMENTS_PREFIX.length)}`;
}

const documentKeyPattern = new RegExp(
  `^${DOCUMENTS_PREFIX}(${ITEM_PATTERN})/(${ITEM_PATTERN})(?:/files/(${ITEM_PATTERN}))?/([0-9a-f]{64})$`,
);

/** The parts of a key of `documentKey`; undefined for other keys. */
export function parseDocumentKey(path: string): { key: ItemKey; sha256: string } | undefined {
  const [, caller, item, fileId, sha256] = documentKeyPattern.exec(path) ?? [];
  if (caller === undefined || item === undefined || sha256 === undefined) return undefined;
  return { key: { caller, item, ...(fileId !== undefined && { fileId }) }, sha256 };
}

/** Whether a key is one of `deletedKey`. */
export function isDeletedKey(key: string): boolean {
  return (
    key.startsWith(DELETED_PREFIX) &&
    parseDocumentKey(`${DOCUMENTS_PREFIX}${key.slice(DELETED_PREFIX.length)}`) !== undefined
  );
}

/** The partition key of a record and of its submissions. */
export function tableKey(key: ItemKey): string {
  return `caller#${key.caller}#item#${pathOf(key)}`;
}

/** The index value with which a caller's records of one group are listed. */
export function groupKey(caller: string, group: string): string {
  return `${caller}#${group}`;
}

/** The value in the same index for the plain files of an item. A caller never contains a slash, so the two don't collide. */
export function filesGroupKey({ caller, item }: ItemKey): string {
  return `${caller}/${item}`;
}

/** A sender's own id of a request, in x-correlation-id: short, and safe in logs and headers. */
export const CORRELATION_ID_PATTERN = "[A-Za-z0-9][A-Za-z0-9._:/=+-]{0,127}";
export const correlationIdPattern = new RegExp(`^${CORRELATION_ID_PATTERN}$`);
