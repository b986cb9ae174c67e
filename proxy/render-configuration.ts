import { RETRY_AFTER_SECONDS } from "../contract/limits.ts";
import { versionCheck } from "./haproxy-versions.ts";
import { luaFiles } from "./lua-files.ts";
import type { ProxySettings } from "./proxy-settings.ts";
import { problemContentType, problemDocument } from "./refusals.ts";
import { apiNames, backend, resolvers } from "./render-backends.ts";
import { callerSections, callersMapFile, hasCallersMap } from "./render-callers.ts";
import { clientAuthoritiesFile, revocationFile } from "./render-certificate-check.ts";
import { asksForCertificate, connectionSections } from "./render-connections.ts";
import { frontend } from "./render-frontend.ts";
import { refusalsSection } from "./render-refusals.ts";

/** A complete haproxy.cfg for HAProxy 2.6 and newer. The files that it names lie beside it. */
export function renderConfiguration(settings: ProxySettings): string {
  const sections = [
    introduction(settings),
    globals(settings),
    defaults(settings),
    frontend(settings),
    ...connectionSections(settings),
    ...callerSections(settings),
    refusalsSection(settings),
    ...apiNames(settings).map((api) => backend(api, settings)),
    ...(Object.values(settings.apiUrls).some((url) => url.startsWith("https:")) ? [resolvers(settings)] : []),
  ];
  return `${sections.join("\n\n")}\n`;
}

/** Files beside the configuration, and what they hold. */
export function filesBeside(settings: ProxySettings): readonly (readonly [path: string, holds: string])[] {
  const { tls, authentication } = settings.listener;
  return [
    ...luaFiles(settings).map(({ name, holds }) => [name, `${holds}; rendered with this file`] as const),
    ...(hasCallersMap(settings)
      ? ([[callersMapFile, "the listed callers; rendered with this file, or by --callers alone"]] as const)
      : []),
    ...(tls === "required"
      ? ([["tls/server.pem", "certificate chain and private key of the proxy"]] as const)
      : []),
    ...(asksForCertificate(authentication)
      ? ([[clientAuthoritiesFile, "certificates of all CAs that certify callers, up to the roots"]] as const)
      : []),
    ...(authentication.kind === "mutual-tls" && authentication.revocation === "crl-file"
      ? ([[revocationFile, "a current revocation list of each of these CAs"]] as const)
      : []),
    ...(authentication.kind === "jwt"
      ? authentication.keyFiles.map((file) => [file, "public key of the token's issuer"] as const)
      : []),
  ];
}

function introduction(settings: ProxySettings): string {
  const files = filesBeside(settings).map(([path, holds]) => `#   ${path.padEnd(20)} ${holds}`);
  return `# External API proxy of ${settings.title}. Do not edit: change the environment, then render again.
# ${settings.origin}
#
# Files that must be in the same folder:
${files.join("\n")}
#
# haproxy -c -f haproxy.cfg    checks the configuration
# haproxy -f haproxy.cfg       runs it, with the access log as JSON lines on standard output`;
}

/** Debian's package makes both. Files are read before, and again by whoever starts the process that a reload brings. */
const withoutRights = `
    user haproxy
    group haproxy
    chroot /var/lib/haproxy`;

function globals(settings: ProxySettings): string {
  // Else TLS sessions are resumed from there, although the bind line knows no tickets.
  const noSessions =
    settings.listener.authentication.kind === "mutual-tls" ? "\n    tune.ssl.cachesize 0" : "";
  const loads = luaFiles(settings).map(({ name }) => `    lua-load ${name}`);
  return `${versionCheck()}

global
    # Paths of files are relative to this file.
    default-path config
    log stdout len 4096 format raw local0${settings.process === "root" ? withoutRights : ""}
    maxconn ${settings.limits.connections}
    # A large buffer needs fewer steps for a large body, and holds all certificates that a client may send.
    tune.bufsize 131072
    # The total size of headers is limited below, not their number.
    tune.http.maxhdr 4096
    hard-stop-after ${settings.hardStopSeconds}s
    ssl-default-bind-options ssl-min-ver TLSv1.2
    ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20
    ssl-default-server-options ssl-min-ver TLSv1.2${noSessions}
${loads.join("\n")}`;
}

function defaults({ clientTimeoutSeconds, serverTimeoutSeconds }: ProxySettings): string {
  const errors = [
    [408, "Request Timeout", "The request did not arrive in time."],
    [500, "Internal Server Error", "The request could not be processed."],
    [502, "Bad Gateway", "The service gave no valid answer. Send the request again later."],
    [
      503,
      "Service Unavailable",
      "The service cannot be reached at the moment. Send the request again later.",
    ],
    [504, "Gateway Timeout", "The service did not answer in time. Send the request again later."],
  ] as const;
  const lines = errors.map(
    ([status, title, detail]) =>
      `    http-error status ${status} content-type ${problemContentType} string '${problemDocument({ status, title, detail })}' hdr retry-after ${RETRY_AFTER_SECONDS}`,
  );
  return `defaults
    mode http
    log global
    option dontlognull
    # Count bytes during a transfer, not at its end, so that the limits of callers include running transfers.
    option contstats
    # Failed connections are tried again. A request that was sent is never repeated.
    retries 2
    # For the whole head of a request. Before it, "timeout client" limits the TLS handshake.
    timeout http-request 10s
    timeout http-keep-alive 60s
    timeout client ${clientTimeoutSeconds}s
    # For a connection that the other side has half closed.
    timeout client-fin 5s
    timeout server-fin 5s
    timeout connect 5s
    # Also the longest silence of a client in the middle of a body.
    timeout server ${serverTimeoutSeconds}s
${lines.join("\n")}`;
}
