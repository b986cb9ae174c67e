import type { IntegrationResponse } from "../../../openapi/operations.ts";
import { GatewayError } from "../gateway-error.ts";
import type { ServiceResponse } from "../messages.ts";
import { NotExecutedError } from "../not-executed.ts";
import { TemplateFailure } from "../templates/velocity/work.ts";
import { checkPattern, matchesWhole } from "../whole-pattern.ts";

/** What came back from a backend. */
export interface BackendAnswer {
  readonly response: ServiceResponse;
  /** What patterns are matched against: the status, or a function's error message; undefined where a function did not fail. */
  readonly selector: string | undefined;
}

/**
 * Chooses the response whose pattern, a regular expression of Java, matches all of a status or an error message; else the
 * default one:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html
 * @throws GatewayError if there is none
 */
export type SelectResponse = (answer: BackendAnswer) => IntegrationResponse;

/** @throws NotExecutedError for a response whose pattern or status is none */
export function createResponseSelector(responses: readonly IntegrationResponse[]): SelectResponse {
  for (const response of responses) check(response);
  const byDefault = responses.find(({ pattern }) => pattern === "default");
  const byPattern = (text: string) =>
    responses.find(({ pattern }) => pattern !== "default" && matches(pattern, text));
  return ({ selector, response: { status } }) => {
    // The default response is for what did not fail; a pattern such as `.+` is for every error message.
    const selected =
      selector === undefined ? (byDefault ?? byPattern(String(status))) : (byPattern(selector) ?? byDefault);
    if (selected !== undefined) return selected;
    const which =
      selector === undefined || selector === String(status) ? `status ${status}` : "the error message";
    throw new GatewayError("API_CONFIGURATION_ERROR", {
      detail: `There is no integration response for ${which}.`,
    });
  };
}

function check({ pattern, status, pointer }: IntegrationResponse): void {
  if (!/^[1-5]\d\d$/.test(status)) {
    throw new NotExecutedError(
      `an integration response with the statusCode "${status}" (${pointer})`,
      "use 100 to 599",
    );
  }
  if (pattern === "default") return;
  try {
    checkPattern(pattern);
  } catch (error) {
    if (!(error instanceof TemplateFailure)) throw error;
    throw new NotExecutedError(
      `an integration response with the pattern ${JSON.stringify(pattern)} (${pointer})`,
      `write another one: ${error.message}`,
    );
  }
}

function matches(pattern: string, text: string): boolean {
  try {
    return matchesWhole(pattern, text);
  } catch (cause) {
    throw new GatewayError("API_CONFIGURATION_ERROR", {
      detail: `The pattern ${JSON.stringify(pattern)} of an integration response failed.`,
      cause,
    });
  }
}
