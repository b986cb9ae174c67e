import {
  DELETED_PREFIX,
  deletedKey,
  documentKey,
  documentsPrefix,
  type ItemKey,
  parseDocumentKey,
} from "../../../contract/keys.ts";
import { type DeleteContext, deleteRecord } from "../../../functions/ingestion/delete-record.ts";
import { type IngestContext, ingest } from "../../../functions/ingestion/ingest.ts";
import type { Payload } from "../../../functions/ingestion/outcome.ts";
import type { CurrentState } from "../../../functions/ingestion/stores/record.ts";
import type { Progress } from "../../../functions/ingestion/stores/sweep-progress.ts";
import { removeDocuments } from "../../../functions/ingestion/sweep/remove-documents.ts";
import { memoryStores, now } from "../function-memory-stores.ts";
import { markedPayload } from "../function-payloads.ts";
import { aPlainFile, keyedBy } from "../function-records.ts";
import { type Call, documentStoreOf, documentVersionsOf } from "../versioned-bucket.ts";
import { SteppedOperation } from "./schedules.ts";

const item = keyedBy("item");
const plainFile = keyedBy("item", "file");
const hour = 3_600_000;

export const contents = {
  same: { bytes: markedPayload("same") },
  other: { bytes: markedPayload("other") },
  third: { bytes: markedPayload("third") },
} satisfies Record<string, Payload>;

/** What went well before. */
export type History = readonly ("same" | "other" | "deletion" | "deletion that removed nothing")[];

type Context = IngestContext & DeleteContext;

interface OperationOptions {
  /** After which its process ends. */
  readonly maxSteps?: number;
  /** Which of its writes of the state get no answer: the SDK has repeated them, and the repetition is refused. */
  readonly lostAnswers?: readonly number[];
}

/** The code under test: the real one, or one with a bug. */
export interface UseCases {
  readonly ingest: typeof ingest;
  readonly deleteRecord: typeof deleteRecord;
  readonly removeDocuments: typeof removeDocuments;
}

/** One item and a plain file of it, whose submissions and deletions go on step by step; notes which call came when. */
export class ErasureWorld {
  readonly #stores = memoryStores({ newVersionId: () => this.#newVersionId() });
  readonly #deletedDocumentDays: number;
  readonly #deletions: SteppedOperation[] = [];
  readonly #reported = new Set<SteppedOperation>();
  readonly #withLostAnswers = new Set<SteppedOperation>();
  /** Which states there have been, and of each version who put it, and how many states there had been by then. */
  readonly #states: { readonly state: CurrentState; readonly by: SteppedOperation }[] = [];
  readonly #putBy = new Map<string, { readonly operation: SteppedOperation; readonly states: number }>();
  readonly #puts = new Map<string, number>();
  #putting = "before";
  readonly #before: string[] = [];

  readonly #useCases: UseCases;

  constructor(deletedDocumentDays: number, useCases: UseCases = { ingest, deleteRecord, removeDocuments }) {
    this.#deletedDocumentDays = deletedDocumentDays;
    this.#useCases = useCases;
  }

  /** Leaves a plain file beside the item, too. */
  async prepare(history: History) {
    await ingest(
      aPlainFile("beside"),
      { ...plainFile, submissionId: "f", receivedAt: 1 },
      this.#stores.context,
    );
    for (const [index, each] of history.entries()) {
      const submission = { ...item, submissionId: `before-${index}`, receivedAt: 1 + index };
      if (each === "same" || each === "other") {
        await ingest(contents[each], submission, this.#stores.context);
        const state = this.#state;
        this.#before.push(...(state?.kind === "record" ? state.documents : []));
      } else {
        const { documentVersions } = this.#stores.context;
        const nothing = { ...documentVersions, delete: async () => undefined };
        await deleteRecord(submission, {
          ...this.#contextOf(),
          documentVersions: each === "deletion" ? documentVersions : nothing,
        });
      }
    }
    return this;
  }

  submission(
    name: string,
    receivedAt: number,
    payload: Payload,
    { submissionId = name, ...options }: OperationOptions & { submissionId?: string } = {},
  ): SteppedOperation {
    const submission = { ...item, submissionId, receivedAt };
    return this.#operation(name, (context) => this.#useCases.ingest(payload, submission, context), options);
  }

  deletion(name: string, receivedAt: number, options: OperationOptions = {}): SteppedOperation {
    const deletion = { ...item, submissionId: name, receivedAt };
    const operation = this.#operation(
      name,
      (context) => this.#useCases.deleteRecord(deletion, context),
      options,
    );
    this.#deletions.push(operation);
    return operation;
  }

  /** What must never be, at any time. */
  problems(): string[] {
    const problems: string[] = [];
    const missing = this.#liveDocuments.filter(
      (sha256) => !this.#stores.documents.has(documentKey(item, sha256)),
    );
    if (missing.length > 0) problems.push("a live record has lost a document");
    for (const operation of this.#deletions) {
      if (operation.isDone && !this.#reported.has(operation)) {
        this.#reported.add(operation);
        problems.push(...this.#problemsOfAnswer(operation));
      }
    }
    return problems;
  }

  /** A retry, then a sweep, as they come once everything has ended or crashed. */
  async recover({ deletion }: { deletion?: number } = {}): Promise<void> {
    if (deletion !== undefined) {
      const retry = { ...item, submissionId: "retry", receivedAt: deletion };
      await deleteRecord(retry, this.#contextOf());
    }
    await this.sweep(now + 2 * hour);
  }

  async sweep(at: number): Promise<void> {
    const progress = new Map<string, Progress>();
    await this.#useCases.removeDocuments({
      ...this.#contextOf(),
      progress: {
        read: async (task) => progress.get(task) ?? { previousPassAt: 0 },
        write: async (task, next) => void progress.set(task, next),
      },
      mayGoOn: () => true,
      graceMilliseconds: 90 * 24 * hour,
      now: () => at,
    });
  }

  /** What must not be once everything has ended. */
  finalProblems(): string[] {
    const problems = this.problems();
    const last = this.#states.findLastIndex(({ by }) => this.#deletions.includes(by));
    const later = this.#states.slice(Math.max(last, 0)).flatMap(({ state }) => documentsOf(state));
    const left = this.#versions().filter(({ sha256 }) => !later.includes(sha256));
    const isDeleted = this.#state?.kind === "tombstone";
    if (left.length > 0 && (isDeleted || last >= 0)) {
      problems.push(`${left.length} versions of deleted documents are left`);
    }
    // A submission that does not know whether it has stored its record removes its documents, and keeps no copy.
    const earlier = this.#states
      .slice(0, last + 1)
      .filter(({ by }) => !this.#withLostAnswers.has(by))
      .flatMap(({ state }) => documentsOf(state));
    const deleted = [...this.#before, ...earlier].filter((sha256) => !later.includes(sha256));
    const kept = this.#stores.documents.keys().filter((path) => path.startsWith(DELETED_PREFIX));
    if (this.#deletedDocumentDays === 0 && kept.length > 0) problems.push("a deleted document was kept");
    const lost = deleted.filter((sha256) => !kept.includes(deletedKey(documentKey(item, sha256))));
    if (this.#deletedDocumentDays > 0 && isDeleted && lost.length > 0) {
      problems.push(`${lost.length} deleted documents were not kept`);
    }
    const { sha256 } = aPlainFile("beside");
    if (!this.#stores.documents.has(documentKey(plainFile, sha256))) problems.push("the plain file is gone");
    return problems;
  }

  /** What this world is like, without what the operations remember. */
  memory(): unknown {
    const { documents } = this.#stores;
    return [
      this.#states.map(({ state, by }) => [state, by.name]),
      documents
        .keys()
        .map((path) => documents.versionsOf(path).map(({ versionId }) => `${path} ${versionId}`)),
      [...this.#putBy].map(([id, { operation, states }]) => [id, operation.name, states]).sort(),
      [...this.#reported].map(({ name }) => name).sort(),
    ];
  }

  get #state(): CurrentState | undefined {
    return this.#stores.stateOf(item);
  }

  get #liveDocuments(): readonly string[] {
    return this.#state ? documentsOf(this.#state) : [];
  }

  /** Of the item alone. */
  #versions(): { readonly id: string; readonly sha256: string }[] {
    const { documents } = this.#stores;
    return documents
      .keys()
      .filter(
        (path) => path.startsWith(documentsPrefix(item)) && parseDocumentKey(path)?.key.fileId === undefined,
      )
      .flatMap((path) => documents.versionsOf(path))
      .map(({ path, versionId }) => ({
        id: `${path} ${versionId}`,
        sha256: parseDocumentKey(path)?.sha256 ?? "",
      }));
  }

  /**
   * A deletion that has answered leaves nothing of before the state that it has written, but for what that state or a live record
   * has, and for what an ingest has put that is still under way, or that has stored its record since.
   */
  #problemsOfAnswer(deletion: SteppedOperation): string[] {
    const written = this.#states.findLastIndex(({ by }) => by === deletion);
    if (written < 0) return [`${deletion.name} has answered, and has written nothing`];
    const live = [
      ...this.#liveDocuments,
      ...this.#states.slice(written, written + 1).flatMap(({ state }) => documentsOf(state)),
    ];
    const readable = this.#versions().filter(({ id, sha256 }) => {
      const put = this.#putBy.get(id);
      const isOld = (put?.states ?? 0) <= written;
      const isUnderWay = put !== undefined && !put.operation.isDone;
      const isStored = this.#states.slice(written).some(({ by }) => by === put?.operation);
      return isOld && !isUnderWay && !isStored && !live.includes(sha256);
    });
    return readable.length > 0 ? [`${deletion.name} has answered, and a document is readable`] : [];
  }

  #operation(
    name: string,
    run: (context: Context) => Promise<unknown>,
    { maxSteps, lostAnswers = [] }: OperationOptions,
  ): SteppedOperation {
    const operation: SteppedOperation = new SteppedOperation(
      name,
      (call) =>
        run(
          this.#contextOf(
            this.#noted(call, () => operation),
            () => operation,
            lostAnswers,
          ),
        ),
      maxSteps,
    );
    if (lostAnswers.length > 0) this.#withLostAnswers.add(operation);
    return operation;
  }

  /** Notes who puts what. */
  #noted(call: Call, operation: () => SteppedOperation): Call {
    return (name, effect) =>
      call(name, () => {
        this.#putting = operation().name;
        const before = new Set(this.#versions().map(({ id }) => id));
        const result = effect();
        for (const { id } of this.#versions()) {
          if (!before.has(id)) {
            this.#putBy.set(id, { operation: operation(), states: this.#states.length });
          }
        }
        return result;
      });
  }

  /** The same in every order of calls. */
  #newVersionId(): string {
    const puts = (this.#puts.get(this.#putting) ?? 0) + 1;
    this.#puts.set(this.#putting, puts);
    return `${this.#putting}-${puts}`;
  }

  #contextOf(call?: Call, operation?: () => SteppedOperation, lostAnswers: readonly number[] = []): Context {
    let writes = 0;
    const { context, documents } = this.#stores;
    const { readCurrent, replaceCurrent } = context.records;
    const at: Call = call ?? (async (_name, effect) => effect());
    return {
      ...context,
      deletedDocumentDays: this.#deletedDocumentDays,
      documents: documentStoreOf(documents, at),
      documentVersions: documentVersionsOf(documents, at),
      records: {
        ...context.records,
        readCurrent: async (key: ItemKey) => await at("readRecord", () => readCurrent(key)),
        replaceCurrent: async (next: CurrentState, expected: CurrentState | undefined) => {
          writes += 1;
          const isLost = lostAnswers.includes(writes);
          return await at("writeRecord", () => {
            const before = this.#state;
            const result = replaceCurrent(next, expected);
            const by = operation?.();
            if (by && this.#state !== before) this.#states.push({ state: next, by });
            // Done or not: a repetition is refused, since either it or another writer has changed the state.
            return isLost ? "uncertain" : result;
          });
        },
      },
    };
  }
}

function documentsOf(state: CurrentState): readonly string[] {
  return state.kind === "record" ? state.documents : [];
}
