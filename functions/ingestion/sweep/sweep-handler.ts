import type { MetricOf } from "../../../contract/metrics.ts";
import { errorFields, log } from "../../log.ts";
import { type AbortAfter, deadlineOf, type RemainingTime, withinDeadline } from "../deadline.ts";
import type { Erased } from "../erase-versions.ts";
import type { Metrics } from "../metrics.ts";
import { removeDeleted } from "./remove-deleted.ts";
import { type RemoveContext, removeDocuments } from "./remove-documents.ts";
import { type RequeueContext, requeueUnprocessed } from "./requeue-unprocessed.ts";

type SweepMetrics = Metrics<MetricOf<"sweep-function">>;

export type SweepContext = Omit<RequeueContext & RemoveContext, "mayGoOn">;

export interface SweepHandlerOptions {
  /** What an invocation works with; its calls end by the signal. */
  readonly open: (deadline: AbortSignal) => SweepContext;
  readonly metrics: SweepMetrics;
  readonly abortAfter?: AbortAfter;
}

/**
 * The share of the invocation's time that is left when a task begins no further page. What the last of them leaves is for the page
 * that it is at: a list, the states of a thousand items, a removal.
 */
const leftWhen = { intakeEnds: 0.8, documentsEnd: 0.4, deletedEnd: 0.2 };

/**
 * The function that a schedule calls: looks for payloads that nobody processed and for documents that nobody needs.
 * Each task runs, whatever becomes of the others; then the first failure is thrown, so that the invocation fails.
 */
export function createSweepHandler({ open, metrics, abortAfter }: SweepHandlerOptions) {
  return async (_event: unknown, invocation: RemainingTime): Promise<void> => {
    const deadline = deadlineOf(invocation, abortAfter);
    const context = open(deadline);
    const wholeTime = invocation.getRemainingTimeInMillis();
    const until = (left: number) => ({
      ...context,
      mayGoOn: () => invocation.getRemainingTimeInMillis() > wholeTime * left,
    });
    const failures: unknown[] = [];
    const attempt = async (task: () => Promise<void>) => {
      try {
        await withinDeadline(deadline, task);
      } catch (error) {
        log("error", "sweep failed", errorFields(error));
        failures.push(error);
      }
    };
    await attempt(() => requeue(until(leftWhen.intakeEnds), metrics));
    await attempt(() => remove(until(leftWhen.documentsEnd), metrics));
    await attempt(() => removeKept(until(leftWhen.deletedEnd), metrics));
    metrics.flush();
    if (failures.length > 0) {
      throw failures[0];
    }
  };
}

async function requeue(context: RequeueContext, metrics: SweepMetrics): Promise<void> {
  const { unprocessed, requeued, foreign } = await requeueUnprocessed(context);
  metrics.add("UnprocessedObjects", unprocessed);
  metrics.add("ForeignObjects", foreign);
  metrics.add("RequeuedObjects", requeued);
  log(unprocessed > 0 ? "warn" : "info", "looked for unprocessed payloads", {
    unprocessed,
    requeued,
    foreign,
  });
}

async function remove(context: RemoveContext, metrics: SweepMetrics): Promise<void> {
  const { removed, unversioned, foreign } = await removeDocuments(context);
  countRemoved("looked for documents without a record", { removed, unversioned }, metrics);
  if (foreign > 0) {
    log("warn", "objects with keys of no document are kept: they may have an older layout", {
      objects: foreign,
    });
  }
}

async function removeKept(context: RemoveContext, metrics: SweepMetrics): Promise<void> {
  const { removed, unversioned, foreign } = await removeDeleted(context);
  countRemoved("looked for expired copies of deleted documents", { removed, unversioned }, metrics);
  if (foreign > 0) {
    log("warn", "objects with keys of no deleted document are kept: this service did not create them", {
      objects: foreign,
    });
  }
}

function countRemoved(message: string, { removed, unversioned }: Erased, metrics: SweepMetrics): void {
  metrics.add("RemovedDocuments", removed);
  metrics.add("UnversionedDocuments", unversioned);
  log("info", message, { removed });
  if (unversioned > 0) {
    log("error", "documents cannot be removed: their bucket is not versioned", { documents: unversioned });
  }
}
