import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js";
import { Construct } from "constructs";
import type { Metric, Watched } from "./alarm-definitions.ts";

export interface DashboardProps extends Omit<Watched, "thresholds" | "notifierDeadLetterQueueName"> {
  readonly namePrefix: string;
  readonly region: string;
  readonly intakeBucketName: string;
  readonly alarmArns: readonly string[];
  /** Log groups of the functions and of the APIs' access logs, for the newest errors. */
  readonly logGroupNames: readonly string[];
}

const columns = 4;
const columnWidth = 24 / columns;
const titleHeight = 2;
const graphHeight = 5;
const tableHeight = 7;

interface Graph {
  readonly title: string;
  readonly metrics: readonly (Metric & { readonly label?: string })[];
  readonly stacked?: true;
}

/** One station on the way of a payload: a column of graphs. */
interface Station {
  readonly title: string;
  readonly graphs: readonly Graph[];
}

/** The way of a payload from left to right: taken by the APIs, waiting, processed, kept. Below: alarms, errors, costs. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const stations = stationsOf(props);
    const bottom = titleHeight + graphHeight * Math.max(...stations.map(({ graphs }) => graphs.length));
    const widgets = [
      ...stations.flatMap((station, column) => stationWidgets(station, column, props.region)),
      {
        type: "alarm",
        x: 0,
        y: bottom,
        width: 2 * columnWidth,
        height: tableHeight,
        properties: { title: "Alarms", alarms: props.alarmArns },
      },
      {
        type: "log",
        x: 2 * columnWidth,
        y: bottom,
        width: 2 * columnWidth,
        height: tableHeight,
        properties: {
          title: "Newest errors",
          region: props.region,
          view: "table",
          query: `${props.logGroupNames.map((name) => `SOURCE '${name}'`).join(" | ")} | ${newestErrors}`,
        },
      },
    ];
    new CloudwatchDashboard(this, "dashboard", {
      dashboardName: props.namePrefix,
      dashboardBody: JSON.stringify({ widgets }),
    });
  }
}

/** Of functions and of APIs: they have different fields. */
const newestErrors =
  'filter level = "ERROR" or status >= 500 | fields @timestamp, message.message, message.errorName, status, resourcePath, requestId | sort @timestamp desc | limit 20';

function stationsOf(props: DashboardProps): Station[] {
  const { apis, functions, queueName, deadLetterQueueName, tableName, intakeBucketName } = props;
  const api = (metricName: string, stat: string) =>
    Object.entries(apis).map(([label, { apiName, stageName }]) => ({
      label,
      namespace: "AWS/ApiGateway",
      metricName,
      dimensions: { ApiName: apiName, Stage: stageName },
      stat,
    }));
  const lambda = (metricName: string, stat: string) =>
    Object.entries(functions).map(([part, { functionName }]) => ({
      label: part,
      namespace: "AWS/Lambda",
      metricName,
      dimensions: { FunctionName: functionName },
      stat,
    }));
  const own = (part: string, metricName: string, stat: string) => ({
    label: `${metricName} (${part})`,
    namespace: "Proposals",
    metricName,
    dimensions: { service: functions[`${part}-function`]?.functionName ?? "" },
    stat,
  });
  const both = (metricName: string, stat: string) =>
    ["api", "queue"].map((part) => own(part, metricName, stat));
  const sqs = (label: string, metricName: string, of: string, stat = "Maximum") => ({
    label,
    namespace: "AWS/SQS",
    metricName,
    dimensions: { QueueName: of },
    stat,
  });
  const table = (metricName: string) => ({
    label: metricName,
    namespace: "AWS/DynamoDB",
    metricName,
    dimensions: { TableName: tableName },
    stat: "Sum",
  });
  const logMetrics = (metrics: DashboardProps["logMetrics"]["tooLarge"], stat: string) =>
    Object.entries(metrics).map(([label, metric]) => ({ label, ...metric, stat }));
  const storage = (type: string) => ({
    label: "intake, bytes stored",
    namespace: "AWS/S3",
    metricName: "BucketSizeBytes",
    dimensions: { BucketName: intakeBucketName, StorageType: type },
    stat: "Average",
  });
  return [
    {
      title: "1 · Taken by the APIs",
      graphs: [
        { title: "Requests", metrics: api("Count", "Sum"), stacked: true },
        { title: "5xx", metrics: api("5XXError", "Sum") },
        {
          title: "4xx without 404, and 413",
          metrics: [
            ...logMetrics(props.logMetrics.clientErrors, "Sum"),
            ...logMetrics(props.logMetrics.tooLarge, "Sum").map((metric) => ({
              ...metric,
              label: `413 ${metric.label}`,
            })),
          ],
        },
        { title: "Latency p50 and p99 (ms)", metrics: [...api("Latency", "p50"), ...api("Latency", "p99")] },
      ],
    },
    {
      title: "2 · Waiting",
      graphs: [
        {
          title: "Messages",
          metrics: [
            sqs("waiting", "ApproximateNumberOfMessagesVisible", queueName),
            sqs("in flight", "ApproximateNumberOfMessagesNotVisible", queueName),
          ],
        },
        { title: "Oldest message (s)", metrics: [sqs("age", "ApproximateAgeOfOldestMessage", queueName)] },
        {
          title: "Dead letters",
          metrics: [sqs("dead letters", "ApproximateNumberOfMessagesVisible", deadLetterQueueName)],
        },
        {
          title: "Sweep",
          metrics: ["UnprocessedObjects", "RequeuedObjects", "RemovedDocuments"].map((metricName) =>
            own("sweep", metricName, "Sum"),
          ),
        },
      ],
    },
    {
      title: "3 · Processed",
      graphs: [
        {
          title: "Outcomes",
          metrics: ["Stored", "Unchanged", "Superseded", "Rejected"].flatMap((outcome) =>
            both(outcome, "Sum"),
          ),
          stacked: true,
        },
        { title: "Time to outcome p99 (ms)", metrics: both("TimeToOutcome", "p99") },
        {
          title: "Function errors, throttles, messages back to the queue",
          metrics: [
            ...lambda("Errors", "Sum"),
            ...lambda("Throttles", "Sum").map((metric) => ({
              ...metric,
              label: `${metric.label} throttled`,
            })),
            own("queue", "FailedMessages", "Sum"),
          ],
        },
        {
          title: "Duration p99 (ms) and memory (MB)",
          metrics: [...lambda("Duration", "p99"), ...logMetrics(props.logMetrics.maxMemoryUsed, "Maximum")],
        },
      ],
    },
    {
      title: "4 · Kept, and what it costs",
      graphs: [
        {
          title: "Size of payloads p50 and p99 (bytes)",
          metrics: [...both("PayloadBytes", "p50"), ...both("PayloadBytes", "p99")],
        },
        {
          title: "Table: units and throttles",
          metrics: [
            "ConsumedReadCapacityUnits",
            "ConsumedWriteCapacityUnits",
            "ReadThrottleEvents",
            "WriteThrottleEvents",
          ].map(table),
        },
        { title: "Intake bucket", metrics: [storage("StandardStorage")] },
        { title: "Invocations", metrics: lambda("Invocations", "Sum"), stacked: true },
      ],
    },
  ];
}

function stationWidgets({ title, graphs }: Station, column: number, region: string): object[] {
  const x = column * columnWidth;
  return [
    {
      type: "text",
      x,
      y: 0,
      width: columnWidth,
      height: titleHeight,
      properties: { markdown: `## ${title}` },
    },
    ...graphs.map((graph, row) => ({
      type: "metric",
      x,
      y: titleHeight + row * graphHeight,
      width: columnWidth,
      height: graphHeight,
      properties: {
        title: graph.title,
        region,
        view: "timeSeries",
        stacked: graph.stacked ?? false,
        period: 300,
        metrics: graph.metrics.map(({ namespace, metricName, dimensions = {}, stat, label }) => [
          namespace,
          metricName,
          ...Object.entries(dimensions).flat(),
          { stat, ...(label !== undefined && { label }) },
        ]),
      },
    })),
  ];
}
