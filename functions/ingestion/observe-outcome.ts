import type { MetricOf, OUTCOME_METRICS } from "../../contract/metrics.ts";
import { log } from "../log.ts";
import type { Metrics } from "./metrics.ts";
import type { Outcome, Submission } from "./outcome.ts";

export interface Observation {
  readonly submission: Submission;
  readonly outcome: Outcome;
  readonly sizeBytes: number;
  /** When the function began with it, in epoch milliseconds. */
  readonly startedAt: number;
  readonly finishedAt: number;
  /** The trace in which API Gateway received it. */
  readonly traceId?: string | undefined;
}

const outcomeMetrics = {
  stored: "Stored",
  unchanged: "Unchanged",
  superseded: "Superseded",
  rejected: "Rejected",
} as const satisfies Record<Outcome["status"], (typeof OUTCOME_METRICS)[number]>;

/** Says once, in log and metrics, how a submission ended. */
export function observeOutcome(
  metrics: Metrics<MetricOf<"api-function" | "queue-function">>,
  observation: Observation,
): void {
  const { submission, outcome, sizeBytes, startedAt, finishedAt, traceId } = observation;
  const { caller, item, fileId, submissionId, receivedAt, correlationId } = submission;
  metrics.add(outcomeMetrics[outcome.status], 1);
  metrics.add("PayloadBytes", sizeBytes);
  metrics.add("IngestTime", finishedAt - startedAt);
  metrics.add("TimeToOutcome", Math.max(0, finishedAt - receivedAt));
  const firstReason = outcome.status === "rejected" ? outcome.reasons[0]?.code : undefined;
  log("info", "submission finished", {
    caller,
    item,
    ...(fileId && { fileId }),
    submissionId,
    status: outcome.status,
    ...(firstReason && { reason: firstReason }),
    sizeBytes,
    ...(correlationId && { correlationId }),
    ...(traceId && { traceId }),
  });
}
