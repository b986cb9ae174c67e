import type { Integration } from "../../../openapi/operations.ts";
import type { Exchange } from "../exchange.ts";
import { type Headers, type HttpRequest, headerOf } from "../messages.ts";
import { bytesOf, contentHandlingOf, convert } from "../payload.ts";
import { withStageVariables } from "../stage-variables.ts";
import { fillUri, queryOf } from "./fill-uri.ts";
import { integrationRequestOf, methodOf } from "./integration-request.ts";
import { proxyHeaders, traceHeaderOf } from "./lambda-proxy.ts";
import { type MappedParameter, mapRequestParameters } from "./map-parameters.ts";
import { mappedHeaders, refuseReservedHeaders } from "./reserved-request-headers.ts";

/** API Gateway sends no body with these. */
const bodiless: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** What an integration of type `http` sends: nothing but what is mapped, and a few headers of the gateway's own. */
export function httpRequestOf(integration: Integration, exchange: Exchange): HttpRequest {
  const { method, parameters, body } = integrationRequestOf(integration, exchange, "http");
  // Recorded: the Content-Type of a request that has no body by its method is not passed on.
  const contentType: [string, string][] = bodiless.has(exchange.request.method)
    ? []
    : [["Content-Type", headerOf(exchange.headers, "Content-Type") ?? "application/json"]];
  return {
    method,
    url: urlOf(integration, parameters, new URLSearchParams(), exchange),
    headers: withMapped(contentType, mappedHeaders(parameters, "http"), exchange),
    body: bodiless.has(method) ? Buffer.alloc(0) : body,
  };
}

/**
 * What an integration of type `http_proxy` sends: all of the request, with what is mapped. Mapped headers stand in place of
 * the client's, mapped queries beside them. Recorded:
 * https://github.com/localstack/localstack/blob/main/tests/aws/services/apigateway/test_apigateway_http.py test_http_proxy_integration_request_data_mappings
 */
export function httpProxyRequestOf(integration: Integration, exchange: Exchange): HttpRequest {
  const parameters = mapRequestParameters(integration.requestParameters, exchange);
  refuseReservedHeaders(parameters, "http");
  const method = methodOf(integration, exchange);
  const body = bytesOf(convert(exchange.body, contentHandlingOf(integration.value)));
  const received = proxyHeaders(exchange).filter(([name]) => !notPassedOn.has(name.toLowerCase()));
  return {
    method,
    url: urlOf(integration, parameters, exchange.query, exchange),
    headers: withMapped(received, mappedHeaders(parameters, "http"), exchange),
    body: bodiless.has(method) ? Buffer.alloc(0) : body,
  };
}

/**
 * The client's; a mapping can set the first two. Recorded:
 * https://github.com/localstack/localstack/blob/main/tests/aws/services/apigateway/test_apigateway_integrations.py test_apigateway_header_remapping_http
 */
const notPassedOn: ReadonlySet<string> = new Set([
  "host",
  "content-encoding",
  "via",
  "x-amzn-trace-id",
  "x-amzn-apigateway-api-id",
]);

function withMapped(headers: Headers, mapped: Headers, { deployment, context }: Exchange): Headers {
  const kept = headers.filter(([name]) => headerOf(mapped, name) === undefined);
  const byDefault: [string, string][] = [
    ["Accept", "application/json"],
    ["User-Agent", `AmazonAPIGateway_${deployment.apiId}`],
  ];
  const sent = [...kept, ...mapped];
  return [
    ...byDefault.filter(([name]) => headerOf(sent, name) === undefined),
    ...sent,
    ["X-Amzn-Trace-Id", traceHeaderOf(context)],
    ["X-Amzn-Apigateway-Api-Id", deployment.apiId],
  ];
}

function urlOf(
  integration: Integration,
  parameters: readonly MappedParameter[],
  received: URLSearchParams,
  { deployment }: Exchange,
): string {
  // A fragment is never sent; a "#" of the client's is a character like others.
  const written = withStageVariables(integration.uri, deployment).replace(/#.*$/s, "");
  const uri = fillUri(written, parameters);
  const query = new URLSearchParams([...received, ...queryOf(parameters)]);
  if (query.size === 0) return uri;
  return `${uri}${uri.includes("?") ? "&" : "?"}${query}`;
}
