import { watchedBy } from "./alert-rules.ts";
import type { PolicyRule } from "./rule.ts";
import { managed } from "./state.ts";

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
    sentence: "The alarm tells somebody, by itself or by a composite alarm that watches it.",
    holds: ({ values }, state) =>
      (values["alarm_actions"] ?? []).length > 0 ||
      managed(state, "aws_cloudwatch_composite_alarm").some(
        ({ values: composite }) =>
          (composite["alarm_actions"] ?? []).length > 0 &&
          watchedBy(composite).includes(values["alarm_name"]),
      ),
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
