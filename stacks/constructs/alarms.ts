import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import { Construct } from "constructs";

export interface AlarmsProps {
  readonly namePrefix: string;
  readonly queueName: string;
  readonly deadLetterQueueName: string;
  readonly oldestMessageSeconds: number;
  /** Function names by the part they play. */
  readonly functions: Readonly<Record<string, string>>;
  /** API and stage names by the API's name in the environment. */
  readonly apis: Readonly<Record<string, { readonly apiName: string; readonly stageName: string }>>;
}

type Watch = Pick<
  CloudwatchMetricAlarmConfig,
  "namespace" | "metricName" | "dimensions" | "statistic" | "threshold" | "alarmDescription"
>;

/** What must never stay unnoticed: payloads that failed for good, a stalled queue, failing functions and APIs. */
export class Alarms extends Construct {
  readonly arns: string[] = [];
  readonly #namePrefix: string;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#namePrefix = props.namePrefix;
    this.#watchQueues(props);
    for (const [part, functionName] of Object.entries(props.functions)) {
      this.#watchFunction(part, functionName);
    }
    for (const [name, api] of Object.entries(props.apis)) {
      this.#alarm(`${name}-server-errors`, {
        namespace: "AWS/ApiGateway",
        metricName: "5XXError",
        dimensions: { ApiName: api.apiName, Stage: api.stageName },
        statistic: "Sum",
        threshold: 0,
        alarmDescription: `The API ${name} answered with a 5xx: its backend failed or refused the call.`,
      });
    }
  }

  #watchQueues({ queueName, deadLetterQueueName, oldestMessageSeconds }: AlarmsProps): void {
    this.#alarm("dead-letters", {
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: deadLetterQueueName },
      statistic: "Maximum",
      threshold: 0,
      alarmDescription: "Payloads failed after every retry and wait in the dead-letter queue.",
    });
    this.#alarm("oldest-message", {
      namespace: "AWS/SQS",
      metricName: "ApproximateAgeOfOldestMessage",
      dimensions: { QueueName: queueName },
      statistic: "Maximum",
      threshold: oldestMessageSeconds,
      alarmDescription: "Payloads wait too long: the queue function is stopped, throttled or failing.",
    });
  }

  #watchFunction(part: string, functionName: string): void {
    for (const [metricName, meaning] of [
      ["Errors", "ended with an error or a timeout"],
      ["Throttles", "was not started: concurrency is used up"],
    ] as const) {
      this.#alarm(`${part}-${metricName.toLowerCase()}`, {
        namespace: "AWS/Lambda",
        metricName,
        dimensions: { FunctionName: functionName },
        statistic: "Sum",
        threshold: 0,
        alarmDescription: `The function ${functionName} ${meaning}.`,
      });
    }
  }

  #alarm(id: string, watch: Watch): void {
    const alarm = new CloudwatchMetricAlarm(this, id, {
      ...watch,
      alarmName: `${this.#namePrefix}-${id}`,
      comparisonOperator: "GreaterThanThreshold",
      period: 300,
      evaluationPeriods: 1,
      // These metrics have no data points while nothing happens.
      treatMissingData: "notBreaching",
    });
    this.arns.push(alarm.arn);
  }
}
