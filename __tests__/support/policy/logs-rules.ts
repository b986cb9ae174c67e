import type { PolicyRule } from "./rule.ts";

const DAYS_PER_YEAR = 365;
const group = { resource: "aws_cloudwatch_log_group" } as const;
const alarm = { resource: "aws_cloudwatch_metric_alarm" } as const;

export const logsRules: readonly PolicyRule[] = [
  {
    id: "CKV_AWS_66",
    sources: [],
    ...group,
    sentence: "Logs are kept for two weeks or longer, but not for ever.",
    holds: ({ values }) => values["retention_in_days"] >= 14,
  },
  {
    id: "CKV_AWS_338",
    sources: ["CT.CLOUDWATCH.PR.2"],
    ...group,
    sentence: "Logs that expire are kept for a year or longer.",
    applies: ({ values }) => values["retention_in_days"] > 0,
    holds: ({ values }) => values["retention_in_days"] >= DAYS_PER_YEAR,
  },
  {
    id: "CKV_AWS_158",
    sources: ["CT.CLOUDWATCH.PR.3"],
    ...group,
    sentence: "Logs are encrypted with a customer-managed key.",
    holds: ({ values }) => Boolean(values["kms_key_id"]),
  },
  {
    id: "CT.CLOUDWATCH.PR.1",
    sources: [],
    ...alarm,
    sentence: "The alarm tells somebody.",
    holds: ({ values }) => (values["alarm_actions"] ?? []).length > 0,
  },
  {
    id: "CT.CLOUDWATCH.PR.4",
    sources: ["CKV_AWS_319"],
    ...alarm,
    sentence: "The alarm's actions are not switched off.",
    holds: ({ values }) => values["actions_enabled"] === true,
  },
  {
    id: "PIA-ALARM-MISSING-DATA",
    sources: [],
    ...alarm,
    sentence: "It is chosen what missing data means: these metrics exist only while something happens.",
    holds: ({ values }) => ["notBreaching", "breaching", "ignore"].includes(values["treat_missing_data"]),
  },
  {
    id: "PIA-ALARM-DESCRIPTION",
    sources: [],
    ...alarm,
    sentence: "The alarm says what it means.",
    holds: ({ values }) => Boolean(values["alarm_description"]),
  },
];
