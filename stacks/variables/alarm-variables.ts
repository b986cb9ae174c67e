import { HOST_NAME } from "../../env/field-types.ts";
import type { Environment } from "../../env/schema.ts";
import { ROLE_NAME, SECRET_NAME } from "./name-rules.ts";
import { matches, rule, type TerraformVariables, wholeNumberBetween } from "./terraform-variables.ts";

/** From where on something is wrong. */
export function declareAlarms(variables: TerraformVariables, { alarms }: Environment) {
  const percent = (name: string, value: number, description: string) =>
    variables.number(`alarm_${name}_percent`, value, description, wholeNumberBetween(1, 100));
  return {
    runbookUrl: variables.string(
      "alarm_runbook_url",
      alarms.runbookUrl,
      "Where the descriptions of alarms send their readers: docs/operations.md, as a URL.",
      matches("^https://[^ #]+$", "must be an https URL without a fragment."),
    ),
    oldestMessageSeconds: variables.number(
      "oldest_message_alarm_seconds",
      alarms.oldestMessageSeconds,
      "Age of the oldest waiting message that raises an alarm.",
      wholeNumberBetween(60, 1_209_600),
    ),
    functionErrorPercent: percent(
      "function_error",
      alarms.functionErrorPercent,
      "Share of invocations that fail, or of messages that go back to the queue, above which an alarm is raised.",
    ),
    durationPercent: percent(
      "duration",
      alarms.durationPercent,
      "Share of a function's timeout above which its slowest invocation raises an alarm.",
    ),
    memoryPercent: percent(
      "memory",
      alarms.memoryPercent,
      "Share of a function's memory above which its use raises an alarm.",
    ),
    serverErrorPercent: percent(
      "server_error",
      alarms.serverErrorPercent,
      "Share of an API's answers that may be 5xx.",
    ),
    clientErrorPercent: percent(
      "client_error",
      alarms.clientErrorPercent,
      "Share of an API's answers that may be 4xx, apart from 404 and 413.",
    ),
    latencyMilliseconds: variables.number(
      "alarm_latency_milliseconds",
      alarms.latencyMilliseconds,
      "What the slowest hundredth of an API's requests may take.",
      wholeNumberBetween(10, 29_000),
    ),
    rejectedPercent: percent(
      "rejected",
      alarms.rejectedPercent,
      "Share of submissions that may be rejected.",
    ),
    minimumRequests: variables.number(
      "alarm_minimum_requests",
      alarms.minimumRequests,
      "Fewer requests or submissions in five minutes say nothing about a share of them.",
      wholeNumberBetween(1, 1_000_000),
    ),
    proxyLogGroupName:
      alarms.proxyLogGroupName === undefined
        ? undefined
        : variables.string(
            "proxy_log_group_name",
            alarms.proxyLogGroupName,
            "Log group of the external proxy's access log.",
            matches("^[A-Za-z0-9_./#-]{1,512}$", "must be the name of a log group."),
          ),
  };
}

/** Who is told of alarms, in the shape of the environment's choice. */
export function declareAlerts(variables: TerraformVariables, { alerts }: Environment) {
  if (alerts.kind === "none") return alerts;
  const { notifier } = alerts;
  return {
    kind: alerts.kind,
    emails: alerts.emails.map((email, index) =>
      variables.string(
        `alert_email_${index + 1}`,
        email,
        "E-mail address that is told of every alarm.",
        matches("^[^@ ]+@[^@ ]+$", "must be an e-mail address."),
      ),
    ),
    notifier: notifier && declareNotifier(variables, notifier),
  };
}

type Notifier = NonNullable<Extract<Environment["alerts"], { kind: "routed" }>["notifier"]>;

function declareNotifier(variables: TerraformVariables, { role, pagerDuty, serviceNow }: Notifier) {
  const secret = (name: string, value: string, of: string) =>
    variables.string(
      name,
      value,
      `Secret of ${of} in Secrets Manager; the function reads it at run time.`,
      SECRET_NAME,
    );
  return {
    roleKind: role.kind,
    roleName: variables.string(
      "notifier_role_name",
      role.name,
      "Role of the function that tells of alarms.",
      ROLE_NAME,
    ),
    pagerDuty: pagerDuty && {
      secretName: secret("pager_duty_secret_name", pagerDuty.secretName, "PagerDuty"),
      region: variables.string(
        "pager_duty_region",
        pagerDuty.region,
        "PagerDuty's service region: us or eu.",
        rule((reference) => `contains(["us", "eu"], ${reference})`, "must be us or eu."),
      ),
    },
    serviceNow: serviceNow && {
      secretName: secret("service_now_secret_name", serviceNow.secretName, "ServiceNow"),
      host: variables.string(
        "service_now_host",
        serviceNow.host,
        "Host of the ServiceNow instance.",
        matches(HOST_NAME, "must be a host name such as example.service-now.com."),
      ),
    },
  };
}
