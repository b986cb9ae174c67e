import { isDeepStrictEqual } from "node:util";
import { documentKey, filesGroupKey, groupKey, type ItemKey, tableKey } from "../../contract/keys.ts";
import type { IngestContext } from "../../functions/ingestion/ingest.ts";
import type { DocumentStore } from "../../functions/ingestion/stores/document-store.ts";
import type { IntakeStore } from "../../functions/ingestion/stores/intake-store.ts";
import type { CurrentState } from "../../functions/ingestion/stores/record.ts";
import type { Page, RecordStore, SubmissionResult } from "../../functions/ingestion/stores/record-store.ts";

export const now = Date.UTC(2026, 2, 1, 10);

/** Stores that keep everything in memory, show it, and note the order of their writes. */
export function memoryStores() {
  const writes: string[] = [];
  const documents = new Map<string, Uint8Array>();
  const states = new Map<string, CurrentState>();
  const results = new Map<string, SubmissionResult>();
  const resultKey = (key: ItemKey, submissionId: string) => `${tableKey(key)} ${submissionId}`;

  const documentStore: DocumentStore = {
    async put(key, { bytes, metadata }) {
      writes.push("document");
      documents.set(documentKey(key, metadata.sha256), bytes);
    },
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
      if (!isDeepStrictEqual(states.get(tableKey(next)), expected)) {
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
  const context: IngestContext = {
    documents: documentStore,
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
