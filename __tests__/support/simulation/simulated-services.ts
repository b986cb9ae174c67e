import { isDeepStrictEqual } from "node:util";
import { possibleSubmissions } from "../../../contract/intake-keys.ts";
import { documentKey, type ItemKey, parseDocumentKey, tableKey } from "../../../contract/keys.ts";
import type { DocumentStore } from "../../../functions/ingestion/stores/document-store.ts";
import type { DocumentVersions } from "../../../functions/ingestion/stores/document-versions.ts";
import type { createIntakeStore, IntakeStore } from "../../../functions/ingestion/stores/intake-store.ts";
import type { CurrentState } from "../../../functions/ingestion/stores/record.ts";
import type { RecordStore, SubmissionResult } from "../../../functions/ingestion/stores/record-store.ts";
import type { Progress, SweepProgress } from "../../../functions/ingestion/stores/sweep-progress.ts";
import { type Call, documentStoreOf, documentVersionsOf, VersionedBucket } from "../versioned-bucket.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import type { Invocation } from "./invocation.ts";
import type { BodyFault } from "./simulated-body.ts";
import { SimulatedIntake, type WaitingPayload } from "./simulated-intake.ts";

/** Versions of a page, fewer than S3's, so that pages have an end to be tried. */
const pageSize = 100;

interface ServicesOptions {
  readonly clock: VirtualClock;
  readonly createIntakeStore: typeof createIntakeStore;
  readonly chooseBodyFault: (key: string) => BodyFault | undefined;
}

/**
 * Buckets and table of the functions in memory, by the rules of S3 and DynamoDB as far as the stores use them. Whatever
 * is never allowed to happen is noted as it happens.
 */
export class SimulatedServices {
  readonly intake = new Map<string, WaitingPayload>();
  readonly documents: VersionedBucket;
  readonly states = new Map<string, CurrentState>();
  readonly results = new Map<string, SubmissionResult>();
  readonly progress = new Map<string, Progress>();
  readonly violations: string[] = [];
  readonly counts = { documentsRemoved: 0 };

  readonly #intakeBucket: SimulatedIntake;
  readonly #createIntakeStore: ServicesOptions["createIntakeStore"];

  constructor({ clock, createIntakeStore: create, chooseBodyFault }: ServicesOptions) {
    this.#createIntakeStore = create;
    this.#intakeBucket = new SimulatedIntake({
      objects: this.intake,
      chooseBodyFault,
      onDelete: (key) => this.#expectResult(key),
      onViolation: (text) => this.violations.push(text),
    });
    this.documents = new VersionedBucket({
      now: () => clock.now(),
      onDeleted: (path) => {
        this.counts.documentsRemoved += 1;
        const document = parseDocumentKey(path);
        if (document) this.#expectDocuments(document.key);
      },
    });
  }

  resultOf(key: ItemKey, submissionId: string): SubmissionResult | undefined {
    return this.results.get(`${tableKey(key)} ${submissionId}`);
  }

  stateOf(key: ItemKey): CurrentState | undefined {
    return this.states.get(tableKey(key));
  }

  documentStore(invocation: Invocation): DocumentStore {
    return documentStoreOf(this.documents, callOf(invocation));
  }

  documentVersions(invocation: Invocation): DocumentVersions {
    return documentVersionsOf(this.documents, callOf(invocation), pageSize);
  }

  /** The real store, on a bucket in memory. */
  intakeStore(invocation: Invocation): IntakeStore {
    const bucket = { name: "intake", owner: "111111111111" };
    return this.#createIntakeStore(this.#intakeBucket.client(invocation), bucket);
  }

  /** Keys of the bodies that somebody has opened, and neither read nor discarded. */
  bodiesLeftOpen(): string[] {
    return this.#intakeBucket.leftOpen();
  }

  recordStore(invocation: Invocation): RecordStore {
    return {
      readCurrent: (key) => invocation.call("readRecord", () => this.stateOf(key)),
      replaceCurrent: (next, expected) =>
        invocation.call("writeRecord", () => {
          const present = this.stateOf(next);
          // As the condition of the real store: these identify a state.
          if (
            present?.submissionId !== expected?.submissionId ||
            present?.receivedAt !== expected?.receivedAt ||
            present?.documentsSince !== expected?.documentsSince
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

  /** Invariant: an older submission never replaces a newer one. A deletion may write the same one again as another state. */
  #expectProgress(next: CurrentState, present: CurrentState | undefined): void {
    const isOlder =
      present &&
      (next.receivedAt < present.receivedAt ||
        (next.receivedAt === present.receivedAt && next.submissionId <= present.submissionId));
    if (isOlder && !isDeepStrictEqual(unmarked(next), unmarked(present))) {
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

/** Without what a deletion changes of a state that was received later. */
function unmarked(state: CurrentState): unknown {
  const {
    documentsSince: _since,
    deletedAt: _deleted,
    expiresAt: _expires,
    ...rest
  } = {
    deletedAt: undefined,
    expiresAt: undefined,
    ...state,
  };
  return rest;
}

function callOf(invocation: Invocation): Call {
  return (name, effect) => invocation.call(name, effect);
}
