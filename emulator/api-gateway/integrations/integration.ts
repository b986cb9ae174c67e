import type { IntegratedOperation, Integration } from "../../../openapi/operations.ts";
import { parseServiceUri } from "../../../openapi/service-uri.ts";
import { NotExecutedError } from "../not-executed.ts";
import { checkIntegration } from "./check-integration.ts";
import { checkMappings } from "./check-mappings.ts";
import { createHttpIntegration, createHttpProxy } from "./http.ts";
import type { Integrate, IntegrationOptions } from "./integrate.ts";
import { functionArnOf } from "./invoke-function.ts";
import { createLambdaIntegration } from "./lambda.ts";
import { callFunction } from "./lambda-proxy.ts";
import { createMock } from "./mock.ts";
import { createS3Integration } from "./s3.ts";

/** @throws NotExecutedError for one that is not executed here */
export function createIntegration(
  { integration }: IntegratedOperation,
  options: IntegrationOptions,
): Integrate {
  checkIntegration(integration);
  checkMappings(integration);
  if (integration.type === "mock") return createMock(integration);
  if (integration.type === "http") return createHttpIntegration(integration, options);
  if (integration.type === "http_proxy") return createHttpProxy(integration, options);
  if (integration.type === "aws_proxy") return createProxy(integration);
  if (integration.type === "aws") return createAwsIntegration(integration);
  throw new NotExecutedError(
    integration.type === ""
      ? "an integration without a type"
      : `an integration of type "${integration.type}"`,
    "use mock, http, http_proxy, aws or aws_proxy",
  );
}

function createProxy({ uri }: Integration): Integrate {
  if (functionArnOf(uri) !== undefined) return callFunction;
  throw new NotExecutedError(`an integration of type "aws_proxy" with "${uri}"`, "use the URI of a function");
}

function createAwsIntegration(integration: Integration): Integrate {
  const { service, kind } = parseServiceUri(integration.uri) ?? {};
  if (functionArnOf(integration.uri) !== undefined) return createLambdaIntegration(integration);
  if (service === "s3" && kind === "path") return createS3Integration(integration);
  throw new NotExecutedError(
    kind === "action"
      ? `the AWS action "${integration.uri}"`
      : `an AWS integration with "${integration.uri}"`,
    "use S3 by path or a Lambda function",
  );
}
