import type { Integration } from "../../../openapi/operations.ts";
import type { Exchange } from "../exchange.ts";
import { type ApiResponse, type Headers, type HttpRequest, headerOf } from "../messages.ts";
import { isBinary, mediaTypeOf } from "../payload.ts";
import { withStageVariables } from "../stage-variables.ts";
import { checkHttpUri, checkHttpUrl } from "./http-host.ts";
import { httpProxyRequestOf, httpRequestOf } from "./http-request.ts";
import type { Integrate, IntegrationOptions } from "./integrate.ts";
import { bytesFor, createResponder, payloadFrom } from "./integration-response.ts";
import { integrationTimeout, withinTimeout } from "./timeout.ts";

/**
 * An integration of type `http`: mapped request, and an answer that patterns of its status choose.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/setup-http-integrations.html
 */
export function createHttpIntegration(integration: Integration, options: IntegrationOptions): Integrate {
  const respond = createResponder(integration);
  const call = createCall(integration, options);
  return async (exchange, backends) => {
    const response = await call(httpRequestOf(integration, exchange), backends.http);
    return respond({ response, selector: String(response.status) }, exchange);
  };
}

/** An integration of type `http_proxy`: the request as it came, and the endpoint's own answer. */
export function createHttpProxy(integration: Integration, options: IntegrationOptions): Integrate {
  const call = createCall(integration, options);
  return async (exchange, backends) =>
    passedBack(await call(httpProxyRequestOf(integration, exchange), backends.http), exchange);
}

type Endpoint = (request: HttpRequest, signal: AbortSignal) => Promise<ApiResponse>;

/** @throws NotExecutedError if the host is known, and not to be called */
function createCall(integration: Integration, { deployment, httpHosts }: IntegrationOptions) {
  checkHttpUri(withStageVariables(integration.uri, deployment), integration, httpHosts);
  return (request: HttpRequest, endpoint: Endpoint): Promise<ApiResponse> => {
    checkHttpUrl(request.url, httpHosts);
    return withinTimeout(integrationTimeout(integration), (signal) => endpoint(request, signal));
  };
}

function passedBack(response: ApiResponse, exchange: Exchange): ApiResponse {
  const accepted = mediaTypeOf(headerOf(exchange.headers, "Accept"));
  const body = bytesFor(
    payloadFrom(response, exchange),
    undefined,
    isBinary(exchange.binaryMediaTypes, accepted),
  );
  return { status: response.status, headers: proxyResponseHeaders(response.headers), body };
}

/** Recorded: fewer than of other integrations are renamed, and one is left out. */
const remapped: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "date",
  "server",
  "x-amzn-requestid",
]);

function proxyResponseHeaders(headers: Headers): Headers {
  return headers
    .filter(([name]) => name.toLowerCase() !== "via")
    .map(
      ([name, value]) =>
        [remapped.has(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name, value] as const,
    );
}
