import type { Integration } from "../../../openapi/operations.ts";
import { parseServiceUri } from "../../../openapi/service-uri.ts";
import type { Exchange } from "../exchange.ts";
import { GatewayError } from "../gateway-error.ts";
import type { Backends, FunctionResult } from "../messages.ts";
import { withStageVariables } from "../stage-variables.ts";
import { integrationTimeout, withinTimeout } from "./timeout.ts";

/** Bytes of the serialized event: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const maxEventBytes = 6_291_456;

/** A call of the function behind an integration, which waits for nothing yet. */
export interface Invocation {
  readonly functionArn: string;
  readonly event: string;
  readonly timeoutMilliseconds: number;
}

/**
 * @param method the integration's: Lambda's API has no other than POST. Recorded:
 *   https://github.com/localstack/localstack/blob/main/tests/aws/services/apigateway/test_apigateway_lambda.py test_lambda_aws_proxy_integration_non_post_method
 * @throws GatewayError if the method is another one, or the event too large
 */
export function invocationOf(
  integration: Integration,
  method: string,
  event: string,
  { deployment }: Pick<Exchange, "deployment">,
): Invocation {
  if (method !== "POST") {
    throw new GatewayError("API_CONFIGURATION_ERROR", {
      detail: `The integration's httpMethod is ${method}. Functions are invoked by POST only.`,
    });
  }
  if (Buffer.byteLength(event) > maxEventBytes) throw new GatewayError("REQUEST_TOO_LARGE");
  const functionArn = functionArnOf(withStageVariables(integration.uri, deployment)) ?? "";
  return { functionArn, event, timeoutMilliseconds: integrationTimeout(integration) };
}

export function invoke(
  { functionArn, event, timeoutMilliseconds }: Invocation,
  backends: Backends,
): Promise<FunctionResult> {
  return withinTimeout(timeoutMilliseconds, (signal) => backends.lambda(functionArn, event, signal));
}

/** Its ARN, or its name alone, as a stage variable may have it; either with a version or alias behind it. */
export function functionArnOf(uri: string): string | undefined {
  const { service, kind, rest = "" } = parseServiceUri(uri) ?? {};
  if (service !== "lambda" || kind !== "path") return undefined;
  return /^[0-9-]+\/functions\/(.+)\/invocations$/.exec(rest)?.[1];
}
