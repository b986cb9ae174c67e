import { Op, Token } from "cdktf";
import type { EnvironmentVariables } from "../../variables/environment-variables.ts";
import type { LogMetrics } from "./log-metrics.ts";

/** Someone is called at once, or a ticket waits for the morning. */
export type Severity = "urgent" | "ticket";

export interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly stat: string;
}

/** One alarm, as data. Its id is its name behind the prefix, and where docs/operations.md speaks of it. */
export interface AlarmDefinition {
  readonly id: string;
  readonly severity: Severity;
  /** What happened, for whoever is called. */
  readonly description: string;
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Metric math over the metrics' names; with one metric it may be left out. */
  readonly expression?: string;
  /** The alarm is raised above it, or below it where it says so. */
  readonly threshold: number;
  readonly below?: true;
  /** What no data means: nothing happens, or nobody works. */
  readonly missing: "notBreaching" | "breaching";
  readonly periodSeconds: number;
  /** Periods in a row that are looked at, and how many of them have to be bad. */
  readonly periods: readonly [bad: number, of: number];
}

/** What is watched. Functions and APIs go by the names that the stack calls them by. */
export interface Watched {
  readonly queueName: string;
  readonly deadLetterQueueName: string;
  readonly mappingUuid: string;
  readonly tableName: string;
  readonly functions: Readonly<
    Record<
      string,
      { readonly functionName: string; readonly timeoutSeconds: number; readonly memoryMb: number }
    >
  >;
  readonly apis: Readonly<Record<string, { readonly apiName: string; readonly stageName: string }>>;
  readonly logMetrics: LogMetrics;
  readonly sweepEveryMinutes: number;
  readonly notifierDeadLetterQueueName: string | undefined;
  readonly thresholds: EnvironmentVariables["alarms"];
}

const fiveMinutes = 300;
/** A single bad period calls. */
const atOnce = [1, 1] as const;
/** A single spike does not. */
const twoOfThree = [2, 3] as const;
const quiet = { missing: "notBreaching", periodSeconds: fiveMinutes } as const;

/** Every alarm of an environment. */
export function alarmDefinitions(watched: Watched): AlarmDefinition[] {
  return [
    ...queueAlarms(watched),
    ...Object.entries(watched.functions).flatMap(([part, each]) => functionAlarms(part, each, watched)),
    ...Object.entries(watched.apis).flatMap(([name, api]) => apiAlarms(name, api, watched)),
    ...Object.entries(watched.logMetrics.tooLarge).map(([name, metric]) => tooLarge(name, metric)),
    ...outcomeAlarms(watched),
    ...notifierAlarms(watched),
  ];
}

function queueAlarms({
  queueName,
  deadLetterQueueName,
  mappingUuid,
  thresholds,
}: Watched): AlarmDefinition[] {
  const mapping = (metricName: string): Metric => ({
    namespace: "AWS/Lambda",
    metricName,
    dimensions: { EventSourceMappingUUID: mappingUuid },
    stat: "Sum",
  });
  return [
    {
      ...quiet,
      id: "dead-letters",
      severity: "urgent",
      description: "Payloads failed after every retry and wait in the dead-letter queue.",
      metrics: { visible: sqs("ApproximateNumberOfMessagesVisible", deadLetterQueueName) },
      threshold: 0,
      periods: atOnce,
    },
    {
      ...quiet,
      id: "oldest-message",
      severity: "urgent",
      description: "Payloads wait too long: the queue function is stopped, throttled or failing.",
      metrics: { age: sqs("ApproximateAgeOfOldestMessage", queueName) },
      threshold: thresholds.oldestMessageSeconds,
      periods: atOnce,
    },
    {
      ...quiet,
      id: "mapping-stalled",
      severity: "urgent",
      description:
        "Lambda reads the queue and cannot call the queue function: throttled, or its permissions are gone.",
      metrics: { polled: mapping("PolledEventCount"), invoked: mapping("InvokedEventCount") },
      expression: "IF(polled > 0, 100 * (polled - FILL(invoked, 0)) / polled, 0)",
      threshold: thresholds.functionErrorPercent,
      periods: [3, 3],
    },
  ];
}

type WatchedFunction = Watched["functions"][string];

function functionAlarms(
  part: string,
  { functionName, timeoutSeconds, memoryMb }: WatchedFunction,
  { thresholds, logMetrics }: Watched,
): AlarmDefinition[] {
  const metric = (metricName: string, stat = "Sum"): Metric => ({
    namespace: "AWS/Lambda",
    metricName,
    dimensions: { FunctionName: functionName },
    stat,
  });
  // Nobody waits for a sweep: its next one does the work of this one.
  const severity = part === "sweep-function" ? "ticket" : "urgent";
  const memory = logMetrics.maxMemoryUsed[part];
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
      description: `The function ${functionName} was not started: concurrency is used up.`,
      metrics: { throttles: metric("Throttles") },
      threshold: 0,
      periods: twoOfThree,
    },
    {
      ...quiet,
      id: `${part}-duration`,
      severity: "ticket",
      description: `The function ${functionName} is about to run into its timeout.`,
      metrics: { duration: metric("Duration", "Maximum") },
      threshold: Token.asNumber(Op.mul(Op.mul(timeoutSeconds, 10), thresholds.durationPercent)),
      periods: twoOfThree,
    },
    ...(memory === undefined
      ? []
      : [
          {
            ...quiet,
            id: `${part}-memory`,
            severity: "ticket" as const,
            description: `The function ${functionName} is about to run out of memory.`,
            metrics: { used: { ...memory, stat: "Maximum" } },
            threshold: Token.asNumber(Op.div(Op.mul(memoryMb, thresholds.memoryPercent), 100)),
            periods: twoOfThree,
          },
        ]),
  ];
}

function apiAlarms(
  name: string,
  { apiName, stageName }: Watched["apis"][string],
  { thresholds, logMetrics }: Watched,
): AlarmDefinition[] {
  const metric = (metricName: string, stat = "Sum"): Metric => ({
    namespace: "AWS/ApiGateway",
    metricName,
    dimensions: { ApiName: apiName, Stage: stageName },
    stat,
  });
  const requests = metric("Count");
  const clientErrors = logMetrics.clientErrors[name];
  return [
    {
      ...quiet,
      id: `${name}-server-errors`,
      severity: "urgent",
      description: `The API ${name} answers with 5xx: its backend fails or refuses the call.`,
      metrics: { errors: metric("5XXError"), requests },
      expression: "IF(requests > 0, 100 * errors / requests, 0)",
      threshold: thresholds.serverErrorPercent,
      periods: twoOfThree,
    },
    ...(clientErrors === undefined
      ? []
      : [
          {
            ...quiet,
            id: `${name}-client-errors`,
            severity: "ticket" as const,
            description: `Many requests of the API ${name} are refused (4xx without 404 and 413): a caller changed, or loses its way.`,
            metrics: { errors: { ...clientErrors, stat: "Sum" }, requests },
            // API Gateway's own 4XXError does not tell one status from another.
            expression: shareOf("FILL(errors, 0)", "requests", thresholds.minimumRequests),
            threshold: thresholds.clientErrorPercent,
            periods: twoOfThree,
          },
        ]),
    {
      ...quiet,
      id: `${name}-latency`,
      severity: "ticket",
      description: `The slowest hundredth of the requests of the API ${name} takes too long.`,
      metrics: { latency: metric("Latency", "p99") },
      threshold: thresholds.latencyMilliseconds,
      periods: twoOfThree,
    },
  ];
}

function tooLarge(name: string, metric: { namespace: string; metricName: string }): AlarmDefinition {
  const who = name === "proxy" ? "The external proxy" : `The API ${name}`;
  return {
    ...quiet,
    id: `${name}-too-large`,
    severity: "ticket",
    description: `${who} answers 413: payloads outgrow it, or are sent the wrong way.`,
    metrics: { refused: { ...metric, stat: "Sum" } },
    threshold: 0,
    periods: twoOfThree,
  };
}

function outcomeAlarms({ functions, tableName, sweepEveryMinutes, thresholds }: Watched): AlarmDefinition[] {
  const nameOf = (part: string) => functions[part]?.functionName ?? "";
  const own = (part: string, metricName: string, stat = "Sum"): Metric => ({
    namespace: "Proposals",
    metricName,
    dimensions: { service: nameOf(part) },
    stat,
  });
  const lambda = (part: string, metricName: string): Metric => ({
    namespace: "AWS/Lambda",
    metricName,
    dimensions: { FunctionName: nameOf(part) },
    stat: "Sum",
  });
  const table = (metricName: string): Metric => ({
    namespace: "AWS/DynamoDB",
    metricName,
    dimensions: { TableName: tableName },
    stat: "Sum",
  });
  const outcomes = ["Stored", "Unchanged", "Superseded", "Rejected"];
  const counts = Object.fromEntries(
    ["api", "queue"].flatMap((part) =>
      outcomes.map((outcome) => [`${part}${outcome}`, own(`${part}-function`, outcome)]),
    ),
  );
  const sum = (...names: string[]) => names.map((name) => `FILL(${name}, 0)`).join(" + ");
  return [
    {
      ...quiet,
      id: "rejected-submissions",
      severity: "ticket",
      description: "Many submissions are rejected: a sender changed what it sends, or the contract changed.",
      metrics: counts,
      expression: shareOf(
        `(${sum("apiRejected", "queueRejected")})`,
        `(${sum(...Object.keys(counts))})`,
        thresholds.minimumRequests,
      ),
      threshold: thresholds.rejectedPercent,
      periods: twoOfThree,
    },
    {
      ...quiet,
      id: "failed-messages",
      severity: "ticket",
      description:
        "Large payloads go back to the queue to be tried again: something behind the queue function fails.",
      metrics: {
        failed: own("queue-function", "FailedMessages"),
        invocations: lambda("queue-function", "Invocations"),
      },
      expression: "IF(invocations > 0, 100 * FILL(failed, 0) / invocations, 0)",
      threshold: thresholds.functionErrorPercent,
      periods: twoOfThree,
    },
    {
      ...quiet,
      id: "unprocessed-objects",
      severity: "urgent",
      description:
        "Payloads lie in the intake bucket and nobody processed them. The sweep has queued them again.",
      metrics: { unprocessed: own("sweep-function", "UnprocessedObjects", "Maximum") },
      threshold: 0,
      periods: atOnce,
    },
    {
      id: "sweep-silent",
      severity: "ticket",
      description: "The sweep does not run: an event that S3 loses would stay unnoticed.",
      metrics: { invocations: lambda("sweep-function", "Invocations") },
      threshold: 1,
      below: true,
      // A function that is not called has no data.
      missing: "breaching",
      periodSeconds: Token.asNumber(Op.mul(sweepEveryMinutes, 60)),
      periods: [2, 2],
    },
    {
      ...quiet,
      id: "table-throttles",
      severity: "ticket",
      description:
        "DynamoDB throttles the table: traffic grows faster than it scales, or one item takes it all.",
      metrics: { reads: table("ReadThrottleEvents"), writes: table("WriteThrottleEvents") },
      expression: "FILL(reads, 0) + FILL(writes, 0)",
      threshold: 0,
      periods: twoOfThree,
    },
  ];
}

function notifierAlarms({ notifierDeadLetterQueueName }: Watched): AlarmDefinition[] {
  if (notifierDeadLetterQueueName === undefined) return [];
  return [
    {
      ...quiet,
      id: "notifier-dead-letters",
      severity: "urgent",
      description:
        "The notifier could not tell PagerDuty or ServiceNow of an alarm. Only e-mails tell of this one.",
      metrics: { visible: sqs("ApproximateNumberOfMessagesVisible", notifierDeadLetterQueueName) },
      threshold: 0,
      periods: atOnce,
    },
  ];
}

function sqs(metricName: string, queueName: string): Metric {
  return { namespace: "AWS/SQS", metricName, dimensions: { QueueName: queueName }, stat: "Maximum" };
}

/** Percent, and 0 where there is too little to tell. */
function shareOf(part: string, whole: string, minimum: number): string {
  return `IF(${whole} >= ${Token.asString(minimum)}, 100 * ${part} / ${whole}, 0)`;
}
