import type { Integration } from "../../../openapi/operations.ts";
import { parseServiceUri } from "../../../openapi/service-uri.ts";
import type { Exchange } from "../exchange.ts";
import { type Headers, headerOf, type ServiceRequest } from "../messages.ts";
import { withStageVariables } from "../stage-variables.ts";
import { fillUri, queryOf } from "./fill-uri.ts";
import type { Integrate } from "./integrate.ts";
import { integrationRequestOf } from "./integration-request.ts";
import { createResponder } from "./integration-response.ts";
import type { MappedParameter } from "./map-parameters.ts";
import { mappedHeaders } from "./reserved-request-headers.ts";
import { integrationTimeout, withinTimeout } from "./timeout.ts";

/** An integration of type `aws` with the path of an S3 object: mapped request, mapped answer, no code. */
export function createS3Integration(integration: Integration): Integrate {
  const respond = createResponder(integration);
  return async (exchange, backends) => {
    const request = serviceRequestOf(integration, exchange);
    const response = await withinTimeout(integrationTimeout(integration), (signal) =>
      backends.s3(request, signal),
    );
    return respond({ response, selector: String(response.status) }, exchange);
  };
}

function serviceRequestOf(integration: Integration, exchange: Exchange): ServiceRequest {
  const { method, parameters, body } = integrationRequestOf(integration, exchange, "aws");
  return {
    method,
    target: targetOf(integration, parameters, exchange),
    headers: headersOf(parameters, exchange),
    body,
  };
}

function targetOf(
  integration: Integration,
  parameters: readonly MappedParameter[],
  exchange: Exchange,
): string {
  const uri = withStageVariables(integration.uri, exchange.deployment);
  const { host = "", rest = "" } = parseServiceUri(uri) ?? {};
  // A bucket may stand before the service.
  const path = fillUri(host === "" ? rest : `${host}/${rest}`, parameters);
  const query = queryOf(parameters);
  return `/${path}${query.size === 0 ? "" : `?${query}`}`;
}

/** Only what is mapped reaches the service, beside a few headers of the gateway's own. */
function headersOf(parameters: readonly MappedParameter[], exchange: Exchange): Headers {
  const mapped = mappedHeaders(parameters, "aws");
  const own: [string, string][] = [
    ["Accept", "application/json"],
    ["Content-Type", headerOf(exchange.headers, "Content-Type") ?? "application/json"],
    ["User-Agent", `AmazonAPIGateway_${exchange.deployment.apiId}`],
  ];
  return [...own.filter(([name]) => headerOf(mapped, name) === undefined), ...mapped];
}
