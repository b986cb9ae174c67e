import { refuse } from "./refuse.ts";

/** Sets `txn.subject` to the subject of a certificate that is valid, and refuses a request without one. */
export function certificateRules(): string {
  return `    # Authenticates the caller by its certificate, which certificates.lua checks.
    http-request set-var(txn.certificate_error) lua.certificate_error
    acl certificate_valid  var(txn.certificate_error) -m str none
${refuse("unauthorized", "unless certificate_valid")}
    http-request set-var(txn.subject) ssl_c_s_dn(,0,rfc2253)`;
}
