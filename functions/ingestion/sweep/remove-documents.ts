import { DOCUMENTS_PREFIX, type ItemKey, parseDocumentKey, tableKey } from "../../../contract/keys.ts";
import { type EraseContext, eraseVersions } from "../erase-versions.ts";
import type { DocumentVersion } from "../stores/document-versions.ts";
import type { CurrentState } from "../stores/record.ts";
import type { RecordStore } from "../stores/record-store.ts";
import type { SweepProgress } from "../stores/sweep-progress.ts";
import { walk } from "./walk.ts";

export interface RemoveContext extends EraseContext {
  readonly records: Pick<RecordStore, "readCurrent">;
  readonly progress: SweepProgress;
  readonly graceMilliseconds: number;
  readonly now: () => number;
}

/** 1000 versions a page. */
const maxPages = 10;

/**
 * Age from which on what a deleted item still has is a leftover: no invocation runs so long (Lambda ends each after 15 minutes),
 * so whoever has put it is done, and so is the deletion.
 */
const leftoverMilliseconds = 3_600_000;

/**
 * Removes documents that no record has had for the grace time: those of replaced records, and those whose submission lost
 * against a faster one. What a deleted item still has goes after an hour: a function ended before it had removed it.
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
    async list(after) {
      const { versions, ...next } = await documentVersions.list(DOCUMENTS_PREFIX, after);
      return { entries: versions, ...next };
    },
    async visit(versions, { startedAt }) {
      const unneeded: Unneeded = { replaced: [], deleted: [] };
      for (const version of versions) {
        const document = parseDocumentKey(version.path);
        if (document === undefined) {
          counts.foreign += 1;
          continue;
        }
        if (version.writtenAt >= startedAt - Math.min(leftoverMilliseconds, graceMilliseconds)) {
          continue;
        }
        const state = await stateOf(document.key);
        const age = state?.kind === "tombstone" ? leftoverMilliseconds : graceMilliseconds;
        if (isForgotten(version, document.sha256, { state, limit: startedAt - age })) {
          unneeded[state?.kind === "tombstone" ? "deleted" : "replaced"].push(version);
        }
      }
      const replaced = await eraseVersions(unneeded.replaced, { ...context, deletedDocumentDays: 0 });
      const deleted = await eraseVersions(unneeded.deleted, context);
      counts.removed += replaced.removed + deleted.removed;
      counts.unversioned += replaced.unversioned + deleted.unversioned;
    },
  });
  return counts;
}

interface Unneeded {
  /** They had their days. */
  readonly replaced: DocumentVersion[];
  /** They have those of deleted documents before them. */
  readonly deleted: DocumentVersion[];
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

/** Whether the version is older than the limit, and the item has had other documents, or none, since before it. */
function isForgotten(
  { writtenAt }: DocumentVersion,
  sha256: string,
  { state, limit }: { state: CurrentState | undefined; limit: number },
): boolean {
  if (writtenAt >= limit) {
    return false;
  }
  if (!state) {
    return true;
  }
  return state.documentsSince < limit && !(state.kind === "record" && state.documents.includes(sha256));
}
