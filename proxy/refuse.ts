import type { RefusalName } from "./routing.ts";

/** A rule by which the proxy answers by itself: no later one is looked at. */
export const refuse = (name: RefusalName, condition: string) =>
  `    http-request set-var(txn.refusal) str(${name}) ${condition}
    http-request allow if { var(txn.refusal) -m found }`;

/** Behind what sets `txn.subject` to who calls. */
export const subjectKnown = `    acl subject_known      var(txn.subject),length gt 0
${refuse("unauthorized", "unless subject_known")}`;
