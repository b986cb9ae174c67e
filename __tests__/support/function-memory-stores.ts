import { filesGroupKey, groupKey, type ItemKey, tableKey } from "../../contract/keys.ts";
import type { DeleteContext } from "../../functions/ingestion/delete-record.ts";
import type { IngestContext } from "../../functions/ingestion/ingest.ts";
import type { IntakeStore } from "../../functions/ingestion/stores/intake-store.ts";
import type { CurrentState } from "../../functions/ingestion/stores/record.ts";
import type { Page, RecordStore, SubmissionResult } from "../../functions/ingestion/stores/record-store.ts";
import { type Call, documentStoreOf, documentVersionsOf, VersionedBucket } from "./versioned-bucket.ts";

export const now = Date.UTC(2026, 2, 1, 10);

/** Stores that keep everything in memory, show it, and note the order of their writes. */
export function memoryStores(bucket: { isVersioned?: boolean; newVersionId?: () => string } = {}) {
  const writes: string[] = [];
  const documents = new VersionedBucket({ now: () => now, ...bucket });
  const states = new Map<string, CurrentState>();
  const results = new Map<string, SubmissionResult>();
  const resultKey = (key: ItemKey, submissionId: string) => `${tableKey(key)} ${submissionId}`;

  const noteWrites: Call = async (name, effect) => {
    if (name === "putDocument") writes.push("document");
    if (name === "deleteDocuments") writes.push("removal");
    return effect();
  };
  const list = async (group: string, { limit, after = "" }: Page) => {
    const live = [...states.values()]
      .filter((state) => state.kind === "record")
      .filter((record) => record.groupKey === group && record.groupItem > after)
      .sort((left, right) => (left.groupItem < right.groupItem ? -1 : 1));
    const records = live.slice(0, limit);
    const last = records.at(-1);
    return { records, ...(live.length > limit && last && { last: last.groupItem }) };
  };
  const recordStore: RecordStore = {
    readCurrent: async (key) => states.get(tableKey(key)),
    async replaceCurrent(next, expected) {
      if (!isSameState(states.get(tableKey(next)), expected)) {
        return false;
      }
      writes.push(next.kind);
      states.set(tableKey(next), next);
      return true;
    },
    readResult: async (key, submissionId) => results.get(resultKey(key, submissionId)),
    async writeResult(result) {
      const key = resultKey(result, result.submissionId);
      if (results.has(key)) {
        return false;
      }
      writes.push("result");
      results.set(key, result);
      return true;
    },
    listGroup: (caller, group, page) => list(groupKey(caller, group), page),
    listFiles: (key, page) => list(filesGroupKey(key), page),
  };
  const context: IngestContext & DeleteContext = {
    documents: documentStoreOf(documents, noteWrites),
    documentVersions: documentVersionsOf(documents, noteWrites),
    deletedDocumentDays: 0,
    records: recordStore,
    maxPayloadBytes: 1_000_000,
    plainFiles: true,
    retentionDays: 30,
    now: () => now,
  };
  return {
    context,
    writes,
    documents,
    states,
    results,
    stateOf: (key: ItemKey) => states.get(tableKey(key)),
    resultOf: (key: ItemKey, submissionId: string) => results.get(resultKey(key, submissionId)),
  };
}

/** As the condition of the real store: these identify a state. */
function isSameState(left: CurrentState | undefined, right: CurrentState | undefined): boolean {
  return (
    left?.submissionId === right?.submissionId &&
    left?.receivedAt === right?.receivedAt &&
    left?.documentsSince === right?.documentsSince
  );
}

export interface WaitingObject {
  readonly bytes: Uint8Array;
  readonly metadata: Record<string, string>;
}

/** An intake bucket in memory, that notes which payloads were read and which were discarded. */
export function memoryIntake(objects: Map<string, WaitingObject> = new Map()) {
  const read: string[] = [];
  const discarded: string[] = [];
  const opened: (string | undefined)[] = [];
  const store: IntakeStore = {
    async open(key, versionId) {
      opened.push(versionId);
      const object = objects.get(key);
      return (
        object && {
          sizeBytes: object.bytes.length,
          metadata: object.metadata,
          async read() {
            read.push(key);
            return object.bytes;
          },
          discard: () => void discarded.push(key),
        }
      );
    },
    async delete(key) {
      objects.delete(key);
    },
    exists: async (key) => objects.has(key),
    list: async () => ({ objects: [...objects.keys()].sort().map((key) => ({ key, writtenAt: 0 })) }),
  };
  return { store, objects, read, discarded, opened };
}
