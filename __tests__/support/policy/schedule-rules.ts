import type { PolicyRule } from "./rule.ts";
import { find, managed } from "./state.ts";

export const scheduleRules: readonly PolicyRule[] = [
  {
    id: "PIA-SCHEDULE-RATE",
    sources: [],
    resource: "aws_cloudwatch_event_rule",
    sentence: "It is enabled, and calls at least once a day.",
    holds: ({ values }) => {
      const [, count, unit = ""] =
        /^rate\((\d+) (minute|hour|day)s?\)$/.exec(values["schedule_expression"]) ?? [];
      const perDay = { minute: 1440, hour: 24, day: 1 }[unit] ?? 0;
      return (values["state"] ?? "ENABLED") === "ENABLED" && Number(count) <= perDay;
    },
  },
  {
    id: "PIA-SCHEDULE-TARGET",
    sources: [],
    resource: "aws_cloudwatch_event_target",
    sentence: "It is a function of the stack that its rule may call.",
    holds: ({ values }, state) => {
      const rule = find(state, "aws_cloudwatch_event_rule", "name", values["rule"]);
      return managed(state, "aws_lambda_permission").some(
        ({ values: permission }) =>
          permission["function_name"] === values["arn"] &&
          permission["principal"] === "events.amazonaws.com" &&
          permission["source_arn"] === rule?.values["arn"] &&
          find(state, "aws_lambda_function", "arn", values["arn"]) !== undefined,
      );
    },
  },
];
