import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type RunningFunction, startFunction } from "../../../emulator/lambda/function-process.ts";
import { buildFunctionBundle } from "../../../functions/build-bundle.ts";
import { AlarmMessageError, parseAlarmChange } from "../../../functions/notifier/alarm-change.ts";
import { incidentKey } from "../../../functions/notifier/incident.ts";
import { createNotifierHandler } from "../../../functions/notifier/notifier-handler.ts";
import { createSecrets } from "../../../functions/notifier/secrets.ts";
import type { SendOptions } from "../../../functions/notifier/send.ts";
import { routingKey, serviceNowUser, startAlertServices } from "../../support/alert-services.ts";
import { until } from "../../support/until.ts";
import { virtualTimeouts } from "../../support/virtual-timeouts.ts";

const arn = (name: string) => `arn:aws:cloudwatch:eu-central-1:111111111111:alarm:${name}`;
const topicArn = (name: string) => `arn:aws:sns:eu-central-1:111111111111:acme-dev-alerts-${name}`;
const runbook = "https://example.com/operations.md";

/** As CloudWatch tells of a metric alarm. */
const metricAlarm = (state: string) => ({
  AlarmName: "acme-dev-records-latency",
  AlarmDescription: `The slowest hundredth takes too long. ${runbook}#records-latency`,
  AWSAccountId: "111111111111",
  AlarmConfigurationUpdatedTimestamp: "2026-01-30T09:00:00.000+0000",
  NewStateValue: state,
  NewStateReason:
    "Threshold Crossed: 2 out of the last 3 datapoints were greater than the threshold (5000.0).",
  StateChangeTime: "2026-01-31T10:20:30.123+0000",
  Region: "EU (Frankfurt)",
  AlarmArn: arn("acme-dev-records-latency"),
  OldStateValue: state === "OK" ? "ALARM" : "OK",
  OKActions: [topicArn("tickets")],
  AlarmActions: [topicArn("tickets")],
  InsufficientDataActions: [],
  Trigger: {
    MetricName: "Latency",
    Namespace: "AWS/ApiGateway",
    StatisticType: "ExtendedStatistic",
    ExtendedStatistic: "p99",
    Dimensions: [{ value: "acme-dev-records", name: "ApiName" }],
    Period: 300,
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    ComparisonOperator: "GreaterThanThreshold",
    Threshold: 5000,
    TreatMissingData: "notBreaching",
  },
});

/** As it tells of a composite one, which has no trigger. */
const compositeAlarm = (state: string) => ({
  AlarmName: "acme-dev-outage",
  AlarmDescription: `Payloads are not taken, not processed or not served. ${runbook}#outage`,
  AWSAccountId: "111111111111",
  NewStateValue: state,
  NewStateReason: `${arn("acme-dev-dead-letters")} transitioned to ${state} at Saturday 31 January, 2026 10:20:30 UTC`,
  StateChangeTime: "2026-01-31T10:20:30.123+0000",
  Region: "EU (Frankfurt)",
  AlarmArn: arn("acme-dev-outage"),
  OldStateValue: state === "OK" ? "ALARM" : "OK",
  OKActions: [topicArn("urgent")],
  AlarmActions: [topicArn("urgent")],
  InsufficientDataActions: [],
  AlarmRule: 'ALARM("acme-dev-dead-letters") OR ALARM("acme-dev-oldest-message")',
  TriggeringChildren: [
    {
      Arn: arn("acme-dev-dead-letters"),
      State: { Value: state, Timestamp: "2026-01-31T10:20:30.000+0000" },
    },
  ],
});

const event = (topic: string, message: unknown) => ({
  Records: [
    {
      EventSource: "aws:sns",
      EventVersion: "1.0",
      EventSubscriptionArn: `${topicArn(topic)}:1`,
      Sns: {
        Type: "Notification",
        MessageId: "m-1",
        TopicArn: topicArn(topic),
        Subject: "ALARM",
        Message: typeof message === "string" ? message : JSON.stringify(message),
        Timestamp: "2026-01-31T10:20:31.000Z",
        MessageAttributes: {},
      },
    },
  ],
});

type Services = Awaited<ReturnType<typeof startAlertServices>>;
let services: Services;

beforeEach(async () => {
  services = await startAlertServices();
  services.secretsManager.secrets.set("pd", JSON.stringify({ routingKey }));
  services.secretsManager.secrets.set("sn", JSON.stringify(serviceNowUser));
});
afterEach(() => services.stop());

const variables = ({ pagerDuty, serviceNow }: Services) => ({
  URGENT_TOPIC_ARN: topicArn("urgent"),
  PAGER_DUTY_SECRET_ARN: "pd",
  PAGER_DUTY_URL: pagerDuty.url,
  SERVICE_NOW_SECRET_ARN: "sn",
  SERVICE_NOW_URL: serviceNow.url,
});

describe("the built notifier", () => {
  let running: RunningFunction;
  const lines: string[] = [];
  beforeAll(async () => {
    await buildFunctionBundle({ projectRoot: process.cwd() });
  });
  beforeEach(async () => {
    const { path } = await buildFunctionBundle({ projectRoot: process.cwd() });
    lines.length = 0;
    running = await startFunction({
      functionName: "acme-dev-notifier",
      arn: "arn:aws:lambda:eu-central-1:111111111111:function:acme-dev-notifier",
      zipPath: path,
      handler: "notify.handler",
      variables: variables(services),
      extraVariables: {
        AWS_ENDPOINT_URL: services.secretsManager.url,
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
      },
      timeoutSeconds: 60,
      memoryMegabytes: 256,
      region: "eu-central-1",
      onLogLine: (line) => lines.push(line),
    });
  });
  afterEach(() => running.stop());

  it("opens an incident at PagerDuty for an urgent composite alarm, and resolves it when it is over", async () => {
    expect(await running.invoke(event("urgent", compositeAlarm("ALARM")))).toMatchObject({
      kind: "returned",
    });
    expect(await running.invoke(event("urgent", compositeAlarm("OK")))).toMatchObject({ kind: "returned" });

    const key = arn("acme-dev-outage");
    expect(services.pagerDuty.taken).toEqual([
      {
        routing_key: routingKey,
        event_action: "trigger",
        dedup_key: key,
        client: "Amazon CloudWatch",
        links: [{ href: `${runbook}#outage`, text: "Runbook" }],
        payload: {
          summary: expect.stringMatching(/^acme-dev-outage: Payloads are not taken/),
          source: key,
          severity: "critical",
          timestamp: "2026-01-31T10:20:30.123Z",
          component: 'ALARM("acme-dev-dead-letters") OR ALARM("acme-dev-oldest-message")',
          group: "111111111111",
          custom_details: {
            reason: expect.stringContaining("transitioned to ALARM"),
            alarms: ["acme-dev-dead-letters"],
          },
        },
      },
      { routing_key: routingKey, event_action: "resolve", dedup_key: key },
    ]);
    expect(services.serviceNow.requests()).toBe(0);
    // Read once, and kept for the next alarm.
    expect(services.secretsManager.reads).toEqual(["pd"]);
  });

  it("writes an event into ServiceNow for any other alarm, and clears it when it is over", async () => {
    await running.invoke(event("tickets", metricAlarm("ALARM")));
    await running.invoke(event("tickets", metricAlarm("OK")));

    expect(services.serviceNow.taken).toMatchObject([
      {
        source: "Amazon CloudWatch",
        node: "acme-dev-records-latency",
        resource: "AWS/ApiGateway Latency",
        message_key: arn("acme-dev-records-latency"),
        severity: "4",
        time_of_event: "2026-01-31 10:20:30",
        description: expect.stringContaining("Threshold Crossed"),
      },
      { message_key: arn("acme-dev-records-latency"), severity: "0", resolution_state: "Closing" },
    ]);
    expect(JSON.parse(services.serviceNow.taken[0].additional_info).runbook).toBe(
      `${runbook}#records-latency`,
    );
    expect(services.pagerDuty.requests()).toBe(0);
  });

  it("tries a busy or failing service again", async () => {
    services.pagerDuty.behave({ status: 429, retryAfter: "1" }, { status: 503 });

    const result = await running.invoke(event("urgent", compositeAlarm("ALARM")));

    expect(result.kind).toBe("returned");
    expect(services.pagerDuty.requests()).toBe(3);
    expect(services.pagerDuty.taken).toHaveLength(1);
  });

  it("fails where nobody takes it, so that Lambda tries again and keeps it, and logs no secret", async () => {
    services.secretsManager.secrets.set(
      "sn",
      JSON.stringify({ ...serviceNowUser, password: "wrong-password" }),
    );

    const result = await running.invoke(event("tickets", metricAlarm("ALARM")));

    expect(result).toMatchObject({
      kind: "failed",
      errorType: "DeliveryError",
      errorMessage: "ServiceNow did not accept the alarm: status 401",
    });
    // A refusal stays one.
    expect(services.serviceNow.requests()).toBe(1);
    await until(() => expect(lines.join("\n")).toContain("alarm not delivered"));
    const logged = lines.join("\n") + JSON.stringify(result);
    for (const secret of ["wrong-password", serviceNowUser.username, routingKey, "Basic "]) {
      expect(logged).not.toContain(secret);
    }
  });
});

const pauses: number[] = [];

/** The same code in this process, without pauses. */
function notifier(overrides: Partial<ReturnType<typeof variables>> = {}, sendOptions: SendOptions = {}) {
  const environment = Object.fromEntries(
    Object.entries({ ...variables(services), ...overrides }).filter(([, value]) => value !== undefined),
  ) as ReturnType<typeof variables>;
  const { secrets } = services.secretsManager;
  const client = {
    send: async ({ input }: { input: { SecretId: string } }) => ({
      SecretString: secrets.get(input.SecretId),
    }),
  };
  return createNotifierHandler({
    environment,
    secrets: createSecrets(client as never),
    sendOptions: {
      timeoutMilliseconds: 60_000,
      sleep: async (milliseconds) => void pauses.push(milliseconds),
      ...sendOptions,
    },
  });
}

describe(createNotifierHandler, () => {
  beforeEach(() => {
    pauses.length = 0;
    for (const level of ["info", "error"] as const)
      vi.spyOn(console, level).mockImplementation(() => undefined);
  });
  afterEach(() => vi.restoreAllMocks());

  it("tells the one that is set up of everything", async () => {
    await notifier({ PAGER_DUTY_SECRET_ARN: undefined as never })(
      event("urgent", compositeAlarm("ALARM")) as never,
    );
    await notifier({ SERVICE_NOW_URL: undefined as never })(event("tickets", metricAlarm("ALARM")) as never);

    expect(services.serviceNow.taken).toMatchObject([{ node: "acme-dev-outage", severity: "1" }]);
    expect(services.pagerDuty.taken).toMatchObject([{ payload: { severity: "warning" } }]);
  });

  it("gives up on a service that stays silent after three attempts", async () => {
    const timeouts = virtualTimeouts();
    services.pagerDuty.behave("silent", "silent", "silent");

    const told = notifier(
      {},
      { timeoutMilliseconds: 100 },
    )(event("urgent", compositeAlarm("ALARM")) as never).catch((error) => error);
    for (const attempt of [1, 2, 3]) {
      await until(() => expect(services.pagerDuty.requests()).toBe(attempt));
      timeouts.pass();
    }

    expect((await told).message).toBe("PagerDuty did not accept the alarm: TimeoutError");
    expect(timeouts.asked).toEqual([100, 100, 100]);
    expect(services.pagerDuty.requests()).toBe(3);
  });

  it.each([
    [
      "failing",
      [{ status: 500 }, { status: 502 }, { status: 503 }] as const,
      "PagerDuty did not accept the alarm: status 503",
    ],
    [
      "busy",
      [{ status: 429 }, { status: 429 }, { status: 429 }] as const,
      "PagerDuty did not accept the alarm: status 429",
    ],
  ])("gives up on a service that stays %s after three attempts", async (_, behaviours, message) => {
    services.pagerDuty.behave(...behaviours);

    await expect(notifier()(event("urgent", compositeAlarm("ALARM")) as never)).rejects.toThrow(message);
    expect(services.pagerDuty.requests()).toBe(3);
  });

  it("gives up on a service that is not there", async () => {
    await expect(
      notifier({ PAGER_DUTY_URL: "http://127.0.0.1:9" })(event("urgent", compositeAlarm("ALARM")) as never),
    ).rejects.toThrow("PagerDuty did not accept the alarm: ");
  });

  it("waits for as long as a service asks for, and else longer each time", async () => {
    services.pagerDuty.behave({ status: 503 }, { status: 429, retryAfter: "1" }, { status: 503 });

    await notifier({}, { attempts: 4 })(event("urgent", compositeAlarm("ALARM")) as never);

    expect(pauses).toEqual([500, 1_000, 2_000]);
    expect(services.pagerDuty.taken).toHaveLength(1);
  });

  it("waits no longer than it may, whatever an answer asks for", async () => {
    services.pagerDuty.behave({ status: 429, retryAfter: "3600" });

    await notifier({}, { maxPauseMilliseconds: 5 })(event("urgent", compositeAlarm("ALARM")) as never);

    expect(pauses).toEqual([5]);
    expect(services.pagerDuty.taken).toHaveLength(1);
  });

  it("reads a secret again once it was wrong", async () => {
    services.secretsManager.secrets.set("pd", "not JSON");
    const handler = notifier();

    await expect(handler(event("urgent", compositeAlarm("ALARM")) as never)).rejects.toThrow(
      "The secret pd does not have the expected fields: (JSON)",
    );
    services.secretsManager.secrets.set("pd", JSON.stringify({ routingKey }));
    await handler(event("urgent", compositeAlarm("ALARM")) as never);

    expect(services.pagerDuty.taken).toHaveLength(1);
  });

  it("tells of no alarm that only lacks data", async () => {
    await notifier()(event("urgent", compositeAlarm("INSUFFICIENT_DATA")) as never);

    expect(services.pagerDuty.requests() + services.serviceNow.requests()).toBe(0);
  });

  it("tells of every record, and fails where one could not be told", async () => {
    services.serviceNow.behave({ status: 400 });
    const both = {
      Records: [
        ...event("tickets", metricAlarm("ALARM")).Records,
        ...event("urgent", compositeAlarm("ALARM")).Records,
      ],
    };

    await expect(notifier()(both as never)).rejects.toThrow(
      "ServiceNow did not accept the alarm: status 400",
    );
    expect(services.pagerDuty.taken).toHaveLength(1);
  });
});

describe(parseAlarmChange, () => {
  it.each([
    ["no JSON", "hello", "(message)"],
    ["no alarm", '{"Subject":"x"}', "AlarmName, AlarmArn"],
    ["an unknown state", JSON.stringify(metricAlarm("BROKEN")), "NewStateValue"],
  ])("refuses %s without its text", (_, message, places) => {
    expect(() => parseAlarmChange(message, "ticket")).toThrow(AlarmMessageError);
    expect(() => parseAlarmChange(message, "ticket")).toThrow(
      `The message describes no alarm. Missing or invalid: ${places}`,
    );
  });

  it("takes an alarm of metric math, without description or reason", () => {
    const { AlarmDescription: _, NewStateReason: __, ...rest } = metricAlarm("ALARM");
    const math = { ...rest, Trigger: { Period: 300, Metrics: [] } };

    expect(parseAlarmChange(JSON.stringify(math), "ticket")).toMatchObject({
      description: "",
      reason: "",
      watches: "metric math",
      severity: "ticket",
    });
  });
});

describe(incidentKey, () => {
  it("is as long as both services take", () => {
    const long = parseAlarmChange(
      JSON.stringify({ ...metricAlarm("ALARM"), AlarmArn: arn("x".repeat(255)) }),
      "ticket",
    );

    expect(incidentKey(long)).toMatch(/^[0-9a-f]{64}$/);
    expect(incidentKey(long)).toBe(incidentKey({ ...long, state: "OK" }));
  });
});
