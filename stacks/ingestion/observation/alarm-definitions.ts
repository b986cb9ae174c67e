import { entriesOf } from "../../constructs/object-entries.ts";
import type { AlarmDefinition, Thresholds } from "./alarm-definition.ts";
import { apiAlarms, tooLargeAlarm } from "./api-alarms.ts";
import { functionAlarms } from "./function-alarms.ts";
import type { MonitoredResources } from "./monitored-resources.ts";
import { outcomeAlarms } from "./outcome-alarms.ts";
import { notifierAlarms, queueAlarms } from "./queue-alarms.ts";

export interface AlarmSettings {
  readonly thresholds: Thresholds;
  readonly notifierDeadLetterQueueName: string | undefined;
}

/** Every alarm of an environment. */
export function alarmDefinitions(
  resources: MonitoredResources,
  { thresholds, notifierDeadLetterQueueName }: AlarmSettings,
): AlarmDefinition[] {
  const { functions, apis, proxyTooLarge } = resources;
  return [
    ...queueAlarms(resources, thresholds),
    ...entriesOf(functions).flatMap(([part, each]) => functionAlarms(part, each, thresholds)),
    ...entriesOf(apis).flatMap(([name, api]) => apiAlarms(name, api, thresholds)),
    ...entriesOf(apis).map(([name, { tooLarge }]) => tooLargeAlarm(name, `The API ${name}`, tooLarge)),
    ...(proxyTooLarge
      ? [tooLargeAlarm("proxy", "The external proxy", proxyTooLarge, "proxy-too-large")]
      : []),
    ...outcomeAlarms(resources, thresholds),
    ...(notifierDeadLetterQueueName ? notifierAlarms(notifierDeadLetterQueueName) : []),
  ];
}
