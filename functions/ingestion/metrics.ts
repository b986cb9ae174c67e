import { Metrics as PowertoolsMetrics } from "@aws-lambda-powertools/metrics";
import { INGESTION_METRICS, type IngestionMetric } from "../../contract/metrics.ts";
import { METRIC_SOURCES } from "../../domain/metric-sources.ts";

/** Takes the metrics of one function, or of any. */
export interface Metrics<Name extends IngestionMetric = IngestionMetric> {
  // Properties, since TypeScript lets a method take less than it says.
  readonly add: (name: Name, value: number) => void;
  /** Writes what was added as one line of CloudWatch's embedded metric format. */
  readonly flush: () => void;
}

export function createMetrics(functionName = process.env["AWS_LAMBDA_FUNCTION_NAME"]): Metrics {
  const metrics = new PowertoolsMetrics({
    namespace: METRIC_SOURCES.ingestion.namespace,
    serviceName: functionName ?? "unknown",
  });
  return {
    add(name, value) {
      metrics.addMetric(name, INGESTION_METRICS[name].unit, value);
    },
    flush() {
      // Powertools warns of having nothing to publish.
      if (metrics.hasStoredMetrics()) {
        metrics.publishStoredMetrics();
      }
    },
  };
}
