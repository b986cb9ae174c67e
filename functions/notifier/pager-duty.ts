import * as z from "zod/mini";
import type { AlarmChange } from "./alarm-change.ts";
import { incidentKey, runbookOf } from "./incident.ts";
import type { OutgoingRequest } from "./send.ts";

export const pagerDutySecretSchema = z.object({ routingKey: z.string().check(z.regex(/^[A-Za-z0-9]{32}$/)) });
export type PagerDutySecret = z.infer<typeof pagerDutySecretSchema>;

/** The longest that PagerDuty takes: https://developer.pagerduty.com/docs/send-alert-event */
const maxSummaryLength = 1024;

/** An event of PagerDuty's Events API v2: it opens an incident, or resolves the one of the same key. */
export function pagerDutyRequest(
  url: string,
  change: AlarmChange,
  { routingKey }: PagerDutySecret,
): OutgoingRequest {
  const runbook = runbookOf(change);
  const trigger = {
    payload: {
      summary: `${change.name}: ${change.description || change.reason}`.slice(0, maxSummaryLength),
      source: change.arn,
      severity: change.severity === "urgent" ? "critical" : "warning",
      timestamp: change.changedAt,
      component: change.watches.slice(0, maxSummaryLength),
      group: change.accountId,
      custom_details: { reason: change.reason.slice(0, maxSummaryLength), alarms: change.causes },
    },
    client: "Amazon CloudWatch",
    ...(runbook !== undefined && { links: [{ href: runbook, text: "Runbook" }] }),
  };
  const isOpen = change.state === "ALARM";
  return {
    target: "PagerDuty",
    url: `${url}/v2/enqueue`,
    headers: {},
    body: {
      routing_key: routingKey,
      event_action: isOpen ? "trigger" : "resolve",
      dedup_key: incidentKey(change),
      ...(isOpen && trigger),
    },
  };
}
