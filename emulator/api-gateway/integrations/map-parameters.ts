import { parseJson } from "../../../contract/parse-json.ts";
import type { Mapping } from "../../../openapi/operations.ts";
import { type Exchange, queryValue } from "../exchange.ts";
import { GatewayError } from "../gateway-error.ts";
import { findByJsonPath } from "../json-path.ts";
import { headerOf } from "../messages.ts";

/**
 * Where the values of parameter mappings come from:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping-sources.html
 * @returns the value, or undefined if the request does not have it; mappings of those are left out
 */
export function readRequestSource(source: string, exchange: Exchange): string | undefined {
  const constant = constantOf(source);
  if (constant !== undefined) return constant;
  const [, origin = "", name = ""] =
    /^(method\.request\.[a-z]+|context|stageVariables)\.?(.*)$/.exec(source) ?? [];
  const reader = readers[origin];
  if (reader === undefined) {
    throw new GatewayError("API_CONFIGURATION_ERROR", { detail: `Unknown mapping source: ${source}` });
  }
  return reader(exchange, name);
}

/** The text inside the quotes of a constant. */
export function constantOf(source: string): string | undefined {
  return /^'(?<text>.*)'$/s.exec(source)?.groups?.["text"];
}

const readers: Readonly<Record<string, (exchange: Exchange, name: string) => string | undefined>> = {
  "method.request.path": ({ pathParameters }, name) => ownText(pathParameters, name),
  "method.request.querystring": ({ query }, name) => queryValue(query, name),
  "method.request.multivaluequerystring": ({ query }, name) => joined(query.getAll(name)),
  "method.request.header": ({ headers }, name) => headerOf(headers, name),
  "method.request.multivalueheader": ({ headers }, name) =>
    joined(
      headers
        .filter(([candidate]) => candidate.toLowerCase() === name.toLowerCase())
        .map(([, value]) => value),
    ),
  "method.request.body": ({ body }, name) =>
    body.kind === "text"
      ? textOf(findByJsonPath(parseJson(body.text), name === "" ? "$" : `$.${name}`))
      : undefined,
  context: ({ context }, name) => textOf(findByJsonPath(context, `$.${name}`)),
  stageVariables: ({ deployment }, name) => ownText(deployment.stageVariables, name),
};

/** Not what JavaScript's objects inherit, such as `constructor`. */
function ownText(texts: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(texts, name) ? texts[name] : undefined;
}

export function joined(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : values.join(",");
}

export function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export type Location = "path" | "header" | "querystring";

export interface MappedParameter {
  readonly location: Location;
  readonly name: string;
  readonly value: string;
  /** Path parameters of the request keep the encoding of the client; all other values are plain. */
  readonly encoded: boolean;
}

export function isHeader({ location }: MappedParameter): boolean {
  return location === "header";
}

/** The values of `requestParameters`, as far as the request has them. */
export function mapRequestParameters(mappings: readonly Mapping[], exchange: Exchange): MappedParameter[] {
  return mappings.flatMap(({ name: target, source }) => {
    const { location, name } = targetOf(target);
    const value = readRequestSource(source, exchange);
    if (value === undefined) return [];
    return [{ location, name, value, encoded: source.startsWith("method.request.path.") }];
  });
}

function targetOf(target: string): { location: Location; name: string } {
  const { location, name } =
    /^integration\.request\.(?<location>path|header|querystring)\.(?<name>.+)$/.exec(target)?.groups ?? {};
  if (name === undefined || !isLocation(location)) {
    throw new GatewayError("API_CONFIGURATION_ERROR", { detail: `Unknown mapping target: ${target}` });
  }
  return { location, name };
}

function isLocation(text: string | undefined): text is Location {
  return text === "path" || text === "header" || text === "querystring";
}
