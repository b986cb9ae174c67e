import { DOCUMENTS_PREFIX, type ItemKey, parseDocumentKey, tableKey } from "../../../contract/keys.ts";
import { type EraseContext, eraseVersions } from "../erase-versions.ts";
import type { DocumentVersion } from "../stores/document-versions.ts";
import { mapBounded } from "../stores/map-bounded.ts";
import { type CurrentState, deletionTimeOf, documentsOfState } from "../stores/record.ts";
import type { RecordStore } from "../stores/record-store.ts";
import type { SweepProgress } from "../stores/sweep-progress.ts";
import { walk } from "./walk.ts";

export interface RemoveContext extends EraseContext {
  readonly records: Pick<RecordStore, "readCurrent">;
  readonly progress: SweepProgress;
  readonly graceMilliseconds: number;
  readonly mayGoOn: () => boolean;
  readonly now: () => number;
}

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
  const { documentVersions, progress, mayGoOn, now } = context;
  const counts: Counts = { removed: 0, unversioned: 0, foreign: 0 };

  await walk({
    task: "documents",
    progress,
    mayGoOn,
    now,
    async list(after) {
      const { versions, ...next } = await documentVersions.list(DOCUMENTS_PREFIX, after);
      return { entries: versions, ...next };
    },
    async visit(versions, { startedAt }) {
      const { unneeded, foreign } = await sortOut(versions, startedAt, context);
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
  { graceMilliseconds, records }: Pick<RemoveContext, "graceMilliseconds" | "records">,
): Promise<{ unneeded: Unneeded; foreign: number }> {
  const documents = versions.flatMap((version) => {
    const document = parseDocumentKey(version.path);
    return document ? [{ version, ...document }] : [];
  });
  const youngest = startedAt - Math.min(leftoverMilliseconds, graceMilliseconds);
  const old = documents.filter(({ version }) => version.writtenAt < youngest);
  const states = await readStates(
    old.map(({ key }) => key),
    records,
  );
  const unneeded: Unneeded = { replaced: [], deleted: [] };
  for (const { version, key, sha256 } of old) {
    const state = states.get(tableKey(key));
    const isDeleted = isOfBeforeDeletion(version, state);
    const age = isDeleted ? leftoverMilliseconds : graceMilliseconds;
    if (isForgotten(version, sha256, { state, limit: startedAt - age })) {
      unneeded[isDeleted ? "deleted" : "replaced"].push(version);
    }
  }
  return { unneeded, foreign: versions.length - documents.length };
}

/** Each item's once, by its key in the table. */
async function readStates(
  keys: readonly ItemKey[],
  records: RemoveContext["records"],
): Promise<ReadonlyMap<string, CurrentState | undefined>> {
  const items = new Map(keys.map((key) => [tableKey(key), key]));
  return new Map(
    await mapBounded([...items], async ([name, key]) => [name, await records.readCurrent(key)] as const),
  );
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
