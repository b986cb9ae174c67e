import { integratedOperations, type Operation, operationsOf } from "../operations.ts";
import type { Finding, Rule } from "../rule.ts";

const mappingSources =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping-sources.html";
const importantNotes =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html";

/** How the mapping expressions call the places of a parameter. */
const places = new Map([
  ["path", "path"],
  ["querystring", "query"],
  ["multivaluequerystring", "query"],
  ["header", "header"],
  ["multivalueheader", "header"],
]);

export const undeclaredParameter: Rule = {
  id: "undeclared-parameter",
  why: "API Gateway refuses a mapping from a parameter that the method does not declare. The spelling must be the same, including upper and lower case.",
  link: mappingSources,
  check: (document) =>
    integratedOperations(document).flatMap(({ integration, parameters }) =>
      integration.requestParameters.flatMap(({ source, pointer }) => {
        const [, place = "", name = ""] = /^method\.request\.([a-z]+)\.(.+)$/.exec(source) ?? [];
        const where = places.get(place);
        if (where === undefined || parameters.has(`${where}.${name}`)) return [];
        return [{ pointer, message: `"${source}" is not declared; add the ${where} parameter "${name}"` }];
      }),
    ),
};

/** Behind `body` stands a JSONPath: `.a`, `[0].a`, `['a b']`. */
const sourceForms =
  /^('[^']*'|method\.request\.((path|querystring|header|multivaluequerystring|multivalueheader)\.\S+|body(?:[.[].+)?)|(context|stageVariables)\.\S+)$/;
const targetForm = /^integration\.request\.(path|querystring|header)\.\S+$/;

export const mappingExpression: Rule = {
  id: "mapping-expression",
  why: "API Gateway refuses a mapping whose value is not a parameter, a context variable, a stage variable or a 'quoted constant'.",
  link: mappingSources,
  check: (document) =>
    integratedOperations(document).flatMap(({ integration }) =>
      integration.requestParameters.flatMap(({ name, source, pointer }): Finding[] => {
        const message = targetForm.test(name)
          ? `"${source}" is not a mapping expression; put a constant in single quotes`
          : `"${name}" is not a parameter of an integration request; write integration.request.path, .querystring or .header and a name`;
        return targetForm.test(name) && sourceForms.test(source) ? [] : [{ pointer, message }];
      }),
    ),
};

export const undeclaredPathParameter: Rule = {
  id: "undeclared-path-parameter",
  severity: "warning",
  why: "If no parameter declares a name in the path, it cannot be mapped, and the documentation does not show it.",
  link: importantNotes,
  check: (document) => operationsOf(document).flatMap(undeclaredInPath),
};

function undeclaredInPath({ path, pointer, parameters }: Operation): Finding[] {
  return namesIn(path)
    .filter((name) => !parameters.has(`path.${name}`))
    .map((name) => ({
      pointer,
      message: `the path has {${name}}, and no parameter declares it; add a path parameter with that name`,
    }));
}

export const unmappedUriParameter: Rule = {
  id: "unmapped-uri-parameter",
  why: "If a name in an integration's URI has no mapping, the backend receives it as literal text, or API Gateway refuses it.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration-requestParameters.html",
  check: (document) =>
    integratedOperations(document).flatMap(({ integration }) => {
      const mapped = new Set(integration.requestParameters.map(({ name }) => name));
      return namesIn(integration.uri)
        .filter((name) => !mapped.has(`integration.request.path.${name}`))
        .map((name) => {
          const message = `the URI has {${name}}, which is not mapped; add a mapping for integration.request.path.${name}`;
          return { pointer: `${integration.pointer}/uri`, message };
        });
    }),
};

/** The `{name}` of a path or URI, greedy ones without their plus sign; placeholders and stage variables are none. */
function namesIn(template: string): string[] {
  const plain = template.replaceAll(/\{\{[^{}]*\}\}|\$\{[^{}]*\}/g, "");
  return [...plain.matchAll(/\{([^{}+]+)\+?\}/g)].map((match) => match[1] ?? "");
}
