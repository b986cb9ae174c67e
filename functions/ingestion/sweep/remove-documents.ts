import { type ItemKey, parseDocumentKey, tableKey } from "../../../contract/keys.ts";
import type { DocumentVersions } from "../stores/document-versions.ts";
import type { CurrentState } from "../stores/record.ts";
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
 * Removes documents that no record has had for the grace time: those of replaced and deleted records, and those whose
 * submission lost against a faster one.
 *
 * A document may be written again while this runs, just before a record points to it. So versions are removed, never
 * the document as such: a write that comes in between is another version. In a bucket that is not versioned that
 * can't be done, and nothing is removed.
 */
export async function removeDocuments(
  context: RemoveContext,
): Promise<{ removed: number; unversioned: number; foreign: number }> {
  const { documentVersions, records, progress, graceMilliseconds, now } = context;
  const counts = { removed: 0, unversioned: 0, foreign: 0 };
  const stateOf = rememberLast(records);

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
        const document = parseDocumentKey(version.path);
        if (document === undefined) {
          counts.foreign += 1;
          continue;
        }
        if (version.writtenAt >= limit) {
          continue;
        }
        if (!isForgotten(document.sha256, await stateOf(document.key), limit)) {
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

/** Documents come in the order of their keys: those of one item, and of one file, stand together. */
function rememberLast(records: RemoveContext["records"]) {
  let last: { of: string; state: CurrentState | undefined } | undefined;
  return async (key: ItemKey) => {
    const of = tableKey(key);
    if (last?.of !== of) {
      last = { of, state: await records.readCurrent(key) };
    }
    return last.state;
  };
}

/** Whether the item has had other documents, or none, since before the limit. */
function isForgotten(sha256: string, state: CurrentState | undefined, limit: number): boolean {
  if (!state) {
    return true;
  }
  return state.documentsSince < limit && !(state.kind === "record" && state.documents.includes(sha256));
}
