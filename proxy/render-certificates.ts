import { refuse } from "./refuse.ts";

/** Sets `txn.subject` to the subject of a certificate that is valid, and refuses a request without one. */
export function certificateRules(): string {
  return `    # Who calls: the subject of a certificate that is valid.
    acl certificate_shown  ssl_c_used
    acl certificate_valid  ssl_c_verify 0
${refuse("unauthorized", "unless certificate_shown certificate_valid")}
    http-request set-var(txn.subject) ssl_c_s_dn(,0,rfc2253)`;
}
