import { CALLER_RIGHTS } from "../contract/caller-rights.ts";
import { ITEM_PATTERN, SHARED_CALLER } from "../contract/keys.ts";
import { methodsOf } from "./callers.ts";
import type { CallerAuthentication, ProxySettings } from "./proxy-settings.ts";
import type { RefusalName } from "./routing.ts";

/** Of a token's times, for clocks that differ. */
const leewaySeconds = 30;
/** Window of requests and bytes. */
export const rateSeconds = 10;
export const callersMapFile = "callers.map";
/** No API has a name with an underscore. */
const limitsTable = "caller_limits";
/** What stands behind a key: name, rights, requests per second, connections, bytes per second. Nobody inherits what is shared. */
const linePattern = `^(?!${SHARED_CALLER} )${ITEM_PATTERN} [a-z,]+( [0-9]+){3}$`;

export const refuse = (name: RefusalName, condition: string) =>
  `    http-request use-service lua.refuse-${name} ${condition}`;

/** Whether callers are told apart. */
export function hasCallersMap({ listener, callers }: ProxySettings): boolean {
  return listener.authentication.kind !== "none" && callers !== SHARED_CALLER;
}

/** Who calls, what that caller may do, and how much of it. */
export function callerRules(settings: ProxySettings): string {
  const { authentication } = settings.listener;
  if (authentication.kind === "none") {
    return `    # Everybody may call.
    http-request set-var(txn.caller_id) str(${SHARED_CALLER})`;
  }
  return `${authenticate(authentication)}

${hasCallersMap(settings) ? authorize(authentication.kind) : oneTenant()}`;
}

/** Counts what each caller does; empty where they are not told apart. */
export function callerSections(settings: ProxySettings): string[] {
  return hasCallersMap(settings)
    ? [
        `# Requests and bytes of each caller, from whichever addresses.
backend ${limitsTable}
    stick-table type string len 64 size 10k expire 1m store conn_cur,http_req_rate(${rateSeconds}s),bytes_in_rate(${rateSeconds}s),bytes_out_rate(${rateSeconds}s)`,
      ]
    : [];
}

type Authentication = CallerAuthentication | { readonly kind: "name" };

/** Sets `txn.subject` to who the credential says it is, and refuses a request without a valid one. */
function authenticate(authentication: Authentication): string {
  const known = `    acl subject_known      var(txn.subject),length gt 0
${refuse("unauthorized", "unless subject_known")}`;
  switch (authentication.kind) {
    case "name":
      return `    # Who calls, says so: for this machine's own use.
    http-request set-var(txn.subject) http_auth_bearer
${known}`;
    case "mutual-tls":
      return `    # Who calls: the subject of a certificate that is valid.
    acl certificate_shown  ssl_c_used
    acl certificate_valid  ssl_c_verify 0
${refuse("unauthorized", "unless certificate_shown certificate_valid")}
    http-request set-var(txn.subject) ssl_c_s_dn(,0,rfc2253)`;
    case "jwt":
      return `${verifyToken(authentication)}
${known}
${refuse("unauthorized", "if token_begins !token_begins_at")}
    # HAProxy reads \\u00e9 as one byte, which may make another subject of what the issuer has signed.
    acl subject_not_ascii  var(txn.subject) -m reg '[\\x80-\\xff]'
    acl token_escapes      var(txn.token),field(2,.),ub64dec -m reg -i '\\\\u00[89a-f]'
${refuse("unauthorized", "if subject_not_ascii token_escapes")}`;
  }
}

function verifyToken(authentication: Extract<CallerAuthentication, { kind: "jwt" }>): string {
  const { issuer, audience, algorithm, keyFiles, callerIdClaim } = authentication;
  const audiences = ["$.aud", ...Array.from({ length: 8 }, (_, index) => `$.aud[${index}]`)];
  return `    # Who calls: a claim of a token that is signed, meant for us, and valid now. The algorithm is ours, not the token's.
    http-request set-var(txn.token) http_auth_bearer
${keyFiles.map((file) => `    acl token_signed       var(txn.token),jwt_verify(${algorithm},${file}) 1`).join("\n")}
    acl token_algorithm    var(txn.token),jwt_header_query('$.alg') -m str ${algorithm}
    acl token_issuer       var(txn.token),jwt_payload_query('$.iss') -m str '${issuer}'
${audiences.map((path) => `    acl token_audience     var(txn.token),jwt_payload_query('${path}') -m str '${audience}'`).join("\n")}
    # jwt_verify looks at no time.
    http-request set-var(txn.now) date()
    http-request set-var(txn.expires) var(txn.token),jwt_payload_query('$.exp','int'),add(${leewaySeconds})
    http-request set-var(txn.begins) var(txn.token),jwt_payload_query('$.nbf','int'),sub(${leewaySeconds})
    acl token_times        var(txn.expires),sub(txn.now) gt 0
    acl token_too_early    var(txn.begins),sub(txn.now) gt 0
    acl token_begins       var(txn.token),jwt_payload_query('$.nbf') -m found
    acl token_begins_at    var(txn.begins) -m found
    http-request set-var(txn.subject) var(txn.token),jwt_payload_query('$.${callerIdClaim}') if token_signed token_algorithm token_issuer token_audience token_times !token_too_early`;
}

function oneTenant(): string {
  return `    # One tenant: whoever is let in.
    http-request set-var(txn.caller_id) str(${SHARED_CALLER})`;
}

const hash = "sha2(256),hex,lower";

/** By the map of callers, and only so: what is not in it is refused. */
function authorize(kind: Authentication["kind"]): string {
  const lookUp = `map_str(${callersMapFile})`;
  const found =
    kind === "mutual-tls"
      ? `    http-request set-var(txn.caller) ssl_c_der,${hash},${lookUp}
    http-request set-var(txn.subject_hash) var(txn.subject),${hash}
    http-request set-var(txn.caller) ssl_c_i_dn(,0,rfc2253),${hash},concat(-,txn.subject_hash),${lookUp} unless { var(txn.caller) -m found }`
      : `    http-request set-var(txn.caller) var(txn.subject),${hash},${lookUp}`;
  const part = (place: number) => `var(txn.caller),field(${place},' ')`;
  const mayNot = CALLER_RIGHTS.map((right) =>
    refuse("forbidden", `if { method ${methodsOf(right).join(" ")} } !{ ${part(2)} -m sub ${right} }`),
  );
  return `    # Which caller that is, and what it may do: a line of ${callersMapFile}.
${found}
    acl caller_listed      var(txn.caller) -m reg '${linePattern}'
${refuse("forbidden", "unless caller_listed")}
    http-request set-var(txn.caller_id) ${part(1)}
    http-request track-sc1 var(txn.caller_id) table ${limitsTable}
${mayNot.join("\n")}

    # How much of it.
    http-request set-var(txn.most_requests) ${part(3)},mul(${rateSeconds})
    http-request set-var(txn.most_connections) ${part(4)}
    http-request set-var(txn.most_bytes) ${part(5)},mul(${rateSeconds})
    http-request set-var(txn.bytes_out) sc_bytes_out_rate(1)
${refuse("caller-over-limit", "if { sc_http_req_rate(1),sub(txn.most_requests) gt 0 }")}
${refuse("caller-over-limit", "if { sc_conn_cur(1),sub(txn.most_connections) gt 0 }")}
${refuse("caller-over-limit", "if { sc_bytes_in_rate(1),add(txn.bytes_out),sub(txn.most_bytes) gt 0 }")}`;
}
