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

/** Whether a client's certificate says who calls, or whose a token is. */
export function asksForCertificate(authentication: ProxySettings["listener"]["authentication"]): boolean {
  return (
    authentication.kind === "mutual-tls" || (authentication.kind === "jwt" && authentication.certificateBound)
  );
}

function bindOptions({ tls, authentication }: ProxySettings["listener"]): string {
  // Otherwise HTTP/2's preface is understood on any connection, past all that is asked of a length.
  if (tls === "none") return " proto h1";
  // Clients without a valid certificate get in as far as to be told so.
  const clients = asksForCertificate(authentication)
    ? ` ca-file ${clientAuthoritiesFile} verify optional ca-ignore-err all crt-ignore-err all`
    : "";
  return ` proto h1 ssl crt tls/server.pem alpn http/1.1${clients}${verifiedOptions(authentication)}`;
}

/** Where the certificate alone says who calls. */
function verifiedOptions(authentication: ProxySettings["listener"]["authentication"]): string {
  if (authentication.kind !== "mutual-tls") return "";
  // A resumed session would show neither the CAs that the client sent nor a revocation since.
  const options = " no-tls-tickets";
  return authentication.revocation === "crl-file" ? `${options} crl-file ${revocationFile}` : options;
}
