import type { FunctionPart } from "./function-parts.ts";

export interface Measure {
  readonly unit: "Count" | "Bytes" | "Milliseconds" | "Seconds";
}

/** The functions that give submissions their outcomes. */
const ingesting = ["api-function", "queue-function"] as const;

/** The metrics of the functions, and the functions that emit each. */
export const INGESTION_METRICS = {
  Stored: { unit: "Count", emittedBy: ingesting },
  Unchanged: { unit: "Count", emittedBy: ingesting },
  Superseded: { unit: "Count", emittedBy: ingesting },
  Rejected: { unit: "Count", emittedBy: ingesting },
  /** The size of a payload that got its outcome. */
  PayloadBytes: { unit: "Bytes", emittedBy: ingesting },
  /** From the payload's first byte in the function to its outcome. */
  IngestTime: { unit: "Milliseconds", emittedBy: ingesting },
  /** From API Gateway's receive time to the outcome. */
  TimeToOutcome: { unit: "Milliseconds", emittedBy: ingesting },
  Deleted: { unit: "Count", emittedBy: ["api-function"] },
  FailedRequests: { unit: "Count", emittedBy: ["api-function"] },
  /** Messages that go back to the queue. */
  FailedMessages: { unit: "Count", emittedBy: ["queue-function"] },
  /** Messages without an object to process, and objects that API Gateway did not write. */
  ForeignEvents: { unit: "Count", emittedBy: ["queue-function"] },
  UnprocessedObjects: { unit: "Count", emittedBy: ["sweep-function"] },
  /** Objects under the intake prefix with a key that no submission has: a folder of the console, a copied file. */
  ForeignObjects: { unit: "Count", emittedBy: ["sweep-function"] },
  RequeuedObjects: { unit: "Count", emittedBy: ["sweep-function"] },
  RemovedDocuments: { unit: "Count", emittedBy: ["sweep-function"] },
  /** Documents that should be removed but stay, because their bucket has no versioning. */
  UnversionedDocuments: { unit: "Count", emittedBy: ["api-function", "sweep-function"] },
} as const satisfies Record<string, Measure & { readonly emittedBy: readonly FunctionPart[] }>;

export type IngestionMetric = keyof typeof INGESTION_METRICS;

/** The metrics that this function emits; for several functions, the metrics that all of them emit. */
export type MetricOf<Part extends FunctionPart> = {
  [Name in IngestionMetric]: [Part] extends [(typeof INGESTION_METRICS)[Name]["emittedBy"][number]]
    ? Name
    : never;
}[IngestionMetric];

/** Each submission counts in exactly one of these. */
export const OUTCOME_METRICS = ["Stored", "Unchanged", "Superseded", "Rejected"] as const;

/** `MaxMemoryUsed` is in megabytes, the others are counts. */
export type LogMetricKind = "ClientErrors" | "TooLarge" | "MaxMemoryUsed";

export function logMetricName(source: string, kind: LogMetricKind): string {
  return `${source}-${kind}`;
}
