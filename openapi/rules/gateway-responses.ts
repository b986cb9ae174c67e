import { objectAt } from "../json.ts";
import { jsonPointer } from "../json-pointer.ts";
import type { Rule } from "../rule.ts";

const responsesKey = "x-amazon-apigateway-gateway-responses";
const supported =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html";

const types: ReadonlySet<string> = new Set([
  "ACCESS_DENIED",
  "API_CONFIGURATION_ERROR",
  "AUTHORIZER_CONFIGURATION_ERROR",
  "AUTHORIZER_FAILURE",
  "BAD_REQUEST_BODY",
  "BAD_REQUEST_PARAMETERS",
  "DEFAULT_4XX",
  "DEFAULT_5XX",
  "EXPIRED_TOKEN",
  "INTEGRATION_FAILURE",
  "INTEGRATION_TIMEOUT",
  "INVALID_API_KEY",
  "INVALID_SIGNATURE",
  "MISSING_AUTHENTICATION_TOKEN",
  "QUOTA_EXCEEDED",
  "REQUEST_TOO_LARGE",
  "RESOURCE_NOT_FOUND",
  "THROTTLED",
  "UNAUTHORIZED",
  "UNSUPPORTED_MEDIA_TYPE",
  "WAF_FILTERED",
]);

export const gatewayResponseType: Rule = {
  id: "gateway-response-type",
  why: "API Gateway refuses a gateway response with an unknown type.",
  link: supported,
  check: (document) =>
    Object.keys(objectAt(document, responsesKey))
      .filter((type) => !types.has(type))
      .map((type) => ({
        pointer: jsonPointer(responsesKey, type),
        message: `"${type}" is not a gateway response type; use one of ${[...types].join(", ")}`,
      })),
};
