import { GatewayError } from "../gateway-error.ts";
import type { MappedParameter } from "./map-parameters.ts";

/**
 * A URI with the mapped path parameters in its places.
 * @throws GatewayError if nothing is mapped to one of them
 */
export function fillUri(uri: string, parameters: readonly MappedParameter[]): string {
  return uri.replace(/\{([^{}]+)\}/g, (placeholder, name) => {
    const parameter = parameters.find(
      (candidate) => candidate.location === "path" && candidate.name === name,
    );
    if (parameter === undefined) {
      throw new GatewayError("API_CONFIGURATION_ERROR", { detail: `Nothing is mapped to ${placeholder}.` });
    }
    return parameter.encoded ? parameter.value : encodePath(parameter.value);
  });
}

/** Slashes stay: a value may name several segments. */
function encodePath(value: string): string {
  return value.split("/").map(encodeURIComponent).join("/");
}

export function queryOf(parameters: readonly MappedParameter[]): URLSearchParams {
  return new URLSearchParams(
    parameters
      .filter(({ location }) => location === "querystring")
      .map(({ name, value }): [string, string] => [name, value]),
  );
}
