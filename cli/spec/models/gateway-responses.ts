import type { JsonObject } from "../../../openapi/json.ts";
import { PROBLEM_LITERAL, problemTemplates, retryAfterMapping } from "./operation-parts.ts";

type GatewayError = readonly [type: string, title: string, detail: string, status?: number];

const errors: readonly GatewayError[] = [
  ["ACCESS_DENIED", "Forbidden", "This API does not accept requests from here.", 403],
  ["API_CONFIGURATION_ERROR", "Internal Server Error", "The request could not be processed.", 500],
  ["BAD_REQUEST_BODY", "Bad Request", "The request body is not acceptable.", 400],
  ["BAD_REQUEST_PARAMETERS", "Bad Request", "A required parameter is missing or not acceptable.", 400],
  ["DEFAULT_4XX", "Client Error", "The request is not acceptable."],
  ["DEFAULT_5XX", "Server Error", "The request could not be processed."],
  ["INTEGRATION_FAILURE", "Bad Gateway", "The request could not be processed. It may be sent again.", 502],
  [
    "INTEGRATION_TIMEOUT",
    "Gateway Timeout",
    "The request was not processed in time. It may be sent again.",
    504,
  ],
  ["MISSING_AUTHENTICATION_TOKEN", "Not Found", "There is no such resource or method.", 404],
  ["QUOTA_EXCEEDED", "Too Many Requests", "The quota of requests is used up.", 429],
  ["RESOURCE_NOT_FOUND", "Not Found", "There is no such resource or method.", 404],
  ["THROTTLED", "Too Many Requests", "Too many requests at once. Send it again later.", 429],
  [
    "UNSUPPORTED_MEDIA_TYPE",
    "Unsupported Media Type",
    "The media type of the request is not supported.",
    415,
  ],
];

/** API Gateway's own errors as problem documents. What is too large has another way in one API, and none in the other. */
export function gatewayResponses(tooLarge: string): JsonObject {
  const all: GatewayError[] = [...errors, ["REQUEST_TOO_LARGE", "Content Too Large", tooLarge, 413]];
  return Object.fromEntries(
    all.map(([type, title, detail, status]) => [
      type,
      {
        responseParameters: {
          "gatewayresponse.header.Content-Type": PROBLEM_LITERAL,
          ...(passes(type, status) && retryAfterMapping("gatewayresponse.header")),
        },
        responseTemplates: problemTemplates(title, detail, status),
        ...(status !== undefined && { statusCode: String(status) }),
      },
    ]),
  );
}

/** Whether the request is worth sending again soon: a quota that is used up lasts for a day at least. */
function passes(type: string, status: number | undefined): boolean {
  return type === "DEFAULT_5XX" || type === "THROTTLED" || (status !== undefined && status >= 500);
}
