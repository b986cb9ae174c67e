import { CALLER_RIGHTS } from "../contract/caller-rights.ts";
import { ITEM_PATTERN, SHARED_CALLER } from "../contract/keys.ts";
import { bearerRules } from "./bearer.ts";
import { methodsOf } from "./callers.ts";
import type { CallerAuthentication, ProxySettings } from "./proxy-settings.ts";
import { refuse, subjectKnown } from "./refuse.ts";
import { certificateRules } from "./render-certificates.ts";
import { tokenRules } from "./render-tokens.ts";

/** Window of requests and bytes. */
export const rateSeconds = 10;
export const callersMapFile = "callers.map";
/** No API has a name with an underscore. */
const limitsTable = "caller_limits";
/** What stands behind a key: name, rights, requests per second, connections, bytes per second. Nobody inherits what is shared. */
const linePattern = `^(?!${SHARED_CALLER} )${ITEM_PATTERN} [a-z,]+( [0-9]+){3}$`;

/** Whether callers are told apart. */
export function hasCallersMap({ listener, callers }: ProxySettings): boolean {
  return listener.authentication.kind !== "none" && callers !== SHARED_CALLER;
}

/** Who calls, what that caller may do, and how much of it. */
export function callerRules(settings: ProxySettings): string {
  const { authentication } = settings.listener;
  if (authentication.kind === "none") {
    return `    # No authentication: everybody may call.
    http-request set-var(txn.caller_id) str(${SHARED_CALLER})`;
  }
  return `${authenticate(authentication)}

${hasCallersMap(settings) ? authorize(authentication.kind) : oneTenant()}`;
}

/** Counts what each caller does; empty where they are not told apart. */
export function callerSections(settings: ProxySettings): string[] {
  return hasCallersMap(settings)
    ? [
        `# Counts requests and bytes of each caller, over all its addresses.
backend ${limitsTable}
    stick-table type string len 64 size 10k expire 1m store conn_cur,http_req_rate(${rateSeconds}s),bytes_in_rate(${rateSeconds}s),bytes_out_rate(${rateSeconds}s)`,
      ]
    : [];
}

type Authentication = CallerAuthentication | { readonly kind: "name" };

/** Sets `txn.subject` to who the credential says it is, and refuses a request without a valid one. */
function authenticate(authentication: Authentication): string {
  switch (authentication.kind) {
    case "name":
      return `    # The token is the caller's name: for local use only.
${bearerRules("txn.subject")}
${subjectKnown}`;
    case "mutual-tls":
      return certificateRules();
    case "jwt":
      return tokenRules(authentication);
  }
}

function oneTenant(): string {
  return `    # One tenant: every valid credential is the same caller.
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
  return `    # Looks up the caller and its rights in ${callersMapFile}.
${found}
    acl caller_listed      var(txn.caller) -m reg '${linePattern}'
${refuse("forbidden", "unless caller_listed")}
    http-request set-var(txn.caller_id) ${part(1)}
    http-request track-sc1 var(txn.caller_id) table ${limitsTable}
${mayNot.join("\n")}

    # The caller's limits.
    http-request set-var(txn.most_requests) ${part(3)},mul(${rateSeconds})
    http-request set-var(txn.most_connections) ${part(4)}
    http-request set-var(txn.most_bytes) ${part(5)},mul(${rateSeconds})
    http-request set-var(txn.bytes_out) sc_bytes_out_rate(1)
${refuse("caller-over-limit", "if { sc_http_req_rate(1),sub(txn.most_requests) gt 0 }")}
${refuse("caller-over-limit", "if { sc_conn_cur(1),sub(txn.most_connections) gt 0 }")}
${refuse("caller-over-limit", "if { sc_bytes_in_rate(1),add(txn.bytes_out),sub(txn.most_bytes) gt 0 }")}`;
}
