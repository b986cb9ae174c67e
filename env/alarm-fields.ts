import * as z from "zod";
import { byDefault, group, variable } from "./field-notes.ts";
import { choice, hostName, integer, name, option, role } from "./field-types.ts";
import { project } from "./project.ts";

const percent = integer(1, 100, "percent");

/** From where on something is wrong. Each is a threshold of an alarm in docs/operations.md. */
export const alarms = group({
  runbookUrl: name(/^https:\/\/[^\s"'<>#]{3,400}$/, "must be an https URL without a fragment")
    .apply(variable, "alarm_runbook_url", "URL of docs/operations.md, to which alarms send their readers.")
    .apply(byDefault, project.runbookUrl, "one runbook for all environments: env/project.ts"),
  oldestMessageSeconds: integer(60, 1_209_600, "seconds")
    .apply(variable, "oldest_message_alarm_seconds", "Age of the oldest waiting message.")
    .apply(byDefault, 900, "a payload that waits a quarter of an hour is stuck, not late"),
  functionErrorPercent: percent
    .apply(variable, "alarm_function_error_percent", "Share of invocations or messages that may fail.")
    .apply(byDefault, 5, "retries hide fewer failures than these from senders"),
  durationPercent: percent
    .apply(variable, "alarm_duration_percent", "Share of a function's timeout that an invocation may take.")
    .apply(byDefault, 80, "leaves time to act before an invocation ends unfinished"),
  memoryPercent: percent
    .apply(variable, "alarm_memory_percent", "Share of a function's memory that may be used.")
    .apply(byDefault, 90, "memory is sized for the largest payload, so that it may nearly be used up"),
  serverErrorPercent: percent
    .apply(variable, "alarm_server_error_percent", "Share of an API's answers that may be 5xx.")
    .apply(byDefault, 2, "these are the service's own failures"),
  clientErrorPercent: percent
    .apply(variable, "alarm_client_error_percent", "Share of answers that may be 4xx, but for 404, 413.")
    .apply(byDefault, 25, "senders err, but not all at once"),
  latencyMilliseconds: integer(10, 29_000, "milliseconds")
    .apply(variable, "alarm_latency_milliseconds", "What the slowest hundredth of requests may take.")
    .apply(byDefault, 5_000, "API Gateway gives up after 29 seconds, senders long before"),
  rejectedPercent: percent
    .apply(variable, "alarm_rejected_percent", "Share of submissions that may be rejected.")
    .apply(byDefault, 25, "senders err, but not all at once"),
  minimumRequests: integer(1, 1_000_000, "requests")
    .apply(variable, "alarm_minimum_requests", "Requests in five minutes below which a share says nothing.")
    .apply(byDefault, 20, "of 20, one is the 5 percent at which the first alarm begins"),
  /** If there is one: its 413s are counted there. */
  proxyLogGroupName: name(/^[\w./#-]{1,512}$/, "must be the name of a CloudWatch log group")
    .apply(variable, "proxy_log_group_name", "CloudWatch log group of the external proxy's access log.")
    .exactOptional(),
});

const secret = (of: string, title: string) =>
  name(/^[\w/+=.@-]{1,512}$/, "must be the name of a secret in Secrets Manager, not an ARN").apply(
    variable,
    `${of}_secret_name`,
    `Secret of ${title} in Secrets Manager; the function reads it at run time.`,
  );

/** Who is told of alarms. Secrets are named here and read at run time: their values never reach Terraform. */
export const alerts = choice('must have kind "none" or "routed"', [
  /** Alarms have no actions: they are seen in CloudWatch alone. */
  option("none"),
  option("routed", {
    /** Told of every alarm, also when the notifier fails. Each address has to confirm. */
    emails: z
      .array(
        z
          .email("must be an e-mail address")
          .apply(variable, "alert_email_*", "E-mail address that is told of every alarm."),
      )
      .max(10, "must be at most 10 addresses"),
    notifier: z
      .strictObject({
        role: role("notifier", "Role of the function that tells of alarms."),
        /** Urgent alarms. Its secret holds { "routingKey": "…" }. */
        pagerDuty: z
          .strictObject({
            secretName: secret("pager_duty", "PagerDuty"),
            region: z
              .enum(["us", "eu"], 'must be "us" or "eu"')
              .apply(variable, "pager_duty_region", "PagerDuty's service region."),
          })
          .exactOptional(),
        /** All other alarms. Its secret holds { "username": "…", "password": "…" }. */
        serviceNow: z
          .strictObject({
            secretName: secret("service_now", "ServiceNow"),
            host: hostName("example.service-now.com").apply(
              variable,
              "service_now_host",
              "Host of the ServiceNow instance.",
            ),
          })
          .exactOptional(),
      })
      .refine(
        ({ pagerDuty, serviceNow }) => pagerDuty !== undefined || serviceNow !== undefined,
        "needs pagerDuty, serviceNow or both",
      )
      .exactOptional(),
  }),
]);
