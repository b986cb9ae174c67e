import type { Integration } from "../../../openapi/operations.ts";
import { GatewayError } from "../gateway-error.ts";
import { NotExecutedError } from "../not-executed.ts";

/** Those that never leave this machine; the block 127.0.0.0/8 beside them. */
const loopbackNames: ReadonlySet<string> = new Set(["localhost", "[::1]"]);

/** @param httpHosts names, or names with a port, of other hosts that may be called */
export function mayCall({ hostname, host }: URL, httpHosts: readonly string[]): boolean {
  // A parsed URL has IPv4 addresses in four decimal parts, however they were written.
  if (loopbackNames.has(hostname) || /^127\.\d+\.\d+\.\d+$/.test(hostname)) return true;
  return httpHosts.some((allowed) => [hostname, host].includes(allowed.toLowerCase()));
}

/**
 * Checks, before there is a request, what the URI of an HTTP integration names; stage variables are filled in it.
 * @throws NotExecutedError if it is no URL, or if its host is known and not to be called
 */
export function checkHttpUri(uri: string, integration: Integration, httpHosts: readonly string[]): void {
  const authority = /^https?:\/\/(?<authority>[^/?#\\]+)/i.exec(uri)?.groups?.["authority"];
  if (authority === undefined) {
    throw new NotExecutedError(
      `an integration of type "${integration.type}" with the URI "${integration.uri}"`,
      "use one that begins with http:// or https:// and a host",
    );
  }
  // Whatever fills it is known at the call.
  if (authority.includes("{")) return;
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url === undefined || url.username !== "" || url.password !== "") {
    throw new NotExecutedError(
      `an HTTP integration with the endpoint "${authority.replace(/^.*@/, "…@")}"`,
      "name a host, without user and password",
    );
  }
  if (!mayCall(url, httpHosts)) {
    throw new NotExecutedError(
      `an HTTP integration with the host "${url.hostname}"`,
      `allow it with --allow-host ${url.hostname}`,
    );
  }
}

/** @throws GatewayError if the host, now that path parameters are filled in, is not to be called */
export function checkHttpUrl(url: string, httpHosts: readonly string[]): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (
    parsed === undefined ||
    !/^https?:$/.test(parsed.protocol) ||
    parsed.username + parsed.password !== ""
  ) {
    throw new GatewayError("API_CONFIGURATION_ERROR", {
      detail: "The address of the endpoint is not valid.",
    });
  }
  if (!mayCall(parsed, httpHosts)) {
    throw new GatewayError("INTEGRATION_FAILURE", {
      detail: `The host "${parsed.hostname}" is not called from here. Allow it with --allow-host ${parsed.hostname}.`,
    });
  }
}
