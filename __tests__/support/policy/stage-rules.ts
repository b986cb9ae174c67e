import type { StateResource } from "../deployment.ts";
import type { PolicyRule, State } from "./rule.ts";
import { find, managed, parseJson } from "./state.ts";
import { allowed } from "./statements.ts";

const LOGGED = ["$context.requestId", "$context.extendedRequestId", "$context.status"];
const stage = { resource: "aws_api_gateway_stage" } as const;
const settings = { resource: "aws_api_gateway_method_settings" } as const;

export const stageRules: readonly PolicyRule[] = [
  {
    id: "AwsSolutions-APIG1",
    sources: ["CKV_AWS_76"],
    ...stage,
    sentence: "Every request is logged to a log group of the stack.",
    holds: ({ values }, state) =>
      find(state, "aws_cloudwatch_log_group", "arn", values["access_log_settings"]?.[0]?.destination_arn) !==
      undefined,
  },
  {
    id: "PIA-STAGE-LOG-FORMAT",
    sources: [],
    ...stage,
    sentence: "The access log is JSON with the request's ids and its status.",
    holds: ({ values }) => {
      const fields = Object.values(parseJson(values["access_log_settings"]?.[0]?.format) ?? {});
      return LOGGED.every((variable) => fields.includes(variable));
    },
  },
  {
    id: "PIA-STAGE-EXECUTION-LOGS",
    sources: [],
    ...stage,
    sentence: "The group of the execution logs is the stack's: one that API Gateway makes is kept for ever.",
    holds: ({ values }, state) => {
      const name = `API-Gateway-Execution-Logs_${values["rest_api_id"]}/${values["stage_name"]}`;
      return find(state, "aws_cloudwatch_log_group", "name", name) !== undefined;
    },
  },
  {
    id: "CKV_AWS_73",
    sources: ["CT.APIGATEWAY.PR.2"],
    ...stage,
    sentence: "Requests are traced.",
    holds: ({ values }) => values["xray_tracing_enabled"] === true,
  },
  {
    id: "AwsSolutions-APIG6",
    sources: [],
    ...stage,
    sentence: "Settings exist for all of its methods.",
    holds: (resource, state) => settingsOf(resource, state) !== undefined,
  },
  {
    id: "CKV2_AWS_29",
    sources: ["AwsSolutions-APIG3"],
    ...stage,
    sentence: "A web application firewall stands before it.",
    holds: ({ values }, state) =>
      find(state, "aws_wafv2_web_acl_association", "resource_arn", values["arn"]) !== undefined,
  },
  {
    id: "CT.APIGATEWAY.PR.1",
    sources: ["CKV2_AWS_4"],
    ...settings,
    sentence: "Errors of the execution are logged.",
    holds: ({ values }) => ["ERROR", "INFO"].includes(values["settings"]?.[0]?.logging_level),
  },
  {
    id: "CKV_AWS_276",
    sources: [],
    ...settings,
    sentence: "No payload is traced into the log.",
    holds: ({ values }) => values["settings"]?.[0]?.data_trace_enabled === false,
  },
  {
    id: "CT.APIGATEWAY.PR.3",
    sources: ["CKV_AWS_308"],
    ...settings,
    sentence: "No answer is cached, unless encrypted.",
    holds: ({ values }) => {
      const { caching_enabled, cache_data_encrypted } = values["settings"]?.[0] ?? {};
      return caching_enabled === false || cache_data_encrypted === true;
    },
  },
  {
    id: "PIA-STAGE-METRICS",
    sources: [],
    ...settings,
    sentence: "Each method has metrics of its own.",
    holds: ({ values }) => values["settings"]?.[0]?.metrics_enabled === true,
  },
  {
    id: "PIA-STAGE-THROTTLED",
    sources: [],
    ...settings,
    sentence: "Requests are throttled below the account's limit, which other APIs share.",
    holds: ({ values }) => {
      const { throttling_rate_limit: rate, throttling_burst_limit: burst } = values["settings"]?.[0] ?? {};
      return rate > 0 && rate < 10_000 && burst > 0 && burst < 5_000;
    },
  },
  {
    id: "PIA-DEPLOYMENT-TRIGGERS",
    sources: [],
    resource: "aws_api_gateway_deployment",
    sentence: "A change of document, policy or binary types is deployed.",
    holds: ({ values }) =>
      ["body", "policy", "binary_media_types"].every((part) => values["triggers"]?.[part] !== undefined),
  },
  {
    id: "PIA-ACCOUNT-ROLE",
    sources: [],
    resource: "aws_api_gateway_account",
    sentence: "API Gateway may write logs: its role trusts it.",
    holds: ({ values }, state) => {
      const role = find(state, "aws_iam_role", "arn", values["cloudwatch_role_arn"]);
      return allowed(role?.values["assume_role_policy"]).some(({ principals }) =>
        principals.includes("Service:apigateway.amazonaws.com"),
      );
    },
  },
];

function settingsOf({ values }: StateResource, state: State): StateResource | undefined {
  return managed(state, "aws_api_gateway_method_settings").find(
    ({ values: { rest_api_id, stage_name, method_path } }) =>
      rest_api_id === values["rest_api_id"] && stage_name === values["stage_name"] && method_path === "*/*",
  );
}
