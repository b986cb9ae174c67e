import { DELETED_PREFIX, isDeletedKey } from "../../../contract/keys.ts";
import { eraseVersions } from "../erase-versions.ts";
import type { RemoveContext } from "./remove-documents.ts";
import { walk } from "./walk.ts";

const millisecondsPerDay = 86_400_000;

/**
 * Removes the copies of deleted documents once they are as old as the environment keeps them. An environment that keeps none
 * any more so gets rid of those that it has. What lies there and is no such copy is somebody else's, and stays.
 */
export async function removeDeleted(
  context: Omit<RemoveContext, "records" | "graceMilliseconds">,
): Promise<{ removed: number; unversioned: number; foreign: number }> {
  const { documentVersions, deletedDocumentDays, progress, mayGoOn, now } = context;
  const counts = { removed: 0, unversioned: 0, foreign: 0 };
  await walk({
    task: "deleted-documents",
    progress,
    mayGoOn,
    now,
    async list(after) {
      const { versions, ...next } = await documentVersions.list(DELETED_PREFIX, after);
      return { entries: versions, ...next };
    },
    async visit(versions, { startedAt }) {
      const limit = startedAt - deletedDocumentDays * millisecondsPerDay;
      const copies = versions.filter(({ path }) => isDeletedKey(path));
      counts.foreign += versions.length - copies.length;
      const old = copies.filter(({ writtenAt }) => writtenAt < limit);
      const { removed, unversioned } = await eraseVersions(old, { documentVersions, deletedDocumentDays: 0 });
      counts.removed += removed;
      counts.unversioned += unversioned;
    },
  });
  return counts;
}
