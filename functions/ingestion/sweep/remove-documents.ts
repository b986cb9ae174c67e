import { DOCUMENTS_PREFIX, type ItemKey, parseDocumentKey, tableKey } from "../../../contract/keys.ts";
import { type EraseContext, eraseVersions } from "../erase-versions.ts";
import type { DocumentVersion } from "../stores/document-versions.ts";
import { type CurrentState, deletionTimeOf, documentsOfState } from "../stores/record.ts";
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
 * Age from which on what a deletion should have removed is a leftover: no invocation runs so long (Lambda ends each after 15
 * minutes), so whoever has put it is done, and so is the deletion.
 */
const leftoverMilliseconds = 3_600_000;

/**
 * What was written so long after a deletion still counts as of before it: an invocation that had read the state of before may put
 * for 15 minutes, and the clocks of S3 and of the functions differ a little. Only what no record refers to is removed, so a wrong
 * clock costs a replaced document its days at most.
 */
const deletionMarginMilliseconds = 20 * 60_000;

interface Counts {
  removed: number;
  unversioned: number;
  foreign: number;
}

/**
 * Removes documents that no record has had for the grace time: those of replaced records, and those whose submission lost
 * against a faster one. What is left from before the item's deletion goes after an hour, also where a newer record stands: a
 * function ended before it had removed it.
 *
 * A document may be written again while this runs, just before a record points to it. So versions are removed, never
 * the document as such: a write that comes in between is another version. In a bucket that is not versioned that
 * can't be done, and nothing is removed.
 */
export async function removeDocuments(context: RemoveContext): Promise<Counts> {
  const { documentVersions, records, progress, now } = context;
  const counts: Counts = { removed: 0, unversioned: 0, foreign: 0 };
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
      const { unneeded, foreign } = await sortOut(versions, startedAt, { ...context, stateOf });
      const replaced = await eraseVersions(unneeded.replaced, { ...context, deletedDocumentDays: 0 });
      const deleted = await eraseVersions(unneeded.deleted, context);
      counts.removed += replaced.removed + deleted.removed;
      counts.unversioned += replaced.unversioned + deleted.unversioned;
      counts.foreign += foreign;
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

/** What of a page is to be removed, and how much of it is no document. */
async function sortOut(
  versions: readonly DocumentVersion[],
  startedAt: number,
  { graceMilliseconds, stateOf }: Pick<RemoveContext, "graceMilliseconds"> & { stateOf: StateOf },
): Promise<{ unneeded: Unneeded; foreign: number }> {
  const unneeded: Unneeded = { replaced: [], deleted: [] };
  let foreign = 0;
  for (const version of versions) {
    const document = parseDocumentKey(version.path);
    if (document === undefined) {
      foreign += 1;
      continue;
    }
    if (version.writtenAt >= startedAt - Math.min(leftoverMilliseconds, graceMilliseconds)) {
      continue;
    }
    const state = await stateOf(document.key);
    const isDeleted = isOfBeforeDeletion(version, state);
    const age = isDeleted ? leftoverMilliseconds : graceMilliseconds;
    if (isForgotten(version, document.sha256, { state, limit: startedAt - age })) {
      unneeded[isDeleted ? "deleted" : "replaced"].push(version);
    }
  }
  return { unneeded, foreign };
}

type StateOf = (key: ItemKey) => Promise<CurrentState | undefined>;

/** Documents come in the order of their keys: those of one item, and of one file, stand together. */
function rememberLast(records: RemoveContext["records"]): StateOf {
  let last: { of: string; state: CurrentState | undefined } | undefined;
  return async (key) => {
    const of = tableKey(key);
    if (last?.of !== of) {
      last = { of, state: await records.readCurrent(key) };
    }
    return last.state;
  };
}

/** Behind a tombstone, all. */
function isOfBeforeDeletion({ writtenAt }: DocumentVersion, state: CurrentState | undefined): boolean {
  if (state?.kind === "tombstone") return true;
  const deletedAt = deletionTimeOf(state);
  return deletedAt !== undefined && writtenAt < deletedAt + deletionMarginMilliseconds;
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
  return state.documentsSince < limit && !documentsOfState(state).has(sha256);
}
