import type { State } from "./rule.ts";
import { managed } from "./state.ts";

export function mappings(state: State, functionArn: string) {
  return managed(state, "aws_lambda_event_source_mapping")
    .map(({ values }) => values)
    .filter((mapping) => mapping["function_arn"] === functionArn);
}

function permissions(state: State, functionArn: string) {
  return managed(state, "aws_lambda_permission")
    .map(({ values }) => values)
    .filter((permission) => permission["function_name"] === functionArn);
}

/** The services that may call a function. */
export function callers(state: State, functionArn: string): string[] {
  return permissions(state, functionArn).map((permission) => permission["principal"]);
}

/** Whether everyone who calls the function waits for its answer, or calls it again anyway. */
export function losesNoCall(state: State, functionArn: string): boolean {
  return permissions(state, functionArn).every(
    ({ principal, source_arn }) =>
      principal === "apigateway.amazonaws.com" || isSchedule(state, String(source_arn)),
  );
}

/** Whether only throttled stages and schedules call the function. */
export function isThrottled(state: State, functionArn: string): boolean {
  const sources = permissions(state, functionArn).map((permission) => String(permission["source_arn"]));
  return (
    sources.length > 0 &&
    sources.every((source) => isThrottledStage(state, source) || isSchedule(state, source))
  );
}

function isThrottledStage(state: State, source: string): boolean {
  return managed(state, "aws_api_gateway_method_settings").some(
    ({ values }) =>
      source.includes(`:${values["rest_api_id"]}/`) && values["settings"]?.[0]?.throttling_rate_limit > 0,
  );
}

/** Whether that is the ARN of a rule of the stack that calls at a rate. */
export function isSchedule(state: State, ruleArn: string): boolean {
  return managed(state, "aws_cloudwatch_event_rule").some(
    ({ values }) => values["arn"] === ruleArn && String(values["schedule_expression"]).startsWith("rate("),
  );
}
