import { objectAt, objectEntries } from "../../../openapi/json.ts";
import { operationsOf as declaredOperations } from "../../../openapi/operations.ts";
import type { StateResource } from "../deployment.ts";
import { documentOf, functionOf, isBinary, operationsOf, s3Operations } from "./openapi-document.ts";
import type { PolicyRule } from "./rule.ts";
import { managed } from "./state.ts";

const GATEWAY_RESPONSES = ["DEFAULT_4XX", "DEFAULT_5XX", "ACCESS_DENIED", "THROTTLED", "REQUEST_TOO_LARGE"];
const OPEN_ORIGIN = /access-control-allow-origin"\s*:\s*"'\*'"/i;
const api = { resource: "aws_api_gateway_rest_api" } as const;
const document = {
  ...api,
  applies: (resource: StateResource) => documentOf(resource) !== undefined,
} as const;

/** What scanners that look at `aws_api_gateway_method` do not see: the API is one document. */
export const openapiRules: readonly PolicyRule[] = [
  {
    id: "PIA-OPENAPI-DOCUMENT",
    sources: [],
    ...api,
    sentence: "The API is imported from an OpenAPI 3.0 document that has operations.",
    holds: (resource) => {
      const parsed = documentOf(resource);
      return parsed !== undefined && declaredOperations(parsed).length > 0;
    },
  },
  {
    id: "PIA-OPENAPI-BACKENDS",
    sources: ["CKV2_AWS_51"],
    ...document,
    sentence: "Every operation goes to S3 or to a function, to which API Gateway proves who it is.",
    holds: (resource) => {
      const parsed = documentOf(resource);
      const integrated = operationsOf(resource);
      return (
        parsed !== undefined &&
        integrated.length === declaredOperations(parsed).length &&
        integrated.every(({ integration: { type, uri } }) =>
          type === "aws_proxy" ? uri.includes(":lambda:path/") : type === "aws" && uri.includes(":s3:path/"),
        )
      );
    },
  },
  {
    id: "PIA-OPENAPI-INVOKE",
    sources: [],
    ...api,
    sentence: "API Gateway may invoke each function that the document names, through this API.",
    applies: (resource) => operationsOf(resource).some(functionOf),
    holds: (resource, state) =>
      operationsOf(resource)
        .flatMap((operation) => functionOf(operation) ?? [])
        .every((arn) =>
          managed(state, "aws_lambda_permission").some(
            ({ values }) =>
              values["function_name"] === arn &&
              String(values["source_arn"]).includes(`:${resource.values["id"]}/`),
          ),
        ),
  },
  {
    id: "PIA-OPENAPI-GATEWAY-RESPONSES",
    sources: [],
    ...document,
    sentence: "What API Gateway answers by itself is the project's text, not API Gateway's.",
    holds: (resource) => {
      const parsed = documentOf(resource);
      const responses = parsed ? objectEntries(parsed, "x-amazon-apigateway-gateway-responses") : [];
      const templated = responses.filter(
        ([, value]) => "application/json" in objectAt(value, "responseTemplates"),
      );
      return GATEWAY_RESPONSES.every((name) => templated.some(([type]) => type === name));
    },
  },
  {
    id: "PIA-OPENAPI-CORS",
    sources: [],
    ...document,
    sentence: "No answer lets pages of every origin read it.",
    holds: ({ values }) => {
      const text = String(values["body"]).replaceAll(/(gatewayresponse|method\.response)\.header\./g, "");
      return !OPEN_ORIGIN.test(text);
    },
  },
  {
    id: "AwsSolutions-APIG2",
    sources: ["CKV2_AWS_53"],
    ...document,
    sentence: "A validator of API Gateway checks requests.",
    holds: (resource) => documentOf(resource)?.["x-amazon-apigateway-request-validator"] !== undefined,
  },
  {
    id: "PIA-OPENAPI-BODY-UNTOUCHED",
    sources: [],
    ...api,
    sentence: "No template is applied to a body that is binary, which would answer 500.",
    applies: (resource) => isBinary(resource),
    holds: (resource) =>
      operationsOf(resource).every(({ integration }) => integration.requestTemplates.length === 0),
  },
  {
    id: "PIA-OPENAPI-TEXT",
    sources: [],
    ...api,
    sentence: "A binary API converts an answer to text before its template runs.",
    applies: (resource) => isBinary(resource) && s3Operations(resource).length > 0,
    holds: (resource) =>
      s3Operations(resource)
        .flatMap(({ integration }) => integration.responses)
        .filter(({ templates }) => templates.length > 0)
        .every(({ value }) => value["contentHandling"] === "CONVERT_TO_TEXT"),
  },
];
