import type { ProxySettings } from "./proxy-settings.ts";
import { rateSeconds } from "./render-callers.ts";
import { clientAuthoritiesFile, revocationFile } from "./render-certificate-check.ts";

/** Where the proxy listens, and how many connections it lets in. */
export function connectionRules({ listener, limits }: ProxySettings): string {
  return `    bind ${listener.address}:${listener.port}${bindOptions(listener)}
    # Connections and requests of one address.
    stick-table type ipv6 size 100k expire 1m store conn_cur,http_req_rate(${rateSeconds}s)
    tcp-request connection track-sc0 src
    tcp-request connection reject if { sc_conn_cur(0) gt ${limits.connectionsPerSource} }`;
}

function bindOptions({ tls, authentication }: ProxySettings["listener"]): string {
  // Otherwise HTTP/2's preface is understood on any connection, past all that is asked of a length.
  if (tls === "none") return " proto h1";
  return ` proto h1 ssl crt tls/server.pem alpn http/1.1${certificateOptions(authentication)}`;
}

function certificateOptions(authentication: ProxySettings["listener"]["authentication"]): string {
  if (authentication.kind !== "mutual-tls") return "";
  const lists = authentication.revocation === "crl-file" ? ` crl-file ${revocationFile}` : "";
  // Clients without a valid certificate get in as far as to be told so. A resumed session would show neither the CAs that
  // the client sent nor a revocation since: each connection is a handshake of its own.
  return ` ca-file ${clientAuthoritiesFile} verify optional ca-ignore-err all crt-ignore-err all${lists} no-tls-tickets`;
}
