/** Where API Gateway writes payloads in the intake bucket, and the queue function reads them. */
export const INTAKE_PREFIX = "incoming/";

/** Where the functions write documents in the documents bucket, and API Gateway reads them. */
export const DOCUMENTS_PREFIX = "documents/";

/**
 * The id of an item, of a plain file and of a caller, in URLs, object keys and table keys: a regular expression without anchors.
 * Each of its characters means itself in all of them, and it never starts with a dot, so that it is no relative path segment.
 */
export const ITEM_PATTERN = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

export const itemPattern = new RegExp(`^${ITEM_PATTERN}$`);

/** Documents of deleted records, where an environment keeps them for some days: no API reads there. */
export const DELETED_PREFIX = "deleted/";

/** The caller of everything, where callers are not told apart. */
export const SHARED_CALLER = "shared";

/** The header in which the proxy says who calls; what a client sends in it never arrives. */
export const CALLER_HEADER = "x-caller-id";

/** The same in an object's metadata, without `x-amz-meta-`. */
export const CALLER_METADATA = "caller-id";

/** What has submissions and a state of its own: an item of a caller, or a plain file that was sent to such an item. */
export interface ItemKey {
  readonly caller: string;
  readonly item: string;
  readonly fileId?: string | undefined;
}

/** An item, or a file below it. */
function pathOf({ item, fileId }: ItemKey): string {
  return fileId === undefined ? item : `${item}/files/${fileId}`;
}

/** Of a waiting payload. The caller comes first in every key, so that nothing in an item can leave its prefix. */
export function intakeKey({ caller, item, fileId }: ItemKey, submissionId: string): string {
  const what = fileId === undefined ? "payload" : `files/${fileId}`;
  return `${INTAKE_PREFIX}${caller}/${item}/${what}/${submissionId}`;
}

const intakeKeyPattern = new RegExp(
  `^${INTAKE_PREFIX}(${ITEM_PATTERN})/(${ITEM_PATTERN})/(?:payload|files/(${ITEM_PATTERN}))/(.+)$`,
  "s",
);

/** What a key tells; undefined where it is none of `intakeKey`. A submission's id may hold slashes. */
export function parseIntakeKey(key: string): { key: ItemKey; submissionId: string } | undefined {
  const [, caller, item, fileId, submissionId] = intakeKeyPattern.exec(key) ?? [];
  if (caller === undefined || item === undefined || submissionId === undefined) return undefined;
  return { key: { caller, item, ...(fileId !== undefined && { fileId }) }, submissionId };
}

/** What all documents of an item have in common, and, one slash further down, those of its plain files. */
export function documentsPrefix(key: ItemKey): string {
  return `${DOCUMENTS_PREFIX}${key.caller}/${pathOf(key)}/`;
}

/** Of a stored document, by the SHA-256 of its bytes. */
export function documentKey(key: ItemKey, sha256: string): string {
  return `${documentsPrefix(key)}${sha256}`;
}

/** Where a document is kept after its deletion. */
export function deletedKey(path: string): string {
  return `${DELETED_PREFIX}${path.slice(DOCUMENTS_PREFIX.length)}`;
}

const documentKeyPattern = new RegExp(
  `^${DOCUMENTS_PREFIX}(${ITEM_PATTERN})/(${ITEM_PATTERN})(?:/files/(${ITEM_PATTERN}))?/([0-9a-f]{64})$`,
);

/** What a document's key tells; undefined where it is none of `documentKey`. */
export function parseDocumentKey(path: string): { key: ItemKey; sha256: string } | undefined {
  const [, caller, item, fileId, sha256] = documentKeyPattern.exec(path) ?? [];
  if (caller === undefined || item === undefined || sha256 === undefined) return undefined;
  return { key: { caller, item, ...(fileId !== undefined && { fileId }) }, sha256 };
}

/** Whether it is a key of `deletedKey`. */
export function isDeletedKey(key: string): boolean {
  return (
    key.startsWith(DELETED_PREFIX) &&
    parseDocumentKey(`${DOCUMENTS_PREFIX}${key.slice(DELETED_PREFIX.length)}`) !== undefined
  );
}

/** The first part of the table's key, of a record and of its submissions. */
export function tableKey(key: ItemKey): string {
  return `caller#${key.caller}#item#${pathOf(key)}`;
}

/** Value of the index by which a caller's records of one group are listed. */
export function groupKey(caller: string, group: string): string {
  return `${caller}#${group}`;
}

/** Value of the same index by which the plain files of an item are listed: no caller holds a slash. */
export function filesGroupKey({ caller, item }: ItemKey): string {
  return `${caller}/${item}`;
}

/** What a sender may call its request, in x-correlation-id: short, and safe in logs and headers. */
export const CORRELATION_ID_PATTERN = "[A-Za-z0-9][A-Za-z0-9._:/=+-]{0,127}";
export const correlationIdPattern = new RegExp(`^${CORRELATION_ID_PATTERN}$`);
