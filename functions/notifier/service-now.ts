import * as z from "zod/mini";
import type { AlarmChange } from "./alarm-change.ts";
import { incidentKey, runbookOf } from "./incident.ts";
import type { OutgoingRequest } from "./send.ts";

export const serviceNowSecretSchema = z.object({
  username: z.string().check(z.minLength(1)),
  password: z.string().check(z.minLength(1)),
});
export type ServiceNowSecret = z.infer<typeof serviceNowSecretSchema>;

/** 1 critical, 4 warning, 0 clear. */
const severities = { urgent: "1", ticket: "4", clear: "0" } as const;
const maxFieldLength = 4_000;

/** A record of ServiceNow's event table: events of one message key are one alert, and a clear one closes it. */
export function serviceNowRequest(
  url: string,
  change: AlarmChange,
  secret: ServiceNowSecret,
): OutgoingRequest {
  const isOpen = change.state === "ALARM";
  const credentials = Buffer.from(`${secret.username}:${secret.password}`).toString("base64");
  return {
    target: "ServiceNow",
    url: `${url}/api/now/table/em_event`,
    headers: { authorization: `Basic ${credentials}`, accept: "application/json" },
    body: {
      source: "Amazon CloudWatch",
      event_class: `AWS ${change.accountId}`,
      node: change.name,
      resource: change.watches.slice(0, 255),
      type: "CloudWatch alarm",
      message_key: incidentKey(change),
      severity: isOpen ? severities[change.severity] : severities.clear,
      resolution_state: isOpen ? "New" : "Closing",
      // In UTC, as ServiceNow writes it.
      time_of_event: change.changedAt.slice(0, 19).replace("T", " "),
      description: `${change.description}\n${change.reason}`.trim().slice(0, maxFieldLength),
      additional_info: JSON.stringify({
        alarmArn: change.arn,
        alarms: change.causes,
        runbook: runbookOf(change),
      }),
    },
  };
}
