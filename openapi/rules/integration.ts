import { stringAt } from "../json.ts";
import { walk } from "../json-pointer.ts";
import { type Integration, integratedOperations, mappedOperations, operationsOf } from "../operations.ts";
import type { Finding, Rule } from "../rule.ts";
import { parseServiceUri } from "../service-uri.ts";

const integrationObject =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html";

const types = ["aws", "aws_proxy", "http", "http_proxy", "mock"];

export const missingIntegration: Rule = {
  id: "missing-integration",
  why: "API Gateway refuses to deploy a method without an integration.",
  link: integrationObject,
  check: (document) =>
    operationsOf(document).flatMap(({ pointer, integration }): Finding[] =>
      integration === undefined
        ? [{ pointer, message: "the method has no integration; add x-amazon-apigateway-integration" }]
        : [],
    ),
};

export const integrationForm: Rule = {
  id: "integration-form",
  why: "An integration must have its type, URI and HTTP method written in place. Without them, the other rules cannot check it.",
  link: integrationObject,
  check: (document) => integratedOperations(document).flatMap(({ integration }) => formFindings(integration)),
};

function formFindings({ pointer, value }: Integration): Finding[] {
  const references = [...walk(value)].filter(({ segments }) => segments.at(-1) === "$ref");
  if (references.length > 0) {
    const message = "an integration cannot contain a reference; write its target here";
    return references.map((node) => ({ pointer: `${pointer}${node.pointer}`, message }));
  }

  const type = stringAt(value, "type") ?? "";
  if (!types.includes(type.toLowerCase())) {
    return [
      {
        pointer: `${pointer}/type`,
        message: `"${type}" is not an integration type; use one of ${types.join(", ")}`,
      },
    ];
  }
  const required = type.toLowerCase() === "mock" ? [] : ["uri", "httpMethod"];
  return required
    .filter((key) => !stringAt(value, key))
    .map((key) => ({ pointer: `${pointer}/${key}`, message: `${type} needs "${key}"; add it as a string` }));
}

export const integrationUri: Rule = {
  id: "integration-uri",
  why: "API Gateway refuses a URI that does not fit the integration's type. The lint can check only services that the URI names.",
  link: "https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html",
  check: (document) =>
    integratedOperations(document).flatMap(({ integration: { pointer, type, uri } }): Finding[] => {
      const isHttp = type.startsWith("http");
      const isChecked = uri !== "" && (isHttp || type.startsWith("aws"));
      const fits = isHttp ? /^https?:\/\//.test(uri) : isServiceUri(uri);
      if (!isChecked || fits) return [];
      const form = isHttp ? "https://…" : "arn:{{partition}}:apigateway:{{region}}:service:path/…";
      return [
        { pointer: `${pointer}/uri`, message: `"${uri}" does not fit the type ${type}; write ${form}` },
      ];
    }),
};

/** A stage variable may stand for `path/…` or `action/…`. */
function isServiceUri(uri: string): boolean {
  const variable = /^(arn:[^:]*:apigateway:[^:]*:[^:]+:)\$\{stageVariables\.\w+\}/.exec(uri);
  return parseServiceUri(variable === null ? uri : `${variable[1]}path/`) !== undefined;
}

/** "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations." */
const proxied = ["lambda", "firehose"];

export const proxyService: Rule = {
  id: "proxy-service",
  why: "API Gateway accepts the type aws_proxy for Lambda and Firehose only.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-integration-types.html",
  check: (document) =>
    integratedOperations(document).flatMap(({ integration: { pointer, type, uri } }): Finding[] => {
      const service = parseServiceUri(uri)?.service ?? "lambda";
      if (type !== "aws_proxy" || proxied.includes(service)) return [];
      return [{ pointer: `${pointer}/type`, message: `${service} cannot have the type aws_proxy; use aws` }];
    }),
};

export const passthroughNever: Rule = {
  id: "passthrough-never",
  why: "With passthroughBehavior `never` and no template, API Gateway answers 415 to every request that has a body.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html",
  check: (document) =>
    mappedOperations(document).flatMap(({ integration }): Finding[] => {
      const behaviour = stringAt(integration.value, "passthroughBehavior")?.toLowerCase();
      if (behaviour !== "never" || integration.requestTemplates.length > 0) return [];
      const message = "there is no template, so never refuses every body; use when_no_match";
      return [{ pointer: `${integration.pointer}/passthroughBehavior`, message }];
    }),
};
