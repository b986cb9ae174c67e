import type { PolicyRule } from "./rule.ts";
import { find, known, list, managed } from "./state.ts";
import { allowed, allowsEveryone, restricts, statementsOf } from "./statements.ts";

const composite = { resource: "aws_cloudwatch_composite_alarm" } as const;
const topic = { resource: "aws_sns_topic" } as const;
type Values = Parameters<PolicyRule["holds"]>[0]["values"];
type State = Parameters<PolicyRule["holds"]>[1];

export const alertRules: readonly PolicyRule[] = [
  {
    id: "PIA-ALARM-RULE",
    sources: [],
    ...composite,
    sentence: "It watches alarms of the stack alone, and at least one.",
    holds: ({ values }, state) => {
      const names = watchedBy(values);
      return (
        names.length > 0 &&
        names.every((name) => find(state, "aws_cloudwatch_metric_alarm", "alarm_name", name))
      );
    },
  },
  {
    id: "PIA-FILTER-LOG-GROUP",
    sources: [],
    resource: "aws_cloudwatch_log_metric_filter",
    sentence: "It reads a log group that the stack keeps.",
    holds: ({ values }, state) => isLogGroup(state, values["log_group_name"]),
  },
  {
    id: "PIA-FILTER-ALARM",
    sources: [],
    resource: "aws_cloudwatch_log_metric_filter",
    sentence: "An alarm watches what it counts.",
    holds: ({ values }, state) =>
      list<{ name: string }>(values["metric_transformation"]).every(({ name }) =>
        managed(state, "aws_cloudwatch_metric_alarm").some(({ values: alarm }) =>
          [alarm["metric_name"], ...queriedMetrics(alarm).map((metric) => metric.metric_name)].includes(name),
        ),
      ),
  },
  {
    id: "PIA-QUERY-LOG-GROUPS",
    sources: [],
    resource: "aws_cloudwatch_query_definition",
    sentence: "It asks log groups that the stack keeps.",
    holds: ({ values }, state) =>
      list<string>(values["log_group_names"]).every((name) => isLogGroup(state, name)),
  },
  {
    id: "CKV_AWS_26",
    sources: ["AwsSolutions-SNS2"],
    ...topic,
    sentence: "Messages are encrypted with a customer-managed key: CloudWatch may not use the one of AWS.",
    holds: ({ values }) => /^(?!.*alias\/aws\/sns).+/.test(values["kms_master_key_id"] ?? ""),
  },
  {
    id: "AwsSolutions-SNS3",
    sources: [],
    ...topic,
    sentence: "Nobody publishes without TLS.",
    holds: ({ values }, state) =>
      statementsOf(policyOf(state, values)).some(
        (statement) =>
          !statement.allows &&
          statement.principals.includes("*") &&
          statement.actions.includes("sns:Publish") &&
          statement.conditions.get("Bool aws:SecureTransport")?.includes("false"),
      ),
  },
  {
    id: "CKV_AWS_169",
    sources: [],
    ...topic,
    sentence: "The policy allows nothing to everyone.",
    holds: ({ values }, state) => !allowsEveryone(policyOf(state, values)),
  },
  {
    id: "PIA-SNS-SOURCE",
    sources: [],
    ...topic,
    sentence: "What the policy allows to a service is bound to a source ARN and a source account.",
    holds: ({ values }, state) =>
      allowed(policyOf(state, values)).every(
        (statement) => restricts(statement, "aws:SourceArn") && restricts(statement, "aws:SourceAccount"),
      ),
  },
  {
    id: "PIA-SNS-REDRIVE",
    sources: [],
    resource: "aws_sns_topic_subscription",
    sentence: "What cannot be handed to a function waits in a dead-letter queue.",
    applies: ({ values }) => values["protocol"] === "lambda",
    holds: ({ values }, state) => {
      const { deadLetterTargetArn } = JSON.parse(values["redrive_policy"] || "{}");
      return find(state, "aws_sqs_queue", "arn", deadLetterTargetArn) !== undefined;
    },
  },
];

/** The alarms that a composite alarm's rule names. */
export function watchedBy(values: Values): string[] {
  return [...String(values["alarm_rule"] ?? "").matchAll(/ALARM\("?([^")]+)"?\)/g)].map(
    (match) => match[1] ?? "",
  );
}

/** The metrics of an alarm's metric math. */
export function queriedMetrics(
  values: Values,
): { metric_name: string; dimensions?: Record<string, string> }[] {
  return list<{ metric?: unknown }>(values["metric_query"]).flatMap(({ metric }) => list(metric) as never[]);
}

function isLogGroup(state: State, name: string): boolean {
  return known(state, "aws_cloudwatch_log_group").some(({ values }) => values["name"] === name);
}

function policyOf(state: State, values: Values): unknown {
  return find(state, "aws_sns_topic_policy", "arn", values["arn"])?.values["policy"];
}
