import type { MetricNameOf } from "../../../domain/metric-sources.ts";
import { type AlarmDefinition, quiet, type Thresholds, twoOfThree } from "./alarm-definition.ts";
import type { LogMetric } from "./log-metrics.ts";
import { metricOf, type Statistic } from "./metric.ts";
import { shareOf } from "./metric-math.ts";
import type { MonitoredApi } from "./monitored-resources.ts";

export function apiAlarms(
  name: string,
  { apiName, stageName, clientErrors }: MonitoredApi,
  thresholds: Thresholds,
): AlarmDefinition[] {
  const metric = (metricName: MetricNameOf<"api">, stat: Statistic = "Sum") =>
    metricOf("api", metricName, { ApiName: apiName, Stage: stageName }, stat);
  const requests = metric("Count");
  return [
    {
      ...quiet,
      id: `${name}-server-errors`,
      section: "api-server-errors",
      severity: "urgent",
      description: `The API ${name} answers with 5xx: its backend fails or refuses the call.`,
      metrics: { errors: metric("5XXError"), requests },
      expression: "IF(requests > 0, 100 * errors / requests, 0)",
      threshold: thresholds.serverErrorPercent,
      periods: twoOfThree,
    },
    {
      ...quiet,
      id: `${name}-client-errors`,
      section: "api-client-errors",
      severity: "ticket",
      description: `The API ${name} refuses many requests (4xx without 404 and 413): a caller sends wrong requests.`,
      // API Gateway's own 4XXError does not tell one status from another.
      metrics: { errors: { ...clientErrors, stat: "Sum" }, requests },
      expression: shareOf("FILL(errors, 0)", "requests", thresholds.minimumRequests),
      threshold: thresholds.clientErrorPercent,
      periods: twoOfThree,
    },
    {
      ...quiet,
      id: `${name}-latency`,
      section: "api-latency",
      severity: "ticket",
      description: `One in a hundred requests to the API ${name} takes too long (p99).`,
      metric: metric("Latency", "p99"),
      threshold: thresholds.latencyMilliseconds,
      periods: twoOfThree,
    },
  ];
}

/** Of an API, or of the proxy in front of them. */
export function tooLargeAlarm(
  name: string,
  answerer: string,
  tooLarge: LogMetric,
  section = "api-too-large",
): AlarmDefinition {
  return {
    ...quiet,
    id: `${name}-too-large`,
    section,
    severity: "ticket",
    description: `${answerer} answers 413: payloads exceed its limit, or were sent to the wrong API.`,
    metric: { ...tooLarge, stat: "Sum" },
    threshold: 0,
    periods: twoOfThree,
  };
}
