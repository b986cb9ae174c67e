import type { FunctionPart } from "../../../contract/function-parts.ts";
import type { MetricOf } from "../../../contract/metrics.ts";
import {
  type DimensionsOf,
  identifyMetric,
  type MetricNameOf,
  type MetricSource,
} from "../../../domain/metric-sources.ts";

export type Statistic = "Sum" | "Average" | "Maximum" | `p${number}`;

/** A metric as alarms and graphs read it. */
export interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly stat: Statistic;
}

export function metricOf<From extends MetricSource>(
  source: From,
  name: MetricNameOf<From>,
  dimensions: DimensionsOf<From>,
  stat: Statistic,
): Metric {
  return { ...identifyMetric(source, name, dimensions), stat };
}

/** One that the function itself emits. */
export function emittedMetric<Part extends FunctionPart>(
  functions: Readonly<Record<FunctionPart, { readonly functionName: string }>>,
  part: Part,
  name: MetricOf<Part>,
  stat: Statistic = "Sum",
): Metric {
  return metricOf("ingestion", name, { service: functions[part].functionName }, stat);
}
