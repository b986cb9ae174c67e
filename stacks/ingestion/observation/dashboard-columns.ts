import type { FunctionPart } from "../../../contract/function-parts.ts";
import { type MetricOf, OUTCOME_METRICS } from "../../../contract/metrics.ts";
import type { MetricNameOf } from "../../../domain/metric-sources.ts";
import { entriesOf } from "../../constructs/object-entries.ts";
import type { LogMetric } from "./log-metrics.ts";
import { emittedMetric, type Metric, metricOf, type Statistic } from "./metric.ts";
import type { MonitoredResources } from "./monitored-resources.ts";

type Line = Metric & { readonly label: string };

interface Graph {
  readonly title: string;
  readonly metrics: readonly Line[];
  readonly stacked?: true;
}

/** One stage on the way of a payload. */
export interface DashboardColumn {
  readonly title: string;
  readonly graphs: readonly Graph[];
}

/** The way of a payload, from left to right. */
export function dashboardColumns(resources: MonitoredResources, intakeBucketName: string): DashboardColumn[] {
  return [
    { title: "1 · Taken by the APIs", graphs: requestGraphs(resources) },
    { title: "2 · Waiting", graphs: waitingGraphs(resources) },
    { title: "3 · Processed", graphs: processingGraphs(resources) },
    { title: "4 · Kept, and what it costs", graphs: storageGraphs(resources, intakeBucketName) },
  ];
}

function requestGraphs({ apis, proxyTooLarge }: MonitoredResources): Graph[] {
  const perApi = (name: MetricNameOf<"api">, stat: Statistic) =>
    entriesOf(apis).map(([label, { apiName, stageName }]) => ({
      ...metricOf("api", name, { ApiName: apiName, Stage: stageName }, stat),
      label,
    }));
  return [
    { title: "Requests", metrics: perApi("Count", "Sum"), stacked: true },
    { title: "5xx", metrics: perApi("5XXError", "Sum") },
    {
      title: "4xx without 404, and 413",
      metrics: [
        ...entriesOf(apis).map(([name, { clientErrors }]) => logLine(name, clientErrors, "Sum")),
        ...entriesOf(apis).map(([name, { tooLarge }]) => logLine(`413 ${name}`, tooLarge, "Sum")),
        ...(proxyTooLarge ? [logLine("413 proxy", proxyTooLarge, "Sum")] : []),
      ],
    },
    {
      title: "Latency p50 and p99 (ms)",
      metrics: [...perApi("Latency", "p50"), ...perApi("Latency", "p99")],
    },
  ];
}

function waitingGraphs({ queueName, deadLetterQueueName, functions }: MonitoredResources): Graph[] {
  const line = (label: string, name: MetricNameOf<"queue">, QueueName: string) => ({
    ...metricOf("queue", name, { QueueName }, "Maximum"),
    label,
  });
  const sweepMetrics = [
    "UnprocessedObjects",
    "ForeignObjects",
    "RequeuedObjects",
    "RemovedDocuments",
    "UnversionedDocuments",
  ] as const;
  return [
    {
      title: "Messages",
      metrics: [
        line("waiting", "ApproximateNumberOfMessagesVisible", queueName),
        line("in flight", "ApproximateNumberOfMessagesNotVisible", queueName),
      ],
    },
    { title: "Oldest message (s)", metrics: [line("age", "ApproximateAgeOfOldestMessage", queueName)] },
    {
      title: "Dead letters",
      metrics: [line("dead letters", "ApproximateNumberOfMessagesVisible", deadLetterQueueName)],
    },
    {
      title: "Sweep",
      metrics: sweepMetrics.map((name) => emittedLine(functions, "sweep-function", name, "Sum")),
    },
  ];
}

function processingGraphs({ functions }: MonitoredResources): Graph[] {
  return [
    {
      title: "Outcomes",
      metrics: OUTCOME_METRICS.flatMap((outcome) => ingestingLines(functions, outcome, "Sum")),
      stacked: true,
    },
    { title: "Time to outcome p99 (ms)", metrics: ingestingLines(functions, "TimeToOutcome", "p99") },
    {
      title: "Function errors, throttles, messages back to the queue",
      metrics: [
        ...functionLines(functions, "Errors", "Sum"),
        ...functionLines(functions, "Throttles", "Sum").map((line) => ({
          ...line,
          label: `${line.label} throttled`,
        })),
        emittedLine(functions, "queue-function", "FailedMessages", "Sum"),
      ],
    },
    {
      title: "Duration p99 (ms) and memory (MB)",
      metrics: [
        ...functionLines(functions, "Duration", "p99"),
        ...entriesOf(functions).map(([part, { maxMemoryUsed }]) => logLine(part, maxMemoryUsed, "Maximum")),
      ],
    },
  ];
}

function storageGraphs({ functions, tableName }: MonitoredResources, intakeBucketName: string): Graph[] {
  const tableMetrics = [
    "ConsumedReadCapacityUnits",
    "ConsumedWriteCapacityUnits",
    "ReadThrottleEvents",
    "WriteThrottleEvents",
  ] as const;
  const intakeBucket = { BucketName: intakeBucketName, StorageType: "StandardStorage" };
  return [
    {
      title: "Size of payloads p50 and p99 (bytes)",
      metrics: [
        ...ingestingLines(functions, "PayloadBytes", "p50"),
        ...ingestingLines(functions, "PayloadBytes", "p99"),
      ],
    },
    {
      title: "Table: units and throttles",
      metrics: tableMetrics.map((name) => ({
        ...metricOf("table", name, { TableName: tableName }, "Sum"),
        label: name,
      })),
    },
    {
      title: "Intake bucket",
      metrics: [
        {
          ...metricOf("bucket", "BucketSizeBytes", intakeBucket, "Average"),
          label: "intake, bytes stored",
        },
      ],
    },
    { title: "Invocations", metrics: functionLines(functions, "Invocations", "Sum"), stacked: true },
  ];
}

type Functions = MonitoredResources["functions"];

function functionLines(functions: Functions, name: MetricNameOf<"function">, stat: Statistic): Line[] {
  return entriesOf(functions).map(([part, { functionName }]) => ({
    ...metricOf("function", name, { FunctionName: functionName }, stat),
    label: part,
  }));
}

function emittedLine<Part extends FunctionPart>(
  functions: Functions,
  part: Part,
  name: MetricOf<Part>,
  stat: Statistic,
): Line {
  return {
    ...emittedMetric(functions, part, name, stat),
    label: `${name} (${part.replace("-function", "")})`,
  };
}

/** Of the two functions that give submissions their outcomes. */
function ingestingLines(
  functions: Functions,
  name: MetricOf<"api-function" | "queue-function">,
  stat: Statistic,
): Line[] {
  return (["api-function", "queue-function"] as const).map((part) =>
    emittedLine(functions, part, name, stat),
  );
}

function logLine(label: string, metric: LogMetric, stat: Statistic): Line {
  return { ...metric, stat, label };
}
