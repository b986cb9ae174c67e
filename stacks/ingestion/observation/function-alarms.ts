import { Op, Token } from "cdktf";
import type { FunctionPart } from "../../../contract/function-parts.ts";
import type { MetricNameOf } from "../../../domain/metric-sources.ts";
import { type AlarmDefinition, atOnce, quiet, type Thresholds, twoOfThree } from "./alarm-definition.ts";
import { metricOf, type Statistic } from "./metric.ts";
import type { MonitoredFunction } from "./monitored-resources.ts";

/** Of the function itself, whatever it does. */
export function functionAlarms(
  part: FunctionPart,
  { functionName, timeoutSeconds, memoryMb, maxMemoryUsed }: MonitoredFunction,
  thresholds: Thresholds,
): AlarmDefinition[] {
  const metric = (name: MetricNameOf<"function">, stat: Statistic = "Sum") =>
    metricOf("function", name, { FunctionName: functionName }, stat);
  // Nobody waits for a sweep: its next one does the work of this one.
  const severity = part === "sweep-function" ? "ticket" : "urgent";
  return [
    {
      ...quiet,
      id: `${part}-errors`,
      severity,
      description: `The function ${functionName} ends with errors or timeouts.`,
      metrics: { errors: metric("Errors"), invocations: metric("Invocations") },
      expression: "IF(invocations > 0, 100 * errors / invocations, 0)",
      threshold: thresholds.functionErrorPercent,
      periods: atOnce,
    },
    {
      ...quiet,
      id: `${part}-throttles`,
      severity,
      description: `The function ${functionName} could not start: no concurrency is left.`,
      metric: metric("Throttles"),
      threshold: 0,
      periods: twoOfThree,
    },
    {
      ...quiet,
      id: `${part}-duration`,
      severity: "ticket",
      description: `The function ${functionName} has nearly reached its timeout.`,
      metric: metric("Duration", "Maximum"),
      threshold: Token.asNumber(Op.mul(Op.mul(timeoutSeconds, 10), thresholds.durationPercent)),
      periods: twoOfThree,
    },
    {
      ...quiet,
      id: `${part}-memory`,
      severity: "ticket",
      description: `The function ${functionName} has nearly reached its memory limit.`,
      metric: { ...maxMemoryUsed, stat: "Maximum" },
      threshold: Token.asNumber(Op.div(Op.mul(memoryMb, thresholds.memoryPercent), 100)),
      periods: twoOfThree,
    },
  ];
}
