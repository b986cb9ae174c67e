import { isNewer } from "./decide-outcome.ts";
import { type EraseContext, type Erased, eraseVersions } from "./erase-versions.ts";
import { expiryOf } from "./expiry.ts";
import type { Submission } from "./outcome.ts";
import type { DocumentVersion } from "./stores/document-versions.ts";
import { buildTombstone, type CurrentState } from "./stores/record.ts";
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
 * Leaves a tombstone, unless a newer record is there, and removes all documents that the item has had. Deleting nothing still
 * holds off older submissions.
 *
 * What is removed is listed before the tombstone is written, and only where the state that was read still stands. So it holds
 * nothing that a later record refers to: that one's documents are put after its tombstone was read (`ingest`).
 */
export async function deleteRecord(submission: Submission, context: DeleteContext): Promise<Erased> {
  const versions = await updateCurrent<readonly DocumentVersion[]>(
    context.records,
    submission,
    async (current) => {
      if (current?.kind === "record" && !isNewer(submission, current)) {
        return { result: [] };
      }
      const listed = await context.documentVersions.listItem(submission);
      return { next: tombstoneOver(current, submission, context), result: listed };
    },
  );
  return eraseVersions(versions, context);
}

/**
 * Of a deletion that was received later, the tombstone stays as it is but becomes another state all the same: whoever has put
 * documents for the one before puts them again.
 */
function tombstoneOver(current: CurrentState | undefined, submission: Submission, context: DeleteContext) {
  const now = context.now();
  return current && !isNewer(submission, current)
    ? buildTombstone(current, Math.max(now, current.documentsSince + 1), expiryOf(context))
    : buildTombstone(submission, now, expiryOf(context));
}
