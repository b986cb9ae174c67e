import { z } from "zod";
import { UserError } from "../../contract/user-error.ts";
import { blocks, resourcesOf } from "../terraform/read-resources.ts";
import type { ResolvedStack } from "../terraform/resolve-stack.ts";
import { evaluateMetricMath } from "./metric-math.ts";
import type { MetricStore } from "./metric-store.ts";

const metricSchema = z.object({
  namespace: z.string(),
  metric_name: z.string(),
  dimensions: z.record(z.string(), z.string()).nullish(),
});

/** Descriptions end with the URL of a section of docs/operations.md. */
const named = { alarm_name: z.string(), alarm_description: z.string().nullish() };

const alarmSchema = metricSchema.partial().extend({
  ...named,
  comparison_operator: z.enum(["GreaterThanThreshold", "LessThanThreshold"]),
  threshold: z.coerce.number(),
  statistic: z.string().nullish(),
  extended_statistic: z.string().nullish(),
  treat_missing_data: z.enum(["breaching", "notBreaching"]),
  metric_query: blocks(
    z.object({
      id: z.string(),
      expression: z.string().nullish(),
      return_data: z.boolean().nullish(),
      metric: blocks(metricSchema.extend({ stat: z.string() })),
    }),
  ),
});
type MetricAlarm = z.infer<typeof alarmSchema>;

const compositeSchema = z.object({ ...named, alarm_rule: z.string() });

export interface RaisedAlarm {
  readonly name: string;
  /** Of docs/operations.md; undefined where the alarm's description does not end with one. */
  readonly section: string | undefined;
}

/**
 * The stack's alarms whose condition is true for the data of one period, composite alarms behind those that
 * they watch. For how many periods it has to be true is not asked; what missing data mean is, unless only alarms with
 * data are wanted.
 */
export function alarmsRaised(
  stack: ResolvedStack,
  store: MetricStore,
  { onlyWithData = false }: { readonly onlyWithData?: boolean } = {},
): RaisedAlarm[] {
  const raised = resourcesOf(stack, "aws_cloudwatch_metric_alarm", alarmSchema)
    .filter((alarm) => isRaised(alarm, store, onlyWithData))
    .map(asRaised);
  const composite = resourcesOf(stack, "aws_cloudwatch_composite_alarm", compositeSchema)
    .filter(({ alarm_rule }) =>
      namesIn(alarm_rule).some((name) => raised.some((alarm) => alarm.name === name)),
    )
    .map(asRaised);
  return [...raised, ...composite];
}

function asRaised(alarm: { alarm_name: string; alarm_description?: string | null | undefined }): RaisedAlarm {
  return { name: alarm.alarm_name, section: /#(\S+)$/.exec(alarm.alarm_description ?? "")?.[1] };
}

function isRaised(alarm: MetricAlarm, store: MetricStore, onlyWithData: boolean): boolean {
  const value = observedValue(alarm, store);
  if (value === undefined) return !onlyWithData && alarm.treat_missing_data === "breaching";
  return alarm.comparison_operator === "GreaterThanThreshold"
    ? value > alarm.threshold
    : value < alarm.threshold;
}

function observedValue(alarm: MetricAlarm, store: MetricStore): number | undefined {
  const statistic = (metric: z.infer<typeof metricSchema>, stat: string) =>
    store.statistic(
      { namespace: metric.namespace, metricName: metric.metric_name, dimensions: metric.dimensions ?? {} },
      stat,
    );
  const { metric_query: queries } = alarm;
  if (queries.length === 0) {
    return statistic(metricSchema.parse(alarm), alarm.statistic || alarm.extended_statistic || "");
  }
  const metrics = new Map(
    queries.flatMap(({ id, metric }) => metric.map((each) => [id, statistic(each, each.stat)] as const)),
  );
  const result = queries.find(({ return_data }) => return_data);
  return evaluateMetricMath(result?.expression ?? "", metrics);
}

/** Rules here are alarms joined by OR: any other one would need more than this to be understood. */
function namesIn(rule: string): string[] {
  return rule.split(" OR ").map((term) => {
    const name = /^ALARM\("([^"]+)"\)$/.exec(term)?.[1];
    if (name === undefined) throw new UserError(`"${term}" of an alarm rule is not executed here`);
    return name;
  });
}
