import { describe, expect, it } from "vitest";
import { LARGE_API, METRICS_NAMESPACE, SMALL_API } from "../../../domain/names.ts";
import { loadEnvironment, terraformName } from "../../support/environments.ts";
import { names, stacks } from "../../support/fixture-stacks.ts";
import { type Block, resource, resources, statements, synthesize, types } from "../../support/synthesize.ts";

const [small, large] = [terraformName(SMALL_API), terraformName(LARGE_API)];

describe("observation of the ingestion stack", () => {
  const idOf = ({ alarm_name }: Block): string => alarm_name.replace("${var.name_prefix}-", "");
  const functionAlarms = (part: string) =>
    ["duration", "errors", "memory", "throttles"].map((what) => `${part}-function-${what}`);
  const apiAlarms = (name: string) =>
    ["client-errors", "latency", "server-errors", "too-large"].map((what) => `${name}-${what}`);

  /** One for every API. */
  const sectionOf = (id: string) => id.replace(new RegExp(`^(${LARGE_API}|${SMALL_API})-`), "api-");

  it("raises an alarm for everything that may go wrong", () => {
    const ids = resources(stacks.dev, "aws_cloudwatch_metric_alarm").map(idOf);

    expect(ids.toSorted()).toEqual(
      [
        ...["dead-letters", "failed-messages", "mapping-stalled", "oldest-message", "rejected-submissions"],
        ...["foreign-objects", "sweep-silent", "table-throttles", "unprocessed-objects"],
        "unversioned-documents",
        ...["api", "queue", "sweep"].flatMap(functionAlarms),
        ...[SMALL_API, LARGE_API].flatMap(apiAlarms),
      ].toSorted(),
    );
  });

  it("says of each alarm what missing data mean, and where to read on", () => {
    for (const alarm of resources(stacks.prod, "aws_cloudwatch_metric_alarm")) {
      expect(alarm.treat_missing_data).toBe(idOf(alarm) === "sweep-silent" ? "breaching" : "notBreaching");
      expect(alarm.alarm_description).toMatch(
        new RegExp(` \\$\\{var\\.alarm_runbook_url\\}#${sectionOf(idOf(alarm))}$`),
      );
    }
  });

  it("calls once for all urgent alarms, and once for each of the others", () => {
    const [outage] = resources(stacks.prod, "aws_cloudwatch_composite_alarm");
    const alarms = resources(stacks.prod, "aws_cloudwatch_metric_alarm");
    const tickets = alarms.filter(({ alarm_actions }) => alarm_actions !== undefined);
    const urgent = alarms.filter(({ alarm_actions }) => alarm_actions === undefined);

    expect(outage).toMatchObject({
      alarm_actions: ["${aws_sns_topic.alerts_urgent.arn}"],
      ok_actions: ["${aws_sns_topic.alerts_urgent.arn}"],
    });
    expect(urgent.map(idOf).toSorted()).toEqual(
      [
        ...["api-function-errors", "api-function-throttles", "dead-letters", "mapping-stalled"],
        ...["notifier-dead-letters", "oldest-message", `${LARGE_API}-server-errors`],
        ...[`${SMALL_API}-server-errors`, "queue-function-errors", "queue-function-throttles"],
        "unprocessed-objects",
      ].toSorted(),
    );
    expect(outage?.alarm_rule.split(" OR ")).toHaveLength(urgent.length);
    for (const alarm of tickets) {
      expect(alarm).toMatchObject({
        alarm_actions: ["${aws_sns_topic.alerts_tickets.arn}"],
        ok_actions: ["${aws_sns_topic.alerts_tickets.arn}"],
      });
    }
  });

  it("tells of what is no submission as long as it lies there, not at every sweep", () => {
    const foreign = resource(stacks.prod, "aws_cloudwatch_metric_alarm", "alarms_foreign_objects");

    expect(foreign).toMatchObject({
      metric_name: "ForeignObjects",
      namespace: METRICS_NAMESPACE,
      dimensions: { service: "${aws_lambda_function.sweep_function_function.function_name}" },
      threshold: 0,
      comparison_operator: "GreaterThanThreshold",
      period: "${(var.sweep_every_minutes * 60)}",
      datapoints_to_alarm: 1,
      evaluation_periods: 2,
      alarm_actions: ["${aws_sns_topic.alerts_tickets.arn}"],
    });
  });

  it("tells of documents that can't be removed as long as they lie there", () => {
    const alarm = resource(stacks.prod, "aws_cloudwatch_metric_alarm", "alarms_unversioned_documents");

    expect(alarm).toMatchObject({
      metric_name: "UnversionedDocuments",
      dimensions: { service: "${aws_lambda_function.sweep_function_function.function_name}" },
      threshold: 0,
      period: "${(var.sweep_every_minutes * 60)}",
      datapoints_to_alarm: 1,
      evaluation_periods: 2,
      alarm_actions: ["${aws_sns_topic.alerts_tickets.arn}"],
    });
  });

  it("calls nobody where no route is set up, and says so", () => {
    const alarms = ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"].flatMap((type) =>
      resources(stacks.dev, type),
    );

    expect(alarms.filter(({ alarm_actions, ok_actions }) => alarm_actions ?? ok_actions)).toEqual([]);
    expect(types(stacks.dev)).not.toContain("aws_sns_topic");
    expect(stacks.dev.json.output["alert_routes"]?.value).toMatch(/^None: /);
    expect(stacks.test.json.output["alert_routes"]?.value).toBe("1 e-mail address (everything)");
    expect(stacks.prod.json.output["alert_routes"]?.value).toBe(
      "PagerDuty (urgent), ServiceNow (tickets), 1 e-mail address (everything)",
    );
  });

  it("encrypts topics with a key that CloudWatch may use, one of their own where there is no other", () => {
    const { alerts } = loadEnvironment("test");
    const own = synthesize({ ...loadEnvironment("dev"), alerts });
    const key = statements(resource(own, "aws_kms_key", "alerts_key").policy);

    expect(resources(own, "aws_sns_topic").map(({ kms_master_key_id }) => kms_master_key_id)).toEqual(
      Array(2).fill("${aws_kms_key.alerts_key.arn}"),
    );
    expect(key.map(({ Principal }) => Principal)).toContainEqual({ Service: "cloudwatch.amazonaws.com" });
    expect(resources(stacks.test, "aws_sns_topic").map(({ kms_master_key_id }) => kms_master_key_id)).toEqual(
      Array(2).fill("${aws_kms_key.encryption_key.arn}"),
    );
    for (const { policy } of resources(stacks.prod, "aws_sns_topic_policy")) {
      expect(statements(policy)).toEqual([
        expect.objectContaining({
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: "sns:Publish",
        }),
        expect.objectContaining({
          Effect: "Deny",
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        }),
      ]);
    }
  });

  it("tells e-mail addresses of everything, and the notifier, whose failures have a queue", () => {
    const subscriptions = resources(stacks.prod, "aws_sns_topic_subscription");

    expect(subscriptions.map(({ topic_arn, protocol }) => `${topic_arn} ${protocol}`).toSorted()).toEqual([
      "${aws_sns_topic.alerts_tickets.arn} email",
      "${aws_sns_topic.alerts_tickets.arn} lambda",
      "${aws_sns_topic.alerts_urgent.arn} email",
      "${aws_sns_topic.alerts_urgent.arn} lambda",
    ]);
    const toNotifier = subscriptions.filter(({ protocol }) => protocol === "lambda");
    for (const { redrive_policy } of toNotifier) {
      expect(JSON.parse(redrive_policy)).toEqual({
        deadLetterTargetArn: "${aws_sqs_queue.alerts_dead_letter.arn}",
      });
    }
    expect(resource(stacks.prod, "aws_lambda_function", "alerts_notifier_function")).toMatchObject({
      dead_letter_config: { target_arn: "${aws_sqs_queue.alerts_dead_letter.arn}" },
      handler: "notify.handler",
    });
  });

  it("never has the value of a secret, only where it is", () => {
    const text = JSON.stringify(stacks.prod.json);

    expect(text).not.toContain("aws_secretsmanager_secret_version");
    expect(Object.keys(stacks.prod.json.data["aws_secretsmanager_secret"] ?? {})).toEqual([
      "alerts_pager_duty_secret",
      "alerts_service_now_secret",
    ]);
  });

  it("gives the notifier its secrets, its queue and its log, and nothing else", () => {
    const managed = synthesize({
      ...loadEnvironment("dev"),
      alerts: {
        kind: "routed",
        emails: ["a@example.com"],
        notifier: {
          role: { kind: "managed", name: "example-notifier" },
          pagerDuty: { secretName: "a", region: "us" },
        },
      },
    });
    const granted = statements(resource(managed, "aws_iam_role_policy", "alerts_role_policy").policy);

    expect(granted.map(({ Action, Resource }) => [[Action].flat(), Resource])).toEqual([
      [["secretsmanager:GetSecretValue"], ["${data.aws_secretsmanager_secret.alerts_pager_duty_secret.arn}"]],
      [["sqs:SendMessage"], "${aws_sqs_queue.alerts_dead_letter.arn}"],
      [["kms:Decrypt", "kms:GenerateDataKey"], "${aws_kms_key.alerts_key.arn}"],
      [["kms:Decrypt"], "${aws_kms_key.alerts_key.arn}"],
      [["logs:CreateLogStream", "logs:PutLogEvents"], expect.stringMatching(/-notifier:\*$/)],
      [["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"],
    ]);
    expect(Object.keys(managed.json.data["aws_secretsmanager_secret"] ?? {})).toHaveLength(1);
  });

  it("counts the 413s of the proxy where its log is in CloudWatch", () => {
    const dev = loadEnvironment("dev");
    const logged = synthesize({ ...dev, alarms: { ...dev.alarms, proxyLogGroupName: "/proxy/access" } });

    expect(resource(logged, "aws_cloudwatch_log_metric_filter", "log_metrics_proxy_too_large")).toMatchObject(
      {
        log_group_name: "${var.proxy_log_group_name}",
        pattern: "{ $.status = 413 }",
      },
    );
    expect(resources(logged, "aws_cloudwatch_metric_alarm").map(idOf)).toContain("proxy-too-large");
  });

  it("tells in its queries a plain file from the item that it belongs to", () => {
    const ofItems = resources(stacks.dev, "aws_cloudwatch_query_definition").filter(({ query_string }) =>
      query_string.includes("message.item"),
    );

    expect(ofItems).toHaveLength(2);
    for (const { query_string } of ofItems) expect(query_string).toMatch(/^fields .*message\.fileId/);
  });

  it("shows every API, queue, function and alarm on one dashboard", () => {
    const [dashboard] = resources(stacks.dev, "aws_cloudwatch_dashboard");

    for (const shown of [
      `aws_api_gateway_rest_api.apis_${small}_api.name`,
      `aws_api_gateway_rest_api.apis_${large}_api.name`,
      "aws_sqs_queue.intake_queue_queue.name",
      "aws_sqs_queue.intake_queue_dead_letter.name",
      "aws_lambda_function.api_function_function.function_name",
      "aws_lambda_function.queue_function_function.function_name",
      "aws_cloudwatch_metric_alarm.alarms_dead_letters.arn",
    ]) {
      expect(dashboard?.dashboard_body).toContain(shown);
    }
  });

  it("draws the thresholds of alarms that watch a single graph", () => {
    const [dashboard] = resources(stacks.dev, "aws_cloudwatch_dashboard");
    const thresholds = dashboard?.dashboard_body.matchAll(/"alarm above","value":([^,]+)/g);

    expect([...thresholds].map(([, value]) => value)).toEqual([
      "${var.alarm_latency_milliseconds}",
      "${var.oldest_message_alarm_seconds}",
      "0",
    ]);
  });

  it.each(names)("keeps every log group of %s for the environment's time", (name) => {
    const groups = resources(stacks[name], "aws_cloudwatch_log_group");

    expect(groups.length).toBe(name === "uat" || name === "prod" ? 8 : 7);
    expect(groups.every((group) => group.retention_in_days === "${var.log_retention_days}")).toBe(true);
  });
});
