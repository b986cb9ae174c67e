import { DELETED_PREFIX } from "../../../contract/keys.ts";
import { eraseVersions } from "../erase-versions.ts";
import type { RemoveContext } from "./remove-documents.ts";
import { walk } from "./walk.ts";

/** 1000 versions a page. */
const maxPages = 10;
const millisecondsPerDay = 86_400_000;

/**
 * Removes the copies of deleted documents once they are as old as the environment keeps them. An environment that keeps none
 * any more so gets rid of those that it has.
 */
export async function removeDeleted(
  context: Omit<RemoveContext, "records" | "graceMilliseconds">,
): Promise<{ removed: number; unversioned: number }> {
  const { documentVersions, deletedDocumentDays, progress, now } = context;
  const counts = { removed: 0, unversioned: 0 };
  await walk({
    task: "deleted-documents",
    progress,
    maxPages,
    now,
    async list(after) {
      const { versions, ...next } = await documentVersions.list(DELETED_PREFIX, after);
      return { entries: versions, ...next };
    },
    async visit(versions, { startedAt }) {
      const limit = startedAt - deletedDocumentDays * millisecondsPerDay;
      const old = versions.filter(({ writtenAt }) => writtenAt < limit);
      const { removed, unversioned } = await eraseVersions(old, { documentVersions, deletedDocumentDays: 0 });
      counts.removed += removed;
      counts.unversioned += unversioned;
    },
  });
  return counts;
}
