import type { FunctionPart } from "../../../contract/function-parts.ts";
import { type MetricOf, OUTCOME_METRICS } from "../../../contract/metrics.ts";
import type { MetricNameOf } from "../../../domain/metric-sources.ts";
import { entriesOf } from "../../constructs/object-entries.ts";
import type { Thresholds } from "./alarm-definition.ts";
import type { LogMetric } from "./log-metrics.ts";
import { emittedMetric, type Metric, metricOf, type Statistic } from "./metric.ts";
import type { MonitoredResources } from "./monitored-resources.ts";

type Line = Metric & { readonly label: string; readonly yAxis?: "right" };

/** A quarter of the page is narrow: a title has at most 26 characters. */
export interface Graph {
  readonly title: string;
  /** Of the left axis, and of the right one if a metric uses it. */
  readonly units: readonly [left: string, right?: string];
  readonly metrics: readonly Line[];
  readonly stacked?: true;
  /** From this value of the left axis on, an alarm is raised. */
  readonly alarmAbove?: number;
  /** Absent: the time range that the reader chooses. */
  readonly lastDays?: number;
}

/** One stage on the way of a payload. */
export interface DashboardColumn {
  readonly title: string;
  readonly explanation: string;
  readonly graphs: readonly Graph[];
}

/** The way of a payload, from left to right. */
export function dashboardColumns(
  resources: MonitoredResources,
  intakeBucketName: string,
  thresholds: Thresholds,
): DashboardColumn[] {
  return [
    {
      title: "1 · Received",
      explanation: "Requests at the APIs",
      graphs: requestGraphs(resources, thresholds),
    },
    {
      title: "2 · Waiting",
      explanation: "Large payloads in the queue",
      graphs: waitingGraphs(resources, thresholds),
    },
    { title: "3 · Processed", explanation: "Outcomes and functions", graphs: processingGraphs(resources) },
    {
      title: "4 · Stored",
      explanation: "Sizes, table and intake bucket",
      graphs: storageGraphs(resources, intakeBucketName),
    },
  ];
}

function requestGraphs({ apis, proxyTooLarge }: MonitoredResources, thresholds: Thresholds): Graph[] {
  const perApi = (name: MetricNameOf<"api">, stat: Statistic) =>
    entriesOf(apis).map(([label, { apiName, stageName }]) => ({
      ...metricOf("api", name, { ApiName: apiName, Stage: stageName }, stat),
      label,
    }));
  return [
    { title: "Requests", units: ["requests"], metrics: perApi("Count", "Sum"), stacked: true },
    { title: "Server errors (5xx)", units: ["answers"], metrics: perApi("5XXError", "Sum") },
    {
      title: "Client errors (4xx)",
      units: ["answers"],
      metrics: [
        ...entriesOf(apis).map(([name, { clientErrors }]) => logLine(`4xx ${name}`, clientErrors, "Sum")),
        ...entriesOf(apis).map(([name, { tooLarge }]) => logLine(`413 ${name}`, tooLarge, "Sum")),
        ...(proxyTooLarge ? [logLine("413 proxy", proxyTooLarge, "Sum")] : []),
      ],
    },
    {
      title: "Latency",
      units: ["ms"],
      metrics: [
        ...perApi("Latency", "p50").map(withStatistic),
        ...perApi("Latency", "p99").map(withStatistic),
      ],
      alarmAbove: thresholds.latencyMilliseconds,
    },
  ];
}

function waitingGraphs(
  { queueName, deadLetterQueueName, functions }: MonitoredResources,
  thresholds: Thresholds,
): Graph[] {
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
      units: ["messages"],
      metrics: [
        line("waiting", "ApproximateNumberOfMessagesVisible", queueName),
        line("in flight", "ApproximateNumberOfMessagesNotVisible", queueName),
      ],
    },
    {
      title: "Oldest message",
      units: ["seconds"],
      metrics: [line("age", "ApproximateAgeOfOldestMessage", queueName)],
      alarmAbove: thresholds.oldestMessageSeconds,
    },
    {
      title: "Dead letters",
      units: ["messages"],
      metrics: [line("dead letters", "ApproximateNumberOfMessagesVisible", deadLetterQueueName)],
      alarmAbove: 0,
    },
    {
      title: "Sweep",
      units: ["objects"],
      metrics: sweepMetrics.map((name) => ({
        ...emittedLine(functions, "sweep-function", name, "Sum"),
        label: name,
      })),
    },
  ];
}

function processingGraphs({ functions }: MonitoredResources): Graph[] {
  return [
    {
      title: "Outcomes",
      units: ["submissions"],
      metrics: OUTCOME_METRICS.flatMap((outcome) => ingestingLines(functions, outcome, "Sum")),
      stacked: true,
    },
    {
      title: "Time to outcome, p99",
      units: ["ms"],
      metrics: ingestingLines(functions, "TimeToOutcome", "p99"),
    },
    {
      title: "Errors and retries",
      units: ["errors"],
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
      title: "Duration p99, and memory",
      units: ["ms", "MB"],
      metrics: [
        ...functionLines(functions, "Duration", "p99"),
        ...entriesOf(functions).map(([part, { maxMemoryUsed }]) => ({
          ...logLine(`${part.replace("-function", "")} memory`, maxMemoryUsed, "Maximum"),
          yAxis: "right" as const,
        })),
      ],
    },
  ];
}

function storageGraphs({ functions, tableName }: MonitoredResources, intakeBucketName: string): Graph[] {
  const tableLine = (label: string, name: MetricNameOf<"table">): Line => ({
    ...metricOf("table", name, { TableName: tableName }, "Sum"),
    label,
  });
  const intakeBucket = { BucketName: intakeBucketName, StorageType: "StandardStorage" };
  return [
    {
      title: "Payload size",
      units: ["bytes"],
      metrics: [
        ...ingestingLines(functions, "PayloadBytes", "p50").map(withStatistic),
        ...ingestingLines(functions, "PayloadBytes", "p99").map(withStatistic),
      ],
    },
    {
      title: "Table: units, throttles",
      units: ["units", "throttles"],
      metrics: [
        tableLine("read units", "ConsumedReadCapacityUnits"),
        tableLine("write units", "ConsumedWriteCapacityUnits"),
        { ...tableLine("read throttles", "ReadThrottleEvents"), yAxis: "right" },
        { ...tableLine("write throttles", "WriteThrottleEvents"), yAxis: "right" },
      ],
    },
    {
      // S3 publishes one value a day: the hours that a reader looks at have none.
      title: "Intake bucket, 14 days",
      units: ["bytes"],
      lastDays: 14,
      metrics: [
        {
          ...metricOf("bucket", "BucketSizeBytes", intakeBucket, "Average"),
          label: "bytes stored",
        },
      ],
    },
    {
      title: "Invocations",
      units: ["invocations"],
      metrics: functionLines(functions, "Invocations", "Sum"),
      stacked: true,
    },
  ];
}

type Functions = MonitoredResources["functions"];

function functionLines(functions: Functions, name: MetricNameOf<"function">, stat: Statistic): Line[] {
  return entriesOf(functions).map(([part, { functionName }]) => ({
    ...metricOf("function", name, { FunctionName: functionName }, stat),
    label: part.replace("-function", ""),
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
    label: `${name} ${part.replace("-function", "")}`,
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

/** Where a graph has two lines of one metric. */
function withStatistic(line: Line): Line {
  return { ...line, label: `${line.label.replace("PayloadBytes ", "")} ${line.stat}` };
}
