import type { OpenApiDocument } from "../openapi-document.ts";
import { type IntegrationResponse, mappedOperations } from "../operations.ts";
import { formatStatuses, patternsOf, selectedStatuses, unselectedStatuses } from "../response-selection.ts";
import type { Finding, Rule } from "../rule.ts";
import { parseServiceUri } from "../service-uri.ts";

const integrationResponses =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration-responses.html";

export const overwrittenStatus: Rule = {
  id: "overwritten-status",
  why: "API Gateway keeps one integration response for each status: of two with the same one, only one is left.",
  link: "https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegrationResponse.html",
  check: (document) =>
    allResponses(document)
      .flatMap((responses) => pairs(responses, (first, second) => first.status === second.status))
      .map(([first, second]) => {
        const message = `"${first.pattern}" maps to ${first.status} too, one overwrites the other; join them in one pattern`;
        return { pointer: second.pointer, message };
      }),
};

export const invalidPattern: Rule = {
  id: "invalid-pattern",
  why: "API Gateway refuses an integration response whose pattern is no regular expression.",
  link: integrationResponses,
  check: (document) =>
    allResponses(document)
      .flatMap(patternsOf)
      .flatMap(({ pattern, pointer }): Finding[] =>
        selectedStatuses(pattern) === undefined
          ? [{ pointer, message: `"${pattern}" is no regular expression` }]
          : [],
      ),
};

export const uncoveredStatus: Rule = {
  id: "uncovered-status",
  severity: "warning",
  why: "An answer that no pattern selects and no default takes is a configuration error, 500, instead of the answer.",
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
        const message = `no response for the backend's ${uncovered}; add a default`;
        return [{ pointer: `${pointer}/responses`, message }];
      }),
};

export const overlappingPatterns: Rule = {
  id: "overlapping-patterns",
  why: "Where two patterns select one status, it is not defined which answer the client gets.",
  link: integrationResponses,
  check: (document) =>
    allResponses(document, selectsByStatus).flatMap((responses) =>
      pairs(patternsOf(responses), (first, second) => sharedStatuses(first, second).length > 0).map(
        ([first, second]) => {
          const shared = formatStatuses(sharedStatuses(first, second));
          return {
            pointer: second.pointer,
            message: `"${first.pattern}" selects ${shared} too; narrow one of them`,
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
