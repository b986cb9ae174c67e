import type { FunctionPart } from "./function-parts.ts";

interface Measure {
  readonly unit: "Count" | "Bytes" | "Milliseconds" | "Seconds";
}

const count = { unit: "Count" } as const satisfies Measure;
const milliseconds = { unit: "Milliseconds" } as const satisfies Measure;

/** The functions that give submissions their outcomes. */
const ingesting = ["api-function", "queue-function"] as const;

/** What the functions count and measure, and which of them do. */
export const INGESTION_METRICS = {
  Stored: { unit: "Count", emittedBy: ingesting },
  Unchanged: { unit: "Count", emittedBy: ingesting },
  Superseded: { unit: "Count", emittedBy: ingesting },
  Rejected: { unit: "Count", emittedBy: ingesting },
  /** Of a payload that got its outcome. */
  PayloadBytes: { unit: "Bytes", emittedBy: ingesting },
  /** From the payload's first byte in the function to its outcome. */
  IngestTime: { unit: "Milliseconds", emittedBy: ingesting },
  /** From API Gateway's receive time to the outcome. */
  TimeToOutcome: { unit: "Milliseconds", emittedBy: ingesting },
  Deleted: { unit: "Count", emittedBy: ["api-function"] },
  FailedRequests: { unit: "Count", emittedBy: ["api-function"] },
  /** Messages that go back to the queue. */
  FailedMessages: { unit: "Count", emittedBy: ["queue-function"] },
  /** Messages that tell of no object to process, and objects that are not the gateway's. */
  ForeignEvents: { unit: "Count", emittedBy: ["queue-function"] },
  UnprocessedObjects: { unit: "Count", emittedBy: ["sweep-function"] },
  RequeuedObjects: { unit: "Count", emittedBy: ["sweep-function"] },
  RemovedDocuments: { unit: "Count", emittedBy: ["sweep-function"] },
} as const satisfies Record<string, Measure & { readonly emittedBy: readonly FunctionPart[] }>;

export type IngestionMetric = keyof typeof INGESTION_METRICS;

/** What this function emits; of several functions, what each of them does. */
export type MetricOf<Part extends FunctionPart> = {
  [Name in IngestionMetric]: [Part] extends [(typeof INGESTION_METRICS)[Name]["emittedBy"][number]]
    ? Name
    : never;
}[IngestionMetric];

/** Each submission counts in one of them. */
export const OUTCOME_METRICS = ["Stored", "Unchanged", "Superseded", "Rejected"] as const;

interface Source {
  readonly namespace: string;
  readonly dimensions: readonly string[];
  readonly metrics: Readonly<Record<string, Measure>>;
}

/**
 * Who publishes metrics, by which dimensions, and those of them that alarms, the dashboard and the emulator name.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
 */
export const METRIC_SOURCES = {
  ingestion: {
    namespace: "Proposals",
    /** The name of the function that emits. */
    dimensions: ["service"],
    metrics: INGESTION_METRICS,
  },
  function: {
    namespace: "AWS/Lambda",
    dimensions: ["FunctionName"],
    metrics: { Invocations: count, Errors: count, Throttles: count, Duration: milliseconds },
  },
  eventSourceMapping: {
    namespace: "AWS/Lambda",
    dimensions: ["EventSourceMappingUUID"],
    metrics: { PolledEventCount: count, InvokedEventCount: count, FailedInvokeEventCount: count },
  },
  api: {
    namespace: "AWS/ApiGateway",
    dimensions: ["ApiName", "Stage"],
    metrics: { Count: count, "4XXError": count, "5XXError": count, Latency: milliseconds },
  },
  queue: {
    namespace: "AWS/SQS",
    dimensions: ["QueueName"],
    metrics: {
      ApproximateNumberOfMessagesVisible: count,
      ApproximateNumberOfMessagesNotVisible: count,
      ApproximateAgeOfOldestMessage: { unit: "Seconds" },
    },
  },
  table: {
    namespace: "AWS/DynamoDB",
    dimensions: ["TableName"],
    metrics: {
      ConsumedReadCapacityUnits: count,
      ConsumedWriteCapacityUnits: count,
      ReadThrottleEvents: count,
      WriteThrottleEvents: count,
    },
  },
  bucket: {
    namespace: "AWS/S3",
    dimensions: ["BucketName", "StorageType"],
    metrics: { BucketSizeBytes: { unit: "Bytes" } },
  },
} as const satisfies Record<string, Source>;

type Sources = typeof METRIC_SOURCES;
export type MetricSource = keyof Sources;
export type MetricNameOf<From extends MetricSource> = keyof Sources[From]["metrics"] & string;
export type DimensionsOf<From extends MetricSource> = Readonly<
  Record<Sources[From]["dimensions"][number], string>
>;

/** What CloudWatch tells metrics apart by. */
export interface MetricIdentity {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** @throws Error where a dimension is empty: CloudWatch never has data of such a metric, and its alarm stays quiet */
export function identifyMetric<From extends MetricSource>(
  source: From,
  metricName: MetricNameOf<From>,
  dimensions: DimensionsOf<From>,
): MetricIdentity {
  const { namespace } = METRIC_SOURCES[source];
  for (const [dimension, value] of Object.entries(dimensions)) {
    if (value === "") {
      throw new Error(
        `${namespace} ${metricName}: the dimension ${dimension} is empty; it must name what is measured`,
      );
    }
  }
  return { namespace, metricName, dimensions };
}

/** Of what metric filters find in logs. They write no dimensions, so that the metric's name tells whose it is. */
export const LOG_METRICS_NAMESPACE = "Proposals/Logs";

/** `MaxMemoryUsed` is in megabytes, the others are counts. */
export type LogMetricKind = "ClientErrors" | "TooLarge" | "MaxMemoryUsed";

export function logMetricName(source: string, kind: LogMetricKind): string {
  return `${source}-${kind}`;
}
