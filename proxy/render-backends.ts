import { LARGE_API, SMALL_API } from "../domain/names.ts";
import type { ProxySettings } from "./proxy-settings.ts";
import { problemContentType, problemDocument, tooLargeForSmallApi } from "./refusals.ts";

/** Those that the proxy sends to, the two that share their paths first. */
export function apiNames({ routes }: ProxySettings): string[] {
  return [SMALL_API, LARGE_API, ...routes.map(({ api }) => api)];
}

/** One of the APIs. */
export function backend(api: string, settings: ProxySettings): string {
  const url = new URL(settings.apiUrls[api] ?? "");
  const stage = url.pathname.replace(/\/$/, "");
  const tls = url.protocol === "https:";
  const port = url.port || (tls ? "443" : "80");
  const host = url.host;
  const server = tls
    ? // The endpoint has an address in each of its subnets. Its name is Host, SNI and the certificate's.
      `server-template endpoint- 6 ${url.hostname}:${port} resolvers vpc resolve-prefer ipv4 init-addr none ssl sni str(${url.hostname}) verify required ca-file ${settings.apiAuthorities} check-sni ${url.hostname}`
    : `server api ${url.hostname}:${port}`;
  const checks =
    settings.healthCheckSeconds !== undefined
      ? `
    # API Gateway answers this path itself, and no function runs, unless the API has it.
    option httpchk
    http-check send meth GET uri ${stage}/health ver HTTP/1.1 hdr host ${host} hdr user-agent health-check
    http-check expect rstatus ^[234]
    default-server check inter ${settings.healthCheckSeconds}s fall 3 rise 1`
      : "";
  const ownLimit =
    api === SMALL_API
      ? `
    # Replaces a 413 that comes from Lambda, whose limit is lower than that of this proxy.
    http-response return status 413 content-type ${problemContentType} string '${problemDocument(tooLargeForSmallApi)}' if { status 413 }`
      : "";
  return `backend ${api}
    # Replaces the whole target, in case it contains a host.
    http-request set-uri ${stage}%[pathq]
    http-request set-header host ${host}${ownLimit}${checks}
    ${server}`;
}

/** Of the names of APIs. */
export function resolvers({ nameserver }: ProxySettings): string {
  return `resolvers vpc
    nameserver dns ${nameserver}
    accepted_payload_size 8192
    resolve_retries 3
    timeout resolve 1s
    timeout retry 1s
    hold valid 10s`;
}
