import { MetricUnit, Metrics as PowertoolsMetrics } from "@aws-lambda-powertools/metrics";

/** Every metric of the functions, in the namespace `Proposals`, with the function's name as its `service`. */
const units = {
  Stored: MetricUnit.Count,
  Unchanged: MetricUnit.Count,
  Superseded: MetricUnit.Count,
  Rejected: MetricUnit.Count,
  Deleted: MetricUnit.Count,
  /** Of a payload that got its outcome. */
  PayloadBytes: MetricUnit.Bytes,
  /** From the payload's first byte in the function to its outcome. */
  IngestTime: MetricUnit.Milliseconds,
  /** From API Gateway's receive time to the outcome. */
  TimeToOutcome: MetricUnit.Milliseconds,
  FailedRequests: MetricUnit.Count,
  /** Messages that go back to the queue. */
  FailedMessages: MetricUnit.Count,
  /** Messages that tell of no object to process, and objects that are not the gateway's. */
  ForeignEvents: MetricUnit.Count,
  UnprocessedObjects: MetricUnit.Count,
  RequeuedObjects: MetricUnit.Count,
  RemovedDocuments: MetricUnit.Count,
} as const;

export type MetricName = keyof typeof units;

export interface Metrics {
  add(name: MetricName, value: number): void;
  /** Writes what was added as one line of CloudWatch's embedded metric format. */
  flush(): void;
}

export function createMetrics(functionName = process.env["AWS_LAMBDA_FUNCTION_NAME"]): Metrics {
  const metrics = new PowertoolsMetrics({
    namespace: "Proposals",
    serviceName: functionName ?? "unknown",
  });
  return {
    add(name, value) {
      metrics.addMetric(name, units[name], value);
    },
    flush() {
      // Powertools warns of having nothing to publish.
      if (metrics.hasStoredMetrics()) {
        metrics.publishStoredMetrics();
      }
    },
  };
}
