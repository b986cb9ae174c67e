import type { IntegrationResponse } from "../operations.ts";
import { formatStatuses, patternsOf, selectedStatuses, unselectedStatuses } from "../response-selection.ts";
import type { Finding, Rule } from "../rule.ts";
import { s3Integrations } from "../s3-integrations.ts";

const integrationResponses =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration-responses.html";

export const s3ErrorAsSuccess: Rule = {
  id: "s3-error-as-success",
  why: "If an error of S3 is answered as a success, callers believe that a lost write was stored.",
  link: integrationResponses,
  check: (document) =>
    s3Integrations(document).flatMap(({ responses }) =>
      responses.flatMap((response) => errorsAsSuccess(response, responses)),
    ),
};

export const s3UncoveredStatus: Rule = {
  id: "s3-uncovered-status",
  severity: "warning",
  why: "If no pattern matches a response of S3, and there is no default, API Gateway answers 500.",
  link: integrationResponses,
  check: (document) =>
    s3Integrations(document).flatMap(({ pointer, responses }) => {
      const uncovered = unselectedStatuses(responses);
      if (uncovered.length === 0 || patternsOf(responses).length < responses.length) return [];
      const message = `no pattern matches S3's ${formatStatuses(uncovered)}; add a default with an error status`;
      return [{ pointer: `${pointer}/responses`, message }];
    }),
};

function errorsAsSuccess(
  { pattern, pointer, status }: IntegrationResponse,
  all: IntegrationResponse[],
): Finding[] {
  if (!/^[23]/.test(status)) return [];
  const firstError = status.startsWith("3") ? 400 : 300;
  if (pattern === "default") {
    // It takes what no pattern selects.
    const errors = unselectedStatuses(all).filter((left) => left >= firstError);
    const message = `the default answers ${status}, also to S3's ${formatStatuses(errors)}; ${defaultCorrection(all)}`;
    return errors.length === 0 ? [] : [{ pointer, message }];
  }

  const errors = (selectedStatuses(pattern) ?? []).filter((selected) => selected >= firstError);
  if (errors.length === 0) return [];
  return [
    {
      pointer,
      message: `S3's ${formatStatuses(errors)} are answered as ${status}; make the pattern narrower`,
    },
  ];
}

/** The new names keep what the responses map, which a new response would lack. */
function defaultCorrection(all: IntegrationResponse[]): string {
  const selects = (pattern: string, wanted: number) => selectedStatuses(pattern)?.includes(wanted) === true;
  const patterns = patternsOf(all);
  if (patterns.some(({ pattern }) => selects(pattern, 200))) return "give the default an error status";
  const rename = 'rename "default" to "2[0-9]{2}"';
  const failure = patterns.find(
    ({ pattern, status }) => /^5/.test(status) && [500, 503, 599].every((each) => selects(pattern, each)),
  );
  return failure === undefined
    ? `${rename}, and add a default with an error status that the operation declares`
    : `${rename}, and then "${failure.pattern}" to "default"`;
}
