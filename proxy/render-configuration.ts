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
    ...luaFiles(settings).map(
      ({ name, holds }) => [name, `${holds}; rendered together with this file`] as const,
    ),
    ...(hasCallersMap(settings)
      ? ([
          [callersMapFile, "who may call; rendered together with this file, and alone by --callers"],
        ] as const)
      : []),
    ...(tls === "required"
      ? ([["tls/server.pem", "certificate of the proxy's own name, its chain and its private key"]] as const)
      : []),
    ...(asksForCertificate(authentication)
      ? ([
          [clientAuthoritiesFile, "certificates of all CAs that certify callers, their roots included"],
        ] as const)
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
  return `# External API proxy of ${settings.title}. Rendered; change the environment instead.
# ${settings.origin}
#
# Beside this file lie
${files.join("\n")}
# haproxy -c -f haproxy.cfg    checks it all
# haproxy -f haproxy.cfg       runs it; the access log goes to standard output, as JSON lines`;
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
    # Files are named from here on relative to this one.
    default-path config
    log stdout len 4096 format raw local0${settings.process === "root" ? withoutRights : ""}
    maxconn ${settings.limits.connections}
    # One in each direction: larger ones carry large bodies in fewer steps, and hold all certificates that a client may send.
    tune.bufsize 131072
    # The bytes of all headers are what is limited, not their number.
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
    # Bytes are counted while they pass, not at a transfer's end: the limits of callers hold for parallel ones.
    option contstats
    # A connection that fails is tried again; a request that was sent is never sent twice.
    retries 2
    # The whole head; before it, the silence of a client bounds TLS as a whole.
    timeout http-request 10s
    timeout http-keep-alive 60s
    timeout client ${clientTimeoutSeconds}s
    # Of one side, once the other one has closed.
    timeout client-fin 5s
    timeout server-fin 5s
    timeout connect 5s
    # Also how long a client may be silent in the middle of its body, once an API gets it.
    timeout server ${serverTimeoutSeconds}s
${lines.join("\n")}`;
}
