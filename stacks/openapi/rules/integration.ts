import { stringAt } from "../json.ts";
import { mappedOperations, operationsOf } from "../operations.ts";
import type { Finding, Rule } from "../rule.ts";

export const missingIntegration: Rule = {
  id: "missing-integration",
  why: "API Gateway refuses to deploy a method without an integration.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html",
  check: (document) =>
    operationsOf(document).flatMap(({ pointer, integration }): Finding[] =>
      integration === undefined ? [{ pointer, message: "add an x-amazon-apigateway-integration" }] : [],
    ),
};

export const passthroughNever: Rule = {
  id: "passthrough-never",
  why: "Without a template, passthrough `never` refuses every request body with 415.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html",
  check: (document) =>
    mappedOperations(document).flatMap(({ integration }): Finding[] => {
      const behaviour = stringAt(integration.value, "passthroughBehavior")?.toLowerCase();
      if (behaviour !== "never" || integration.requestTemplates.length > 0) return [];
      const message = "never refuses every body where there is no template; use when_no_match";
      return [{ pointer: `${integration.pointer}/passthroughBehavior`, message }];
    }),
};
