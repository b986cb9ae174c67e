import { readMalformed } from "../../contract/intake-keys.ts";
import {
  CALLER_METADATA,
  correlationIdPattern,
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
    throw new KeyLayoutError(
      `Object ${key} is a submission, but its key does not have the current layout. Compare the key with the metadata of the object`,
    );
  }
  // A caller with slashes would reach into another's prefix: the key alone does not tell where its name ends.
  if (itemKey.caller !== (metadata[CALLER_METADATA] ?? SHARED_CALLER)) {
    throw new KeyLayoutError(`Object ${key} has one caller in its key and another one in its metadata`);
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
