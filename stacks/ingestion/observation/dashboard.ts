import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js";
import { Construct } from "constructs";
import type { Thresholds } from "./alarm-definition.ts";
import { type DashboardColumn, dashboardColumns, type Graph } from "./dashboard-columns.ts";
import type { MonitoredResources } from "./monitored-resources.ts";

export interface DashboardProps {
  readonly namePrefix: string;
  readonly region: string;
  readonly resources: MonitoredResources;
  readonly intakeBucketName: string;
  readonly thresholds: Thresholds;
  readonly alarmArns: readonly string[];
  /** Log groups of the functions and of the APIs' access logs, for the newest errors. */
  readonly logGroupNames: readonly string[];
}

const columnWidth = 24 / 4;
const titleHeight = 2;
const graphHeight = 5;
const tableHeight = 8;
const secondsOfFiveMinutes = 300;
const secondsOfDay = 86_400;

/** The way of a payload from left to right: received, waiting, processed, stored. Below: alarms and errors. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const columns = dashboardColumns(props.resources, props.intakeBucketName, props.thresholds);
    const bottom = titleHeight + graphHeight * Math.max(...columns.map(({ graphs }) => graphs.length));
    const widgets = [
      ...columns.flatMap((column, index) => columnWidgets(column, index * columnWidth, props.region)),
      alarmsWidget(bottom, props),
      newestErrorsWidget(bottom, props),
    ];
    new CloudwatchDashboard(this, "dashboard", {
      dashboardName: props.namePrefix,
      dashboardBody: JSON.stringify({ widgets }),
    });
  }
}

function columnWidgets({ title, explanation, graphs }: DashboardColumn, x: number, region: string): object[] {
  return [
    {
      type: "text",
      x,
      y: 0,
      width: columnWidth,
      height: titleHeight,
      properties: { markdown: `## ${title}\n${explanation}` },
    },
    ...graphs.map((graph, row) => ({
      type: "metric",
      x,
      y: titleHeight + row * graphHeight,
      width: columnWidth,
      height: graphHeight,
      properties: graphProperties(graph, region),
    })),
  ];
}

function graphProperties({ alarmAbove, lastDays, ...graph }: Graph, region: string): object {
  const [left, right] = graph.units.map((label) => ({ label, min: 0, showUnits: false }));
  return {
    title: graph.title,
    region,
    view: "timeSeries",
    stacked: graph.stacked ?? false,
    period: lastDays === undefined ? secondsOfFiveMinutes : secondsOfDay,
    ...(lastDays === undefined ? {} : { start: `-P${lastDays}D`, end: "P0D" }),
    yAxis: { left, right },
    ...(alarmAbove === undefined
      ? {}
      : { annotations: { horizontal: [{ label: "alarm above", value: alarmAbove, color: "#d62728" }] } }),
    metrics: graph.metrics.map(({ namespace, metricName, dimensions = {}, stat, label, yAxis }) => [
      namespace,
      metricName,
      ...Object.entries(dimensions).flat(),
      { stat, label, yAxis },
    ]),
  };
}

function alarmsWidget(y: number, { alarmArns }: DashboardProps): object {
  return {
    type: "alarm",
    x: 0,
    y,
    width: 2 * columnWidth,
    height: tableHeight,
    properties: { title: "Alarms", alarms: alarmArns },
  };
}

/** Of functions and of APIs: they have different fields. */
const newestErrors =
  'filter level = "ERROR" or status >= 500 | fields @timestamp, message.message, message.errorName, status, resourcePath, requestId | sort @timestamp desc | limit 20';

function newestErrorsWidget(y: number, { region, logGroupNames }: DashboardProps): object {
  return {
    type: "log",
    x: 2 * columnWidth,
    y,
    width: 2 * columnWidth,
    height: tableHeight,
    properties: {
      title: "Newest errors",
      region,
      view: "table",
      query: `${logGroupNames.map((name) => `SOURCE '${name}'`).join(" | ")} | ${newestErrors}`,
    },
  };
}
