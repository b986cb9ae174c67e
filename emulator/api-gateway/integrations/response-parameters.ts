import { parseJson } from "../../../contract/parse-json.ts";
import type { IntegrationResponse } from "../../../openapi/operations.ts";
import type { Exchange } from "../exchange.ts";
import { findByJsonPath } from "../json-path.ts";
import { type Headers, headerOf, type ServiceResponse } from "../messages.ts";
import { constantOf, joined, readRequestSource, textOf } from "./map-parameters.ts";

/**
 * The headers that `responseParameters` map, as far as the answer of the backend has their values:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping-sources.html
 */
export function mapResponseParameters(
  { parameters }: IntegrationResponse,
  response: ServiceResponse,
  exchange: Exchange,
): Headers {
  return parameters.flatMap(({ name, source }): [string, string][] => {
    const value = readResponseSource(source, response, exchange);
    return value === undefined ? [] : [[name.replace(/^method\.response\.header\./, ""), value]];
  });
}

function readResponseSource(
  source: string,
  { headers, body }: ServiceResponse,
  exchange: Exchange,
): string | undefined {
  const { kind, name = "" } =
    /^integration\.response\.(?<kind>multivalueheader|header|body)(?:\.(?<name>.+))?$/s.exec(source)
      ?.groups ?? {};
  if (kind === "header") return headerOf(headers, name);
  if (kind === "multivalueheader") return joined(valuesOf(headers, name));
  if (kind === "body") return bodyValue(body.toString("utf8"), name);
  return constantOf(source) ?? readRequestSource(source, exchange);
}

function valuesOf(headers: Headers, name: string): string[] {
  return headers
    .filter(([candidate]) => candidate.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);
}

/** All of it, or what a JSONPath behind `integration.response.body.` finds in it. */
function bodyValue(body: string, path: string): string | undefined {
  if (path === "") return body;
  return textOf(findByJsonPath(parseJson(body), `$.${path}`));
}
