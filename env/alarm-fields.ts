import * as z from "zod";
import { byDefault, derived, group, variable } from "./field-notes.ts";
import { choice, hostName, integer, name, option, role } from "./field-types.ts";
import { project } from "./project.ts";

const percent = integer(1, 100, "percent");

/** Thresholds of the alarms that docs/operations.md explains. */
export const alarms = group(
  {
    runbookUrl: name(/^https:\/\/[^\s"'<>#]{3,400}$/, "must be an https URL without a fragment")
      .apply(variable, "alarm_runbook_url", "URL of docs/operations.md, which every alarm links to.")
      .apply(derived, "runbookUrl in env/project.ts, which all environments share", () => project.runbookUrl),
    oldestMessageSeconds: integer(60, 1_209_600, "seconds")
      .apply(
        variable,
        "oldest_message_alarm_seconds",
        "An alarm is raised if the oldest message in the intake queue is older than this.",
      )
      .apply(byDefault, 900, "a payload that waits for 15 minutes is probably stuck"),
    functionErrorPercent: percent
      .apply(
        variable,
        "alarm_function_error_percent",
        "Share of function invocations or messages that may fail before an alarm is raised.",
      )
      .apply(byDefault, 5, "below 5 percent, retries hide the failures from callers"),
    durationPercent: percent
      .apply(
        variable,
        "alarm_duration_percent",
        "Share of a function's timeout that an invocation may use before an alarm is raised.",
      )
      .apply(byDefault, 80, "leaves time to act before invocations time out"),
    memoryPercent: percent
      .apply(
        variable,
        "alarm_memory_percent",
        "Share of a function's memory that an invocation may use before an alarm is raised.",
      )
      .apply(byDefault, 90, "the memory is sized for the largest payload, which may use nearly all of it"),
    serverErrorPercent: percent
      .apply(
        variable,
        "alarm_server_error_percent",
        "Share of an API's answers that may have a 5xx status before an alarm is raised.",
      )
      .apply(byDefault, 2, "5xx answers are failures of the service itself"),
    clientErrorPercent: percent
      .apply(
        variable,
        "alarm_client_error_percent",
        "Share of an API's answers that may have a 4xx status other than 404 and 413 before an alarm is raised.",
      )
      .apply(byDefault, 25, "single callers make mistakes; many failing at once point to a fault"),
    latencyMilliseconds: integer(10, 29_000, "milliseconds")
      .apply(
        variable,
        "alarm_latency_milliseconds",
        "An alarm is raised if more than 1 percent of an API's requests take longer than this.",
      )
      .apply(byDefault, 5_000, "API Gateway ends a request after 29 seconds, and many callers wait less"),
    rejectedPercent: percent
      .apply(
        variable,
        "alarm_rejected_percent",
        "Share of submissions that may be rejected before an alarm is raised.",
      )
      .apply(byDefault, 25, "single callers make mistakes; many failing at once point to a fault"),
    minimumRequests: integer(1, 1_000_000, "requests")
      .apply(
        variable,
        "alarm_minimum_requests",
        "The alarms on client errors and rejected submissions need at least this many requests in five minutes.",
      )
      .apply(byDefault, 20, "with fewer requests, one failure is more than 5 percent"),
    proxyLogGroupName: name(/^[\w./#-]{1,512}$/, "must be the name of a CloudWatch log group")
      .apply(
        variable,
        "proxy_log_group_name",
        "CloudWatch log group with the access log of the external proxy. The stack counts the answers with status 413.",
      )
      .exactOptional(),
  },
  "Thresholds of the alarms.",
);

const secret = (of: string, title: string) =>
  name(/^[\w/+=.@-]{1,512}$/, "must be the name of a secret in Secrets Manager, not an ARN").apply(
    variable,
    `${of}_secret_name`,
    `Name of the secret in Secrets Manager with the credentials for ${title}. The notifier reads it at run time.`,
  );

/** Secrets are named here and read at run time: their values never reach Terraform. */
export const alerts = choice('must have kind "none" or "routed"', [
  option("none").describe("Alarms are shown in CloudWatch only."),
  option("routed", {
    /** They receive alarms also when the notifier fails. Each address has to confirm. */
    emails: z
      .array(
        z
          .email("must be an e-mail address")
          .apply(variable, "alert_email_*", "E-mail address that receives every alarm."),
      )
      .max(10, "must be at most 10 addresses")
      .describe(
        "E-mail addresses that receive every alarm. The owner of each address must confirm both messages that AWS sends.",
      ),
    notifier: z
      .strictObject({
        role: role("notifier", "Role of the function that sends alarms to PagerDuty and ServiceNow."),
        /** Its secret holds { "routingKey": "…" }. */
        pagerDuty: z
          .strictObject({
            secretName: secret("pager_duty", "PagerDuty"),
            region: z
              .enum(["us", "eu"], 'must be "us" or "eu"')
              .apply(variable, "pager_duty_region", "PagerDuty's service region."),
          })
          .describe("PagerDuty, which receives urgent alarms. Without ServiceNow it receives all alarms.")
          .exactOptional(),
        /** Its secret holds { "username": "…", "password": "…" }. */
        serviceNow: z
          .strictObject({
            secretName: secret("service_now", "ServiceNow"),
            host: hostName("example.service-now.com").apply(
              variable,
              "service_now_host",
              "Host of the ServiceNow instance.",
            ),
          })
          .describe("ServiceNow, which receives all other alarms. Without PagerDuty it receives all alarms.")
          .exactOptional(),
      })
      .refine(
        ({ pagerDuty, serviceNow }) => pagerDuty !== undefined || serviceNow !== undefined,
        "needs pagerDuty, serviceNow or both",
      )
      .describe("Function that sends alarms to PagerDuty, ServiceNow or both.")
      .exactOptional(),
  }).describe("Alarms are sent to e-mail addresses and, through a function, to PagerDuty and ServiceNow."),
]).describe("Who receives alarms.");
