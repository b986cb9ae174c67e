import type { DocumentVersion, DocumentVersions } from "../stores/document-versions.ts";
import { type CurrentState, itemOfDocument } from "../stores/record.ts";
import type { RecordStore } from "../stores/record-store.ts";
import type { SweepProgress } from "../stores/sweep-progress.ts";
import { walk } from "./walk.ts";

export interface RemoveContext {
  readonly documentVersions: DocumentVersions;
  readonly records: Pick<RecordStore, "readCurrent">;
  readonly progress: SweepProgress;
  readonly graceMilliseconds: number;
  readonly now: () => number;
}

/** 1000 versions a page. */
const maxPages = 10;

/** The id of an object's only version in a bucket that is not versioned. */
const unversioned = "null";

/**
 * Removes documents that no record has pointed to for the grace time: those of replaced and deleted proposals, and
 * those whose submission lost against a faster one.
 *
 * A document may be written again while this runs, just before a record points to it. So versions are removed, never
 * the document as such: a write that comes in between is another version. In a bucket that is not versioned that
 * can't be done, and nothing is removed.
 */
export async function removeDocuments(
  context: RemoveContext,
): Promise<{ removed: number; unversioned: number }> {
  const { documentVersions, records, progress, graceMilliseconds, now } = context;
  const counts = { removed: 0, unversioned: 0 };
  let last: { item: string; state: CurrentState | undefined } | undefined;
  const stateOf = async (item: string) => {
    if (last?.item !== item) {
      last = { item, state: await records.readCurrent(item) };
    }
    return last.state;
  };

  await walk({
    task: "documents",
    progress,
    maxPages,
    now,
    async list(afterPath) {
      const { versions, lastPath } = await documentVersions.list(afterPath);
      return { entries: versions, ...(lastPath && { after: lastPath }) };
    },
    async visit(versions, { startedAt }) {
      const limit = startedAt - graceMilliseconds;
      for (const version of versions) {
        const item = itemOfDocument(version.path);
        if (item === undefined || version.writtenAt >= limit) {
          continue;
        }
        if (!isForgotten(version, await stateOf(item), limit)) {
          continue;
        }
        if (version.versionId === unversioned) {
          counts.unversioned += 1;
          continue;
        }
        await documentVersions.delete(version);
        counts.removed += 1;
      }
    },
  });
  return counts;
}

/** Whether the item has had another document, or none, since before the limit. */
function isForgotten({ path }: DocumentVersion, state: CurrentState | undefined, limit: number): boolean {
  if (!state) {
    return true;
  }
  return state.documentSince < limit && !(state.kind === "record" && state.document.path === path);
}
