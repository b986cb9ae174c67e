import type { CallerAuthentication } from "./proxy-settings.ts";
import { refuse, subjectKnown } from "./refuse.ts";

/** Of a token's times, for clocks that differ. */
const leewaySeconds = 30;

type TokenAuthentication = Extract<CallerAuthentication, { kind: "jwt" }>;

/** Sets `txn.subject` to the caller that a valid token names, and refuses a request without one. */
export function tokenRules(authentication: TokenAuthentication): string {
  return `${verifyToken(authentication)}
${subjectKnown}
${refuse("unauthorized", "if token_begins !token_begins_at")}
    # HAProxy reads \\u00e9 as one byte, which may make another subject of what the issuer has signed.
    acl subject_not_ascii  var(txn.subject) -m reg '[\\x80-\\xff]'
    acl token_escapes      var(txn.token),field(2,.),ub64dec -m reg -i '\\\\u00[89a-f]'
${refuse("unauthorized", "if subject_not_ascii token_escapes")}`;
}

function verifyToken(authentication: TokenAuthentication): string {
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
