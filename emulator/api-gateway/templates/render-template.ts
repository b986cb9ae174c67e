import { render } from "velocityjs";
import { parseJson } from "../../../contract/parse-json.ts";
import { type Exchange, queryValue } from "../exchange.ts";
import { GatewayError } from "../gateway-error.ts";
import { findByJsonPath } from "../json-path.ts";
import { headerOf } from "../messages.ts";
import type { Payload } from "../payload.ts";

/**
 * Renders a mapping template, which may write into the exchange's overrides:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 * @throws GatewayError if the body is binary, or if the template fails
 */
export function renderTemplate(template: string, body: Payload, exchange: Exchange): string {
  if (body.kind === "binary") {
    throw new GatewayError("API_CONFIGURATION_ERROR", { detail: "A template cannot read a binary body." });
  }
  const { request: requestOverride, response: responseOverride } = exchange.overrides;
  const variables = {
    input: inputOf(body.text, exchange),
    context: { ...exchange.context, requestOverride, responseOverride },
    stageVariables: exchange.deployment.stageVariables,
    util,
  };
  try {
    return render(template, variables);
  } catch (cause) {
    throw new GatewayError("API_CONFIGURATION_ERROR", { detail: `A template failed: ${cause}`, cause });
  }
}

function inputOf(body: string, exchange: Exchange) {
  // An empty body is an empty object to a template.
  const json = body.trim() === "" ? {} : parseJson(body);
  return {
    body,
    json: (path: string) => JSON.stringify(findByJsonPath(json, path) ?? null),
    path: (path: string) => findByJsonPath(json, path),
    params: (name?: string) => (name === undefined ? allParameters(exchange) : parameterOf(exchange, name)),
  };
}

/** Searched in path, query and headers, in that order. */
function parameterOf({ pathParameters, query, headers }: Exchange, name: string): string {
  return pathParameters[name] ?? queryValue(query, name) ?? headerOf(headers, name) ?? "";
}

function allParameters({ pathParameters, query, headers }: Exchange) {
  return {
    path: pathParameters,
    querystring: Object.fromEntries(query),
    header: Object.fromEntries(headers),
  };
}

const util = {
  escapeJavaScript: (text: unknown) => escapeJavaScript(String(text)),
  parseJson: (text: unknown) => parseJson(String(text)),
  urlEncode: (text: unknown) => encodeURIComponent(String(text)).replaceAll("%20", "+"),
  urlDecode: (text: unknown) => decodeURIComponent(String(text).replaceAll("+", " ")),
  base64Encode: (text: unknown) => Buffer.from(String(text)).toString("base64"),
  base64Decode: (text: unknown) => Buffer.from(String(text), "base64").toString("utf8"),
};

/** Escapes single quotes as well, which is no JSON: templates have to undo that by themselves. */
function escapeJavaScript(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll("'", "\\'");
}

/** The template for a media type, or the one for JSON. */
export function selectTemplate(
  templates: readonly { readonly name: string; readonly source: string }[],
  mediaType: string | undefined,
): { readonly name: string; readonly source: string } | undefined {
  return (
    templates.find(({ name }) => name.toLowerCase() === mediaType) ??
    templates.find(({ name }) => name === "application/json")
  );
}
