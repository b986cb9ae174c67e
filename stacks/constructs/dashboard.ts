import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js";
import { Construct } from "constructs";

type Metric = readonly [namespace: string, metric: string, ...dimensions: string[]];

export interface DashboardProps {
  readonly namePrefix: string;
  readonly region: string;
  readonly apis: readonly { readonly apiName: string; readonly stageName: string }[];
  readonly queueName: string;
  readonly deadLetterQueueName: string;
  readonly functionNames: readonly string[];
  readonly alarmArns: readonly string[];
}

const COLUMNS = 3;
const WIDTH = 24 / COLUMNS;
const HEIGHT = 6;

/** The way of a payload from left to right and top to bottom: APIs, queue, functions, alarms. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { apis, functionNames } = props;
    const api = (metric: string): Metric[] =>
      apis.map(({ apiName, stageName }) => [
        "AWS/ApiGateway",
        metric,
        "ApiName",
        apiName,
        "Stage",
        stageName,
      ]);
    const lambda = (metric: string): Metric[] =>
      functionNames.map((name) => ["AWS/Lambda", metric, "FunctionName", name]);
    const queue = (metric: string, queueName: string): Metric => ["AWS/SQS", metric, "QueueName", queueName];
    const graphs = [
      graph("API requests", "Sum", api("Count")),
      graph("API errors", "Sum", [...api("4XXError"), ...api("5XXError")]),
      graph("API latency (p99, ms)", "p99", api("Latency")),
      graph("Messages", "Maximum", [
        queue("ApproximateNumberOfMessagesVisible", props.queueName),
        queue("ApproximateNumberOfMessagesNotVisible", props.queueName),
        queue("ApproximateNumberOfMessagesVisible", props.deadLetterQueueName),
      ]),
      graph("Oldest message (s)", "Maximum", [queue("ApproximateAgeOfOldestMessage", props.queueName)]),
      graph("Function invocations", "Sum", lambda("Invocations")),
      graph("Function errors and throttles", "Sum", [...lambda("Errors"), ...lambda("Throttles")]),
      graph("Function duration (p99, ms)", "p99", lambda("Duration")),
    ].map((widget) => ({ ...widget, properties: { ...widget.properties, region: props.region } }));
    const alarms = { type: "alarm", properties: { title: "Alarms", alarms: props.alarmArns } };
    new CloudwatchDashboard(this, "dashboard", {
      dashboardName: props.namePrefix,
      dashboardBody: JSON.stringify({ widgets: [...graphs, alarms].map(place) }),
    });
  }
}

function graph(title: string, stat: string, metrics: readonly Metric[]) {
  return { type: "metric", properties: { title, stat, period: 300, view: "timeSeries", metrics } };
}

function place(widget: object, index: number) {
  return {
    ...widget,
    x: (index % COLUMNS) * WIDTH,
    y: Math.floor(index / COLUMNS) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
  };
}
