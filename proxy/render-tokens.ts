import { bearerRules } from "./bearer.ts";
import type { CallerAuthentication } from "./proxy-settings.ts";
import { subjectKnown } from "./refuse.ts";

export type TokenAuthentication = Extract<CallerAuthentication, { kind: "jwt" }>;

/** Of a token, in characters: headers of all kinds have 10,240 bytes. */
const maxTokenLength = 8192;

/** Sets `txn.subject` to the caller that a valid token names, and refuses a request without one. */
export function tokenRules({ algorithm, keyFiles, certificateBound }: TokenAuthentication): string {
  const certificate = certificateBound
    ? "\n    http-request set-var(txn.certificate) ssl_c_der,sha2(256),ub64enc"
    : "";
  return `    # Authenticates the caller by a claim of its token. The algorithm comes from the environment, not from the token.
${bearerRules("txn.token")}
    acl token_compact      var(txn.token) -m reg '^[A-Za-z0-9_-]+([.][A-Za-z0-9_-]+){2}$'
    acl token_bounded      var(txn.token),length le ${maxTokenLength}
${keyFiles.map((file) => `    acl token_signed       var(txn.token),jwt_verify(${algorithm},${file}) 1`).join("\n")}
    # Conditions are evaluated from left to right: nothing reads the content of a token before its signature is verified.${certificate}
    http-request lua.read-token if token_compact token_bounded token_signed
    # A client with an invalid token is told that the token is invalid (RFC 6750, 3.1).
    http-request set-var(txn.token_shown) bool(true) if bearer_alone { req.fhdr(authorization) -m beg -i 'bearer ' }
    http-after-response set-header www-authenticate 'Bearer error="invalid_token"' if { var(txn.token_shown) -m bool } { var(txn.refusal) -m str unauthorized }
${subjectKnown}`;
}
