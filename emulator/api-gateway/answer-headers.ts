import { validateHeaderName, validateHeaderValue } from "node:http";
import { GatewayError } from "./gateway-error.ts";
import type { ApiResponse, Headers } from "./messages.ts";

/** @throws GatewayError for an answer with a header that cannot be sent, such as a template's with a line end */
export function checkAnswerHeaders(response: ApiResponse): ApiResponse {
  if (sendableHeaders(response.headers).length === response.headers.length) return response;
  throw new GatewayError("API_CONFIGURATION_ERROR", {
    detail: "A header of the answer has a name or a value that HTTP does not allow.",
  });
}

/** Those whose name is a token, and whose value has neither line ends nor characters beyond Latin-1. */
export function sendableHeaders(headers: Headers): Headers {
  return headers.filter(([name, value]) => {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
      return true;
    } catch {
      return false;
    }
  });
}
