import type { ProxySettings } from "./proxy-settings.ts";
import { rateSeconds } from "./render-callers.ts";
import { clientAuthoritiesFile, revocationFile } from "./render-certificate-check.ts";

/** No API has a name with an underscore. */
const unknownTable = "unknown_sources";

/** Where the proxy listens, and how many connections it lets in. */
export function connectionRules(settings: ProxySettings): string {
  const { listener, limits } = settings;
  const newConnections = limits.requestsPerSecondPerSource * rateSeconds;
  return `    bind ${listener.address}:${listener.port}${bindOptions(listener)}
    # Connections and requests of each address. gpt0 is 1 if a caller has sent from there.
    stick-table type ipv6 size 100k expire 1h store conn_cur,conn_rate(${rateSeconds}s),http_req_rate(${rateSeconds}s),gpt0
    tcp-request connection track-sc0 src
    tcp-request connection reject if { sc_conn_cur(0) gt ${limits.connectionsPerSource} }
    # The same number as the limit of requests: each connection may carry one request.
    tcp-request connection reject if { sc_conn_rate(0) gt ${newConnections} }${
      knowsSources(settings) ? unknownSources(settings) : ""
    }`;
}

/** Behind who calls, what it may do and how much: its address is known from now on. */
export function sourceKnown(settings: ProxySettings): string {
  return knowsSources(settings) ? "\n    http-request sc-set-gpt0(0) int(1)" : "";
}

/** Counts the connections of all addresses from where no caller has sent. */
export function connectionSections(settings: ProxySettings): string[] {
  if (!knowsSources(settings)) return [];
  return [
    `# Counts the connections of all addresses from which no caller has sent in the last hour.
backend ${unknownTable}
    stick-table type integer size 10 expire 1m store conn_cur`,
  ];
}

/** Where a credential is asked for, that is more than a name. */
function knowsSources({ listener }: ProxySettings): boolean {
  return listener.authentication.kind === "jwt" || listener.authentication.kind === "mutual-tls";
}

/** Half of one address's connections, and half of all: so twenty unknown addresses leave room for a further one, and all of them for known ones. */
function unknownSources({ limits }: ProxySettings): string {
  const ofEach = Math.floor(limits.connectionsPerSource / 2);
  const ofAll = Math.ceil(limits.connections / 2);
  const newOfEach = Math.ceil((limits.requestsPerSecondPerSource * rateSeconds) / 2);
  return `
    # Addresses without a valid credential cannot use up the connections of known callers.
    acl source_known  sc_get_gpt0(0) gt 0
    tcp-request connection reject if !source_known { sc_conn_cur(0) gt ${ofEach} }
    tcp-request connection reject if !source_known { sc_conn_rate(0) gt ${newOfEach} }
    tcp-request connection track-sc2 int(0) table ${unknownTable} if !source_known
    tcp-request connection reject if !source_known { sc_conn_cur(2) gt ${ofAll} }`;
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
