import { Op, Token } from "cdktf";
import { OUTCOME_METRICS } from "../../../contract/metrics.ts";
import { type AlarmDefinition, atOnce, quiet, type Thresholds, twoOfThree } from "./alarm-definition.ts";
import { emittedMetric, metricOf } from "./metric.ts";
import { shareOf, sumOf } from "./metric-math.ts";
import type { MonitoredResources } from "./monitored-resources.ts";

/** Of what becomes of payloads. */
export function outcomeAlarms(resources: MonitoredResources, thresholds: Thresholds): AlarmDefinition[] {
  return [
    rejectedSubmissions(resources, thresholds),
    failedMessages(resources, thresholds),
    {
      ...quiet,
      id: "unprocessed-objects",
      severity: "urgent",
      description:
        "Payloads in the intake bucket were not processed in time. The sweep has queued them again.",
      metric: emittedMetric(resources.functions, "sweep-function", "UnprocessedObjects", "Maximum"),
      threshold: 0,
      periods: atOnce,
    },
    foreignObjects(resources),
    unversionedDocuments(resources),
    sweepSilent(resources),
    tableThrottles(resources),
  ];
}

function rejectedSubmissions({ functions }: MonitoredResources, thresholds: Thresholds): AlarmDefinition {
  const counts = Object.fromEntries(
    (["api", "queue"] as const).flatMap((path) =>
      OUTCOME_METRICS.map((name) => [`${path}${name}`, emittedMetric(functions, `${path}-function`, name)]),
    ),
  );
  return {
    ...quiet,
    id: "rejected-submissions",
    severity: "ticket",
    description: "Many submissions are rejected: a sender changed what it sends, or the contract changed.",
    metrics: counts,
    expression: shareOf(
      `(${sumOf("apiRejected", "queueRejected")})`,
      `(${sumOf(...Object.keys(counts))})`,
      thresholds.minimumRequests,
    ),
    threshold: thresholds.rejectedPercent,
    periods: twoOfThree,
  };
}

function failedMessages({ functions }: MonitoredResources, thresholds: Thresholds): AlarmDefinition {
  return {
    ...quiet,
    id: "failed-messages",
    severity: "ticket",
    description:
      "Messages return to the queue for another attempt: a service that the queue function uses fails.",
    metrics: {
      failed: emittedMetric(functions, "queue-function", "FailedMessages"),
      invocations: invocations(functions["queue-function"].functionName),
    },
    expression: "IF(invocations > 0, 100 * FILL(failed, 0) / invocations, 0)",
    threshold: thresholds.functionErrorPercent,
    periods: twoOfThree,
  };
}

/** Told once for as long as they lie there, not at every sweep: one of two sweeps is enough to keep it raised. */
function foreignObjects({ functions, sweepEveryMinutes }: MonitoredResources): AlarmDefinition {
  return {
    id: "foreign-objects",
    severity: "ticket",
    description:
      "The intake bucket contains an object that no API wrote, such as a folder or a copied file. It is not processed.",
    metric: emittedMetric(functions, "sweep-function", "ForeignObjects", "Maximum"),
    threshold: 0,
    missing: "notBreaching",
    periodSeconds: secondsOf(sweepEveryMinutes),
    periods: [1, 2],
  };
}

/** A deletion says it once, the sweep for as long as they lie there. */
function unversionedDocuments({ functions, sweepEveryMinutes }: MonitoredResources): AlarmDefinition {
  return {
    id: "unversioned-documents",
    severity: "ticket",
    description:
      "Documents of deleted or replaced records remain: the documents bucket is not versioned, or was not when they were written. Those of deleted records can still be read, and a DELETE of their items answers 500 until they are removed.",
    metric: emittedMetric(functions, "sweep-function", "UnversionedDocuments", "Maximum"),
    threshold: 0,
    missing: "notBreaching",
    periodSeconds: secondsOf(sweepEveryMinutes),
    periods: [1, 2],
  };
}

function sweepSilent({ functions, sweepEveryMinutes }: MonitoredResources): AlarmDefinition {
  return {
    id: "sweep-silent",
    severity: "ticket",
    description: "The sweep does not run: if S3 loses an event, nothing detects it.",
    metric: invocations(functions["sweep-function"].functionName),
    threshold: 1,
    below: true,
    // A function that is not called has no data.
    missing: "breaching",
    periodSeconds: secondsOf(sweepEveryMinutes),
    periods: [2, 2],
  };
}

function secondsOf(minutes: number): number {
  return Token.asNumber(Op.mul(minutes, 60));
}

function tableThrottles({ tableName }: MonitoredResources): AlarmDefinition {
  return {
    ...quiet,
    id: "table-throttles",
    severity: "ticket",
    description:
      "DynamoDB throttles the table: traffic grows faster than the table scales, or concentrates on one item.",
    metrics: {
      reads: metricOf("table", "ReadThrottleEvents", { TableName: tableName }, "Sum"),
      writes: metricOf("table", "WriteThrottleEvents", { TableName: tableName }, "Sum"),
    },
    expression: sumOf("reads", "writes"),
    threshold: 0,
    periods: twoOfThree,
  };
}

function invocations(functionName: string) {
  return metricOf("function", "Invocations", { FunctionName: functionName }, "Sum");
}
