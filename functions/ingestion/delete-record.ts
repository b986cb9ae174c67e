import { parseDocumentKey } from "../../contract/keys.ts";
import { isNewer } from "./decide-outcome.ts";
import { type EraseContext, type Erased, eraseVersions } from "./erase-versions.ts";
import { expiryOf } from "./expiry.ts";
import type { Submission } from "./outcome.ts";
import type { DocumentVersion } from "./stores/document-versions.ts";
import {
  buildTombstone,
  type CurrentState,
  deletionTimeOf,
  documentsOfState,
  markDeletion,
} from "./stores/record.ts";
import type { RecordStore } from "./stores/record-store.ts";
import { updateCurrent } from "./stores/update-current.ts";

/** What the use case works with. */
export interface DeleteContext extends EraseContext {
  readonly records: Pick<RecordStore, "readCurrent" | "replaceCurrent">;
  readonly retentionDays: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Leaves a tombstone, or, where a newer record is there, that record as another state, and removes all documents that the item
 * has had and that the record does not refer to. Deleting nothing still holds off older submissions.
 *
 * What is removed is listed before the state is written, and only where the one that was read still stands. So it holds nothing
 * that a later record refers to: that one's documents are put after the written state was read (`ingest`).
 */
export async function deleteRecord(submission: Submission, context: DeleteContext): Promise<Erased> {
  const versions = await updateCurrent<readonly DocumentVersion[]>(
    context.records,
    submission,
    async (current) => {
      const listed = await context.documentVersions.listItem(submission);
      const next = stateAfter(submission, current, context);
      const referred = documentsOfState(next);
      return {
        next,
        result: listed.filter(({ path }) => !referred.has(parseDocumentKey(path)?.sha256 ?? "")),
      };
    },
  );
  return eraseVersions(versions, context);
}

/**
 * Always another state than the one that was read: whoever has put documents for that one puts them again. What was received
 * later than the deletion stays what it is.
 */
function stateAfter(
  submission: Submission,
  current: CurrentState | undefined,
  context: DeleteContext,
): CurrentState {
  const deletedAt = Math.max(context.now(), deletionTimeOf(current) ?? 0);
  if (!current || isNewer(submission, current)) {
    return buildTombstone(submission, deletedAt, expiryOf(context));
  }
  return current.kind === "record"
    ? markDeletion(current, deletedAt)
    : buildTombstone(current, Math.max(deletedAt, current.documentsSince + 1), expiryOf(context));
}
