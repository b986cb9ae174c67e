import { operationsOf } from "../openapi/operations.ts";
import type { ApiChoices } from "./api-choices.ts";
import type { ApiGatewayOptions } from "./api-gateway/api-gateway.ts";
import type { Backends } from "./api-gateway/messages.ts";
import { routeKeyOf } from "./api-gateway/routes.ts";
import type { ApiDescription, StackDescription } from "./describe-stack.ts";

/** How an API of a stack is served, without anybody who listens. */
export function gatewayOptions(
  api: ApiDescription,
  { accountId, region, partition }: StackDescription,
  backends: Backends,
  { skip = [], apiKeys = [], httpHosts = [] }: ApiChoices,
): ApiGatewayOptions {
  const { document, policy, apiId, stageName, stageVariables } = api;
  return {
    document,
    deployment: { apiId, accountId, region, stageName, stageVariables },
    partition,
    backends,
    policy,
    apiKeys,
    httpHosts,
    skip: operationsOf(api.document)
      .map(routeKeyOf)
      .filter((route) => skip.includes(route) || skip.includes(`${api.name} ${route}`)),
  };
}
