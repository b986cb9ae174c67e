import { REFUSED_HEADERS } from "../../../contract/api-gateway-headers.ts";
import { sendableHeaders } from "../answer-headers.ts";
import { GatewayError } from "../gateway-error.ts";
import { isHeader, type MappedParameter } from "./map-parameters.ts";

/**
 * Recorded on AWS for each kind of backend:
 * https://github.com/localstack/localstack/blob/8b9a79f05846835cf4dff63ab7eefdde9df83783/tests/aws/services/apigateway/test_apigateway_integrations.py TestApiGatewayHeaderRemapping
 */
const refused: Readonly<Record<BackendKind, ReadonlySet<string>>> = {
  http: new Set(["content-length", "transfer-encoding", "x-amzn-trace-id", "x-amzn-apigateway-api-id"]),
  aws: new Set([...REFUSED_HEADERS, "x-amzn-trace-id", "x-amzn-apigateway-api-id"]),
};

/** Mapped without an error, and never sent; same source. */
const dropped: Readonly<Record<BackendKind, ReadonlySet<string>>> = {
  http: new Set(["expect", "proxy-authenticate", "te", "via"]),
  aws: new Set(["referer"]),
};

export type BackendKind = "aws" | "http";

/** @throws GatewayError if a mapping or an override sets a header that the gateway keeps for itself, or that HTTP does not allow */
export function refuseReservedHeaders(parameters: readonly MappedParameter[], kind: BackendKind): void {
  const found = parameters.find((one) => isHeader(one) && refused[kind].has(one.name.toLowerCase()));
  if (found !== undefined) {
    throw new GatewayError("API_CONFIGURATION_ERROR", {
      detail: `The header ${found.name} cannot be mapped.`,
    });
  }
  const headers = parameters.filter(isHeader).map(({ name, value }) => [name, value] as const);
  if (sendableHeaders(headers).length < headers.length) {
    throw new GatewayError("API_CONFIGURATION_ERROR", {
      detail: "A mapped header has a name or a value that HTTP does not allow.",
    });
  }
}

/** The mapped headers that are sent. */
export function mappedHeaders(parameters: readonly MappedParameter[], kind: BackendKind): [string, string][] {
  return parameters
    .filter((one) => isHeader(one) && !dropped[kind].has(one.name.toLowerCase()))
    .map(({ name, value }) => [name, value]);
}
