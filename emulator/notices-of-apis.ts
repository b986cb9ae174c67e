import { objectAt, stringAt } from "../openapi/json.ts";
import { type Operation, operationsOf } from "../openapi/operations.ts";
import { guardsOf, schemeOf } from "../openapi/security.ts";
import type { ApiChoices } from "./api-choices.ts";
import { findOpenMethods } from "./api-gateway/guards/open-methods.ts";
import { functionArnOf } from "./api-gateway/integrations/invoke-function.ts";
import { routeKeyOf } from "./api-gateway/routes.ts";
import { withStageVariables } from "./api-gateway/stage-variables.ts";
import type { ApiDescription, StackDescription } from "./describe-stack.ts";
import { findFunction } from "./find-function.ts";

/** What has to be known of APIs that run: a line for each. */
export function noticesOfApis(stack: StackDescription, { skip = [] }: ApiChoices): string[] {
  return stack.apis.flatMap((api) => {
    const operations = operationsOf(api.document);
    const isSkipped = (route: string) => skip.includes(route);
    return [
      ...operations
        .map(routeKeyOf)
        .filter(isSkipped)
        .map((route) => `${api.name}: ${route} is left out (--skip) and answers 501`),
      ...operations
        .filter((operation) => !isSkipped(routeKeyOf(operation)))
        .flatMap((operation) => [
          ...closedRoutes(api, operation, stack),
          ...deadRoute(api, operation, stack),
        ]),
      ...findOpenMethods(api.document)
        .filter(({ route }) => !isSkipped(route))
        .map(
          ({ route, faults }) =>
            `warning: ${api.name}: ${route} is open, here as on AWS: ${faults.join("; ")}`,
        ),
    ];
  });
}

/** An authorizer that cannot be asked lets nobody in. */
function closedRoutes(api: ApiDescription, operation: Operation, stack: StackDescription): string[] {
  return guardsOf(api.document, operation.value).flatMap(({ guard, scheme }) => {
    if (guard !== "authorizer") return [];
    const named = authorizerFunction(api, scheme);
    if (named === undefined || hasFunction(stack, named)) return [];
    return [
      `warning: ${api.name}: ${routeKeyOf(operation)} refuses every request: the function of its authorizer "${scheme}" is not in this stack: ${named}`,
    ];
  });
}

/** A function that cannot be invoked is as one that API Gateway does not reach. */
function deadRoute(api: ApiDescription, operation: Operation, stack: StackDescription): string[] {
  const { type, uri } = operation.integration ?? { type: "", uri: "" };
  if (type !== "aws" && type !== "aws_proxy") return [];
  const named = functionArnOf(withStageVariables(uri, api));
  if (named === undefined || hasFunction(stack, named)) return [];
  return [
    `warning: ${api.name}: ${routeKeyOf(operation)} answers 504: its function is not in this stack: ${named}`,
  ];
}

function hasFunction({ functions }: StackDescription, named: string): boolean {
  return (
    findFunction(
      functions.map(({ arn }) => arn),
      named,
    ) !== undefined
  );
}

function authorizerFunction(api: ApiDescription, scheme: string): string | undefined {
  const authorizer = objectAt(schemeOf(api.document, scheme)?.value ?? {}, "x-amazon-apigateway-authorizer");
  return functionArnOf(withStageVariables(stringAt(authorizer, "authorizerUri") ?? "", api));
}
