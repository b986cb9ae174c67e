import { type AlarmDefinition, atOnce, quiet, type Thresholds } from "./alarm-definition.ts";
import { metricOf } from "./metric.ts";
import type { MonitoredResources } from "./monitored-resources.ts";

/** Of payloads that wait, or wait no longer. */
export function queueAlarms(
  { queueName, deadLetterQueueName, mappingUuid }: MonitoredResources,
  thresholds: Thresholds,
): AlarmDefinition[] {
  const mapping = { EventSourceMappingUUID: mappingUuid };
  return [
    deadLetterAlarm(
      "dead-letters",
      deadLetterQueueName,
      "Messages failed in every attempt and are in the dead-letter queue. Their payloads are not processed.",
    ),
    {
      ...quiet,
      id: "oldest-message",
      severity: "urgent",
      description:
        "Messages wait too long in the intake queue: the queue function is not invoked, is throttled or fails.",
      metric: metricOf("queue", "ApproximateAgeOfOldestMessage", { QueueName: queueName }, "Maximum"),
      threshold: thresholds.oldestMessageSeconds,
      periods: atOnce,
    },
    {
      ...quiet,
      id: "mapping-stalled",
      severity: "urgent",
      description:
        "Lambda reads the queue but cannot invoke the queue function: it is throttled, or a permission is missing.",
      metrics: {
        polled: metricOf("eventSourceMapping", "PolledEventCount", mapping, "Sum"),
        invoked: metricOf("eventSourceMapping", "InvokedEventCount", mapping, "Sum"),
      },
      expression: "IF(polled > 0, 100 * (polled - FILL(invoked, 0)) / polled, 0)",
      threshold: thresholds.functionErrorPercent,
      periods: [3, 3],
    },
  ];
}

export function notifierAlarms(deadLetterQueueName: string): AlarmDefinition[] {
  return [
    deadLetterAlarm(
      "notifier-dead-letters",
      deadLetterQueueName,
      "The notifier could not send an alarm to PagerDuty or ServiceNow. This alarm arrives by e-mail only.",
    ),
  ];
}

function deadLetterAlarm(id: string, queueName: string, description: string): AlarmDefinition {
  return {
    ...quiet,
    id,
    severity: "urgent",
    description,
    metric: metricOf("queue", "ApproximateNumberOfMessagesVisible", { QueueName: queueName }, "Maximum"),
    threshold: 0,
    periods: atOnce,
  };
}
