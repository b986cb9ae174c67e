import { CloudwatchCompositeAlarm } from "@cdktf/provider-aws/lib/cloudwatch-composite-alarm/index.js";
import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import { Construct } from "constructs";
import { entriesOf } from "../../constructs/object-entries.ts";
import type { AlarmDefinition, Severity } from "./alarm-definition.ts";
import { type AlarmSettings, alarmDefinitions } from "./alarm-definitions.ts";
import type { MonitoredResources } from "./monitored-resources.ts";

export interface AlarmsProps extends AlarmSettings {
  readonly namePrefix: string;
  readonly resources: MonitoredResources;
  /** Topic for each severity; without any, alarms have no actions. */
  readonly topics: Readonly<Record<Severity, string>> | undefined;
}

/**
 * What must never stay unnoticed. Urgent alarms call through one composite alarm, so that an outage that raises many of
 * them calls once; tickets call one by one.
 */
export class Alarms extends Construct {
  readonly arns: readonly string[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const alarms = alarmDefinitions(props.resources, props).map((definition) => ({
      definition,
      alarm: this.#create(definition, props),
    }));
    const urgent = alarms.filter(({ definition }) => definition.severity === "urgent");
    const outage = new CloudwatchCompositeAlarm(this, "outage", {
      alarmName: `${props.namePrefix}-outage`,
      alarmDescription: describe(
        "outage",
        "At least one urgent alarm is raised: payloads are not accepted, not processed or not served.",
        props,
      ),
      alarmRule: urgent.map(({ alarm }) => `ALARM("${alarm.alarmName}")`).join(" OR "),
      ...actions(props.topics?.urgent),
    });
    this.arns = [outage.arn, ...alarms.map(({ alarm }) => alarm.arn)];
  }

  #create(definition: AlarmDefinition, props: AlarmsProps): CloudwatchMetricAlarm {
    const { id, below, periods } = definition;
    const [bad, of] = periods;
    return new CloudwatchMetricAlarm(this, id, {
      ...metricConfig(definition),
      alarmName: `${props.namePrefix}-${id}`,
      alarmDescription: describe(definition.section ?? id, definition.description, props),
      comparisonOperator: below ? "LessThanThreshold" : "GreaterThanThreshold",
      threshold: definition.threshold,
      datapointsToAlarm: bad,
      evaluationPeriods: of,
      treatMissingData: definition.missing,
      ...actions(definition.severity === "ticket" ? props.topics?.ticket : undefined),
    });
  }
}

function metricConfig(definition: AlarmDefinition): Partial<CloudwatchMetricAlarmConfig> {
  const { periodSeconds: period } = definition;
  if ("metric" in definition) {
    const { stat, ...metric } = definition.metric;
    return { ...metric, period, ...(isPercentile(stat) ? { extendedStatistic: stat } : { statistic: stat }) };
  }
  return {
    metricQuery: [
      { id: "result", label: "result", expression: definition.expression, returnData: true },
      ...entriesOf(definition.metrics).map(([id, { stat, ...metric }]) => ({
        id,
        metric: { ...metric, stat, period },
        returnData: false,
      })),
    ],
  };
}

function isPercentile(stat: string): boolean {
  return /^p\d/.test(stat);
}

function describe(section: string, description: string, { thresholds }: AlarmsProps): string {
  return `${description} ${thresholds.runbookUrl}#${section}`;
}

/** Recovery is told as well: it closes what was opened. */
function actions(topicArn: string | undefined) {
  return topicArn === undefined ? {} : { alarmActions: [topicArn], okActions: [topicArn] };
}
