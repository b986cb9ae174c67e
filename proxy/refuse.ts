import type { RefusalName } from "./routing.ts";

/** A rule by which the proxy answers by itself. */
export const refuse = (name: RefusalName, condition: string) =>
  `    http-request use-service lua.refuse-${name} ${condition}`;

/** Behind what sets `txn.subject` to who calls. */
export const subjectKnown = `    acl subject_known      var(txn.subject),length gt 0
${refuse("unauthorized", "unless subject_known")}`;
