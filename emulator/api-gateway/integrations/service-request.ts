import type { Integration } from "../../../openapi/operations.ts";
import { parseServiceUri } from "../../../openapi/service-uri.ts";
import type { Exchange } from "../exchange.ts";
import { GatewayError } from "../gateway-error.ts";
import { type Headers, headerOf, type ServiceRequest } from "../messages.ts";
import type { Overrides } from "../overrides.ts";
import { bytesOf, contentHandlingOf, convert, mediaTypeOf } from "../payload.ts";
import { isRefusedTowardsServices } from "../reserved-headers.ts";
import { withStageVariables } from "../stage-variables.ts";
import { renderTemplate } from "../templates/render-template.ts";
import { type Location, type MappedParameter, mapRequestParameters } from "./map-parameters.ts";

/** What S3 is sent for a request: its body by template or as it came, and only those parameters that are mapped. */
export function serviceRequestOf(integration: Integration, exchange: Exchange): ServiceRequest {
  const body = requestBodyOf(integration, exchange);
  const parameters = withOverrides(
    mapRequestParameters(integration.requestParameters, exchange),
    exchange.overrides,
  );
  refuseReservedHeaders(parameters);
  return {
    method: String(integration.value["httpMethod"] ?? exchange.request.method),
    target: targetOf(integration, parameters, exchange),
    headers: headersOf(parameters, exchange),
    body,
  };
}

/**
 * The body by template, or passed through where `passthroughBehavior` allows it:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html
 */
function requestBodyOf(integration: Integration, exchange: Exchange): Buffer {
  const mediaType = mediaTypeOf(headerOf(exchange.headers, "Content-Type")) ?? "application/json";
  const payload = convert(exchange.body, contentHandlingOf(integration.value));
  const template = integration.requestTemplates.find(({ name }) => name.toLowerCase() === mediaType);
  if (template !== undefined) {
    return Buffer.from(renderTemplate(template.source, payload, exchange));
  }
  const behavior = String(integration.value["passthroughBehavior"] ?? "when_no_match").toLowerCase();
  if (behavior === "never" || (behavior === "when_no_templates" && integration.requestTemplates.length > 0)) {
    throw new GatewayError("UNSUPPORTED_MEDIA_TYPE");
  }
  return bytesOf(payload);
}

function withOverrides(parameters: readonly MappedParameter[], { request }: Overrides): MappedParameter[] {
  const locations: readonly Location[] = ["path", "header", "querystring"];
  const overriding = locations.flatMap((location) =>
    Object.entries(request[location]).map(([name, value]) => ({
      location,
      name,
      value: String(value),
      encoded: false,
    })),
  );
  const kept = parameters.filter(
    ({ location, name }) => !overriding.some((other) => other.location === location && other.name === name),
  );
  return [...kept, ...overriding];
}

function refuseReservedHeaders(parameters: readonly MappedParameter[]): void {
  const refused = parameters.find(
    ({ location, name }) => location === "header" && isRefusedTowardsServices(name),
  );
  if (refused !== undefined) {
    throw new GatewayError("API_CONFIGURATION_ERROR", {
      detail: `The header ${refused.name} cannot be mapped.`,
    });
  }
}

function targetOf(
  integration: Integration,
  parameters: readonly MappedParameter[],
  exchange: Exchange,
): string {
  const uri = withStageVariables(integration.uri, exchange.deployment);
  const { host = "", rest = "" } = parseServiceUri(uri) ?? {};
  // A bucket may stand before the service.
  const path = (host === "" ? rest : `${host}/${rest}`).replace(/\{([^{}]+)\}/g, (placeholder, name) => {
    const parameter = parameters.find(
      (candidate) => candidate.location === "path" && candidate.name === name,
    );
    if (parameter === undefined) {
      throw new GatewayError("API_CONFIGURATION_ERROR", { detail: `Nothing is mapped to ${placeholder}.` });
    }
    return parameter.encoded ? parameter.value : encodePath(parameter.value);
  });
  const query = new URLSearchParams(
    parameters
      .filter(({ location }) => location === "querystring")
      .map(({ name, value }): [string, string] => [name, value]),
  );
  return `/${path}${query.size === 0 ? "" : `?${query}`}`;
}

/** Slashes stay: a value may name several segments of a key. */
function encodePath(value: string): string {
  return value.split("/").map(encodeURIComponent).join("/");
}

/** Only what is mapped reaches the service, beside a few headers of the gateway's own. */
function headersOf(parameters: readonly MappedParameter[], exchange: Exchange): Headers {
  const mapped = parameters
    .filter(({ location }) => location === "header")
    .map(({ name, value }): [string, string] => [name, value]);
  const own: [string, string][] = [
    ["Accept", "application/json"],
    ["Content-Type", headerOf(exchange.headers, "Content-Type") ?? "application/json"],
    ["User-Agent", `AmazonAPIGateway_${exchange.deployment.apiId}`],
  ];
  return [...own.filter(([name]) => headerOf(mapped, name) === undefined), ...mapped];
}
