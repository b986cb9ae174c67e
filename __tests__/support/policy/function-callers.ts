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

/** Whether only throttled stages call the function. */
export function isThrottled(state: State, functionArn: string): boolean {
  const sources = permissions(state, functionArn).map((permission) => String(permission["source_arn"]));
  return (
    sources.length > 0 &&
    sources.every((source) =>
      managed(state, "aws_api_gateway_method_settings").some(
        ({ values }) =>
          source.includes(`:${values["rest_api_id"]}/`) && values["settings"]?.[0]?.throttling_rate_limit > 0,
      ),
    )
  );
}
