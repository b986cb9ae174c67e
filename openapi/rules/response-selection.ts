import type { OpenApiDocument } from "../openapi-document.ts";
import { type IntegrationResponse, mappedOperations } from "../operations.ts";
import { formatStatuses, patternsOf, selectedStatuses, unselectedStatuses } from "../response-selection.ts";
import type { Finding, Rule } from "../rule.ts";
import { parseServiceUri } from "../service-uri.ts";

const integrationResponses =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration-responses.html";

export const overwrittenStatus: Rule = {
  id: "overwritten-status",
  why: "API Gateway keeps one integration response for each status. If two have the same status, it loses one of them.",
  link: "https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegrationResponse.html",
  check: (document) =>
    allResponses(document)
      .flatMap((responses) => pairs(responses, (first, second) => first.status === second.status))
      .map(([first, second]) => {
        const other = [first, second].find(({ pattern }) => pattern !== "default")?.pattern;
        const correction = [first, second].some(({ pattern }) => pattern === "default")
          ? `remove "${other}", or give one of the two another status`
          : "combine both in one pattern";
        const message = `"${first.pattern}" also maps to ${first.status}, and one overwrites the other; ${correction}`;
        return { pointer: second.pointer, message };
      }),
};

export const invalidPattern: Rule = {
  id: "invalid-pattern",
  why: "API Gateway refuses an integration response if its pattern is not a regular expression.",
  link: integrationResponses,
  check: (document) =>
    allResponses(document)
      .flatMap(patternsOf)
      .flatMap(({ pattern, pointer }): Finding[] =>
        selectedStatuses(pattern) === undefined
          ? [{ pointer, message: `"${pattern}" is not a regular expression; correct it` }]
          : [],
      ),
};

export const uncoveredStatus: Rule = {
  id: "uncovered-status",
  severity: "warning",
  why: "If no pattern matches a response of the backend, and there is no default, API Gateway answers 500.",
  link: integrationResponses,
  check: (document) =>
    mappedOperations(document)
      // A mock answers 200 alone, and of S3 another rule asks more.
      .filter(
        ({ integration }) =>
          integration.type !== "mock" && parseServiceUri(integration.uri)?.service !== "s3",
      )
      .flatMap(({ integration: { pointer, uri, responses } }): Finding[] => {
        if (patternsOf(responses).length < responses.length) return [];
        const uncovered = selectsByStatus(uri) ? formatStatuses(unselectedStatuses(responses)) : "success";
        if (uncovered === "") return [];
        const message = `no pattern matches the backend's ${uncovered}; add a default`;
        return [{ pointer: `${pointer}/responses`, message }];
      }),
};

export const overlappingPatterns: Rule = {
  id: "overlapping-patterns",
  why: "If two patterns match one status, it is not defined which response the client receives.",
  link: integrationResponses,
  check: (document) =>
    allResponses(document, selectsByStatus).flatMap((responses) =>
      pairs(patternsOf(responses), (first, second) => sharedStatuses(first, second).length > 0).map(
        ([first, second]) => {
          const shared = formatStatuses(sharedStatuses(first, second));
          return {
            pointer: second.pointer,
            message: `"${first.pattern}" also matches ${shared}; make one of the patterns narrower`,
          };
        },
      ),
    ),
};

function allResponses(document: OpenApiDocument, wanted = (_uri: string) => true): IntegrationResponse[][] {
  return mappedOperations(document)
    .filter(({ integration }) => wanted(integration.uri))
    .map(({ integration }) => integration.responses);
}

/** The patterns of a Lambda integration are matched against the error message instead. */
function selectsByStatus(uri: string): boolean {
  return !uri.includes(":lambda:path/");
}

function sharedStatuses(first: IntegrationResponse, second: IntegrationResponse): number[] {
  const others = new Set(selectedStatuses(second.pattern) ?? []);
  return (selectedStatuses(first.pattern) ?? []).filter((status) => others.has(status));
}

function pairs<T>(entries: T[], related: (first: T, second: T) => boolean): [T, T][] {
  return entries.flatMap((second, index) =>
    entries
      .slice(0, index)
      .filter((first) => related(first, second))
      .map((first): [T, T] => [first, second]),
  );
}
