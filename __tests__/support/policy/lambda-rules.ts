import { callers, isSchedule, isThrottled, losesNoCall, mappings } from "./function-callers.ts";
import type { PolicyRule } from "./rule.ts";
import { find, hasAlarm, managed } from "./state.ts";

/** Runtimes of this language that AWS still updates. */
const RUNTIMES = ["nodejs22.x", "nodejs24.x"];
/** API Gateway gives up after 29 seconds. */
const API_TIMEOUT_SECONDS = 29;
const SECRET_NAME = /secret|password|passwd|token|api_?key|private_?key|credential/i;
const SECRET_VALUE = /AKIA[0-9A-Z]{16}|-----BEGIN/;
const lambda = { resource: "aws_lambda_function" } as const;

export const lambdaRules: readonly PolicyRule[] = [
  {
    id: "CKV_AWS_50",
    sources: [],
    ...lambda,
    sentence: "Calls are traced.",
    holds: ({ values }) => values["tracing_config"]?.[0]?.mode === "Active",
  },
  {
    id: "CKV_AWS_363",
    sources: ["AwsSolutions-L1"],
    ...lambda,
    sentence: "The runtime is one that AWS still updates.",
    holds: ({ values }) => RUNTIMES.includes(values["runtime"]),
  },
  {
    id: "PIA-LAMBDA-LOG-GROUP",
    sources: [],
    ...lambda,
    sentence: "It logs JSON to a log group of the stack, not to one that Lambda makes and keeps for ever.",
    holds: ({ values }, state) => {
      const [logging] = values["logging_config"] ?? [];
      const group = find(state, "aws_cloudwatch_log_group", "name", logging?.log_group);
      return group !== undefined && logging.log_format === "JSON";
    },
  },
  {
    id: "PIA-LAMBDA-API-TIMEOUT",
    sources: [],
    ...lambda,
    sentence: "A function behind an API gives up before API Gateway does.",
    applies: ({ values }, state) => callers(state, values["arn"]).includes("apigateway.amazonaws.com"),
    holds: ({ values }) => values["timeout"] < API_TIMEOUT_SECONDS,
  },
  {
    id: "CKV_AWS_45",
    sources: [],
    ...lambda,
    sentence: "No environment variable is a secret, by its name or by its value.",
    holds: ({ values }) =>
      Object.entries<string>(values["environment"]?.[0]?.variables ?? {}).every(
        ([name, value]) => !SECRET_NAME.test(name) && !SECRET_VALUE.test(value),
      ),
  },
  {
    id: "CKV_AWS_173",
    sources: [],
    ...lambda,
    sentence: "Environment variables are encrypted with a customer-managed key.",
    holds: ({ values }) => Boolean(values["kms_key_arn"]),
  },
  {
    id: "CKV_AWS_115",
    sources: [],
    ...lambda,
    sentence:
      "Its concurrency is bounded: by itself, by its event source, by the throttling of its API or by a schedule.",
    holds: ({ values }, state) =>
      values["reserved_concurrent_executions"] >= 0 ||
      mappings(state, values["arn"]).some(({ scaling_config, provisioned_poller_config }) =>
        Boolean(scaling_config?.[0]?.maximum_concurrency || provisioned_poller_config?.length),
      ) ||
      isThrottled(state, values["arn"]),
  },
  {
    id: "CKV_AWS_116",
    sources: [],
    ...lambda,
    sentence: "Failed asynchronous calls go to a dead-letter queue, or only a schedule makes any.",
    holds: ({ values }, state) =>
      Boolean(values["dead_letter_config"]?.[0]?.target_arn) || losesNoCall(state, values["arn"]),
  },
  {
    id: "CKV_AWS_117",
    sources: ["CT.LAMBDA.PR.3"],
    ...lambda,
    sentence: "It runs in a VPC.",
    holds: ({ values }) => (values["vpc_config"]?.[0]?.subnet_ids ?? []).length > 0,
  },
  {
    id: "CKV_AWS_272",
    sources: [],
    ...lambda,
    sentence: "Its code is signed.",
    holds: ({ values }) => Boolean(values["code_signing_config_arn"]),
  },
  {
    id: "CT.LAMBDA.PR.5",
    sources: ["CKV_AWS_258"],
    ...lambda,
    sentence: "It has no URL, past the private APIs.",
    holds: ({ values }, state) =>
      !managed(state, "aws_lambda_function_url").some(({ values: url }) =>
        [values["arn"], values["function_name"]].includes(url["function_name"]),
      ),
  },
  {
    id: "PIA-LAMBDA-ROLE",
    sources: [],
    ...lambda,
    sentence: "It has a role of its own, which no other function has.",
    holds: ({ values, address }, state) =>
      managed(state, "aws_lambda_function").every(
        (other) => other.address === address || other.values["role"] !== values["role"],
      ),
  },
  {
    id: "PIA-LAMBDA-ALARM",
    sources: [],
    ...lambda,
    sentence: "Alarms watch its errors and its throttles.",
    holds: ({ values }, state) =>
      ["Errors", "Throttles"].every((metric) =>
        hasAlarm(state, metric, "FunctionName", values["function_name"]),
      ),
  },
  {
    id: "CT.LAMBDA.PR.2",
    sources: ["CKV_AWS_301"],
    resource: "aws_lambda_permission",
    sentence: "One service may call the function, not everyone.",
    holds: ({ values }) => /^[a-z0-9-]+\.amazonaws\.com$/.test(values["principal"]),
  },
  {
    id: "CKV_AWS_364",
    sources: [],
    resource: "aws_lambda_permission",
    sentence: "The permission is for one stage of one API, or for one schedule, of the stack.",
    holds: ({ values }, state) =>
      isSchedule(state, values["source_arn"]) ||
      managed(state, "aws_api_gateway_stage").some(
        ({ values: stage }) => values["source_arn"] === `${stage["execution_arn"]}/*`,
      ),
  },
];
