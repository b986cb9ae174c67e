/** Where API Gateway writes payloads in the intake bucket, and the queue function reads them. */
export const INTAKE_PREFIX = "incoming/";

/** Where the functions write documents in the documents bucket, and API Gateway reads them. */
export const DOCUMENTS_PREFIX = "documents/";

/**
 * An item's id in URLs, object keys and table keys: a regular expression without anchors. Each of its characters means itself in
 * all of them, and it never starts with a dot, so that it is no relative path segment.
 */
export const ITEM_PATTERN = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";
