import { INGESTION_METRICS, type Measure } from "../contract/metrics.ts";
import { METRICS_NAMESPACE } from "./names.ts";

const count = { unit: "Count" } as const satisfies Measure;
const milliseconds = { unit: "Milliseconds" } as const satisfies Measure;

interface Source {
  readonly namespace: string;
  readonly dimensions: readonly string[];
  readonly metrics: Readonly<Record<string, Measure>>;
}

/**
 * The sources of metrics: namespace, dimensions, and the metrics that alarms, the dashboard and the emulator use.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
 */
export const METRIC_SOURCES = {
  ingestion: {
    namespace: METRICS_NAMESPACE,
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

/** What identifies a metric in CloudWatch. */
export interface MetricIdentity {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** @throws Error if a dimension is empty: such a metric never has data, and its alarm never fires */
export function identifyMetric<From extends MetricSource>(
  source: From,
  metricName: MetricNameOf<From>,
  dimensions: DimensionsOf<From>,
): MetricIdentity {
  const { namespace } = METRIC_SOURCES[source];
  for (const [dimension, value] of Object.entries(dimensions)) {
    if (value === "") {
      throw new Error(
        `${namespace} ${metricName}: the dimension ${dimension} is empty; set it to the name of the resource`,
      );
    }
  }
  return { namespace, metricName, dimensions };
}
