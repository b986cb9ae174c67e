import { isDeepStrictEqual } from "node:util";
import { documentKey, type ItemKey, parseDocumentKey, tableKey } from "../../../contract/keys.ts";
import type { DocumentStore } from "../../../functions/ingestion/stores/document-store.ts";
import type {
  DocumentVersion,
  DocumentVersions,
} from "../../../functions/ingestion/stores/document-versions.ts";
import type { IntakeStore } from "../../../functions/ingestion/stores/intake-store.ts";
import type { CurrentState } from "../../../functions/ingestion/stores/record.ts";
import type { RecordStore, SubmissionResult } from "../../../functions/ingestion/stores/record-store.ts";
import type { Progress, SweepProgress } from "../../../functions/ingestion/stores/sweep-progress.ts";
import { possibleSubmissions } from "../../../functions/ingestion/submission-keys.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import type { Invocation } from "./invocation.ts";

export interface WaitingPayload {
  readonly bytes: Uint8Array;
  readonly metadata: Readonly<Record<string, string>>;
  readonly writtenAt: number;
}

/** Objects of a page, fewer than S3's, so that pages have an end to be tried. */
const pageSize = 100;

/**
 * Buckets and table of the functions in memory, by the rules of S3 and DynamoDB as far as the stores use them. Whatever
 * is never allowed to happen is noted as it happens.
 */
export class SimulatedServices {
  readonly intake = new Map<string, WaitingPayload>();
  readonly documents = new Map<string, DocumentVersion[]>();
  readonly states = new Map<string, CurrentState>();
  readonly results = new Map<string, SubmissionResult>();
  readonly progress = new Map<string, Progress>();
  readonly violations: string[] = [];
  readonly counts = { documentPuts: 0, documentsRemoved: 0 };
  readonly #clock: VirtualClock;
  #versions = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  resultOf(key: ItemKey, submissionId: string): SubmissionResult | undefined {
    return this.results.get(`${tableKey(key)} ${submissionId}`);
  }

  stateOf(key: ItemKey): CurrentState | undefined {
    return this.states.get(tableKey(key));
  }

  documentStore(invocation: Invocation): DocumentStore {
    return {
      put: (key, { metadata }) =>
        invocation.call("putDocument", () => {
          const path = documentKey(key, metadata.sha256);
          this.#versions += 1;
          this.counts.documentPuts += 1;
          const version = { path, versionId: `v${this.#versions}`, writtenAt: this.#clock.now() };
          this.documents.set(path, [version, ...(this.documents.get(path) ?? [])]);
        }),
    };
  }

  documentVersions(invocation: Invocation): DocumentVersions {
    return {
      list: (afterPath) =>
        invocation.call("listDocuments", () => {
          const { page, last } = pageOf([...this.documents.keys()], afterPath);
          const versions = page.flatMap((path) => this.documents.get(path) ?? []);
          return { versions, ...(last && { lastPath: last }) };
        }),
      delete: ({ path, versionId }) =>
        invocation.call("deleteDocument", () => {
          const left = (this.documents.get(path) ?? []).filter((version) => version.versionId !== versionId);
          this.counts.documentsRemoved += 1;
          if (left.length > 0) {
            this.documents.set(path, left);
          } else {
            this.documents.delete(path);
          }
          const document = parseDocumentKey(path);
          if (document) this.#expectDocuments(document.key);
        }),
    };
  }

  intakeStore(invocation: Invocation): IntakeStore {
    return {
      open: (key) =>
        invocation.call("openPayload", () => {
          const payload = this.intake.get(key);
          return (
            payload && {
              sizeBytes: payload.bytes.length,
              metadata: payload.metadata,
              read: () => invocation.call("readPayload", () => payload.bytes),
              discard: () => undefined,
            }
          );
        }),
      delete: (key) =>
        invocation.call("deletePayload", () => {
          this.#expectResult(key);
          this.intake.delete(key);
        }),
      exists: (key) => invocation.call("findPayload", () => this.intake.has(key)),
      list: (afterKey) =>
        invocation.call("listPayloads", () => {
          const { page, last } = pageOf([...this.intake.keys()], afterKey);
          const objects = page.map((key) => ({ key, writtenAt: this.intake.get(key)?.writtenAt ?? 0 }));
          return { objects, ...(last && { lastKey: last }) };
        }),
    };
  }

  recordStore(invocation: Invocation): RecordStore {
    return {
      readCurrent: (key) => invocation.call("readRecord", () => this.stateOf(key)),
      replaceCurrent: (next, expected) =>
        invocation.call("writeRecord", () => {
          const present = this.stateOf(next);
          // As the condition of the real store: these two identify a state.
          if (
            present?.submissionId !== expected?.submissionId ||
            present?.receivedAt !== expected?.receivedAt
          ) {
            return false;
          }
          this.#expectProgress(next, present);
          this.states.set(tableKey(next), structuredClone(next));
          this.#expectDocuments(next);
          return true;
        }),
      readResult: (key, submissionId) =>
        invocation.call("readResult", () => this.resultOf(key, submissionId)),
      writeResult: (result) =>
        invocation.call("writeResult", () => {
          const key = `${tableKey(result)} ${result.submissionId}`;
          if (this.results.has(key)) {
            return false;
          }
          this.results.set(key, structuredClone(result));
          return true;
        }),
      listGroup: () => invocation.call("listRecords", () => ({ records: [] })),
      listFiles: () => invocation.call("listFiles", () => ({ records: [] })),
    };
  }

  sweepProgress(invocation: Invocation): SweepProgress {
    return {
      read: (task) => invocation.call("readProgress", () => this.progress.get(task) ?? { previousPassAt: 0 }),
      write: (task, progress) =>
        invocation.call("writeProgress", () => void this.progress.set(task, structuredClone(progress))),
    };
  }

  /** Invariant: no record without any of its documents, ever. */
  #expectDocuments(key: ItemKey): void {
    const state = this.stateOf(key);
    const documents = state?.kind === "record" ? state.documents : [];
    const missing = documents.filter((sha256) => !this.documents.has(documentKey(key, sha256)));
    this.violations.push(...missing.map((sha256) => `no document: ${tableKey(key)} has ${sha256}`));
  }

  /** Invariant: an older submission never replaces a newer one. */
  #expectProgress(next: CurrentState, present: CurrentState | undefined): void {
    const isOlder =
      present &&
      (next.receivedAt < present.receivedAt ||
        (next.receivedAt === present.receivedAt && next.submissionId <= present.submissionId));
    if (isOlder && !isDeepStrictEqual(next, present)) {
      this.violations.push(
        `went back: ${tableKey(next)} from ${present.submissionId} to ${next.submissionId}`,
      );
    }
  }

  /** Invariant: a payload is there until its outcome is. */
  #expectResult(key: string): void {
    const hasResult = possibleSubmissions(key).some((each) => this.resultOf(each.key, each.submissionId));
    if (this.intake.has(key) && !hasResult) {
      this.violations.push(`lost: ${key} was deleted without an outcome`);
    }
  }
}

function pageOf(keys: readonly string[], after = "") {
  const rest = keys.filter((key) => key > after).sort();
  const page = rest.slice(0, pageSize);
  const last = rest.length > pageSize ? page.at(-1) : undefined;
  return { page, last };
}
