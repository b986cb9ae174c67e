import type { IngestionMetric } from "../../contract/metrics.ts";
import type { Metrics } from "../../functions/ingestion/metrics.ts";

/** Metrics that keep the sum of what was added, by name. */
export function memoryMetrics() {
  const sums: Partial<Record<IngestionMetric, number>> = {};
  const counters = { flushes: 0 };
  const metrics: Metrics = {
    add(name, value) {
      sums[name] = (sums[name] ?? 0) + value;
    },
    flush() {
      counters.flushes += 1;
    },
  };
  return { metrics, sums, counters };
}
