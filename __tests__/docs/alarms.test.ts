import { App, DefaultTokenResolver, StringConcat, TerraformStack, Tokenization } from "cdktf";
import { describe, expect, it } from "vitest";
import { resourceNames } from "../../contract/resource-names.ts";
import { LOG_METRICS_NAMESPACE, METRICS_NAMESPACE } from "../../domain/names.ts";
import { alarms } from "../../env/alarm-fields.ts";
import type { AlarmDefinition } from "../../stacks/ingestion/observation/alarm-definition.ts";
import { alarmDefinitions } from "../../stacks/ingestion/observation/alarm-definitions.ts";
import type { Metric } from "../../stacks/ingestion/observation/metric.ts";
import { stacks } from "../support/fixture-stacks.ts";
import { code, expectReferencePage, table } from "../support/reference-page.ts";
import { resources } from "../support/synthesize.ts";

/** Numbers that stand for a setting wherever they appear in a definition. */
const settingOf = new Map<string, string>();
function markOf(setting: string): number {
  const mark = 7_000_001 + settingOf.size;
  settingOf.set(String(mark), setting);
  return mark;
}

const defaults = alarms.parse({});
const thresholds = {
  ...defaults,
  oldestMessageSeconds: markOf("oldestMessageSeconds"),
  functionErrorPercent: markOf("functionErrorPercent"),
  durationPercent: markOf("durationPercent"),
  memoryPercent: markOf("memoryPercent"),
  serverErrorPercent: markOf("serverErrorPercent"),
  clientErrorPercent: markOf("clientErrorPercent"),
  latencyMilliseconds: markOf("latencyMilliseconds"),
  rejectedPercent: markOf("rejectedPercent"),
  minimumRequests: markOf("minimumRequests"),
  proxyLogGroupName: "proxy",
} satisfies typeof defaults;

const fromLogs = (metricName: string) => ({ namespace: LOG_METRICS_NAMESPACE, metricName });
const functionOf = (name: "apiFunction" | "queueFunction" | "sweepFunction") => ({
  functionName: resourceNames("<namePrefix>")[name],
  timeoutSeconds: markOf("timeoutSeconds"),
  memoryMb: markOf("memoryMb"),
  maxMemoryUsed: fromLogs("MaxMemoryUsed"),
});

const definitions = alarmDefinitions(
  {
    queueName: "queue",
    deadLetterQueueName: "dead-letter",
    mappingUuid: "mapping",
    tableName: "table",
    functions: {
      "api-function": functionOf("apiFunction"),
      "queue-function": functionOf("queueFunction"),
      "sweep-function": functionOf("sweepFunction"),
    },
    apis: {
      "<api>": {
        apiName: "api",
        stageName: "stage",
        clientErrors: fromLogs("ClientErrors"),
        tooLarge: fromLogs("TooLarge"),
      },
    },
    proxyTooLarge: fromLogs("TooLarge"),
    sweepEveryMinutes: markOf("sweep.everyMinutes"),
  },
  { thresholds, notifierDeadLetterQueueName: "notifier-dead-letter" },
);

const scope = new TerraformStack(new App(), "alarms");
const resolver = new DefaultTokenResolver(new StringConcat());
const textOf = (value: number | string) =>
  String(Tokenization.resolve(value, { scope, resolver, preparing: false }));

/** Of the composite alarm, which is not among the definitions. */
const [outage] = resources(stacks.dev, "aws_cloudwatch_composite_alarm");
const outageDescription = String(outage?.["alarm_description"]).replace(/ \$\{.*/, "");

const link = ({ id, section = id }: Pick<AlarmDefinition, "id" | "section">) =>
  `[${code(id)}](../operations.md#${section})`;
/** GitHub takes angle brackets outside of code for HTML. */
const prose = (text: string) => text.replaceAll(/<[\w<>-]+/g, code);
const kindOf = ({ severity }: AlarmDefinition) => (severity === "urgent" ? "urgent" : "ticket");

/** The settings whose numbers an expression has. */
function settingsIn(text: string): string[] {
  return [...text.matchAll(/7\d{6}/g)].map(([mark]) => settingOf.get(mark) ?? expect.fail(mark));
}

/** One metric, or several with the expression that alarms take for them. */
function metricText(definition: AlarmDefinition): string {
  if ("metric" in definition) return nameOf(definition.metric);
  const { metrics, expression } = definition;
  const names = Object.entries(metrics).toSorted(([a], [b]) => b.length - a.length);
  // A share without traffic is 0, and a metric without data too: both are said once, above the table.
  const plain = textOf(expression)
    .replace(/^IF\((.*) (?:>|>=) \d+, (.*), 0\)$/, "$2")
    .replaceAll(/FILL\((\w+), 0\)/g, "$1")
    .replace(/^100 \* /, "");
  const named = names.reduce(
    (text, [name, metric]) => text.replaceAll(new RegExp(`\\b${name}\\b`, "g"), code(metric.metricName)),
    plain,
  );
  // Both functions count outcomes.
  return withoutRepeats(named);
}

function withoutRepeats(sum: string): string {
  return sum.replaceAll(/\(([^()]*)\)/g, (group, terms: string) => {
    const different = [...new Set(terms.split(" + "))];
    if (terms.includes(" - ")) return group;
    return different.length === 1 ? different.join() : `(${different.join(" + ")})`;
  });
}

const nameOf = ({ metricName }: Pick<Metric, "metricName">) => code(metricName);

function sourceOf(definition: AlarmDefinition): string {
  const all = "metric" in definition ? [definition.metric] : Object.values(definition.metrics);
  const namespaces = [...new Set(all.map(({ namespace }) => namespace))];
  return namespaces.map((name) => code(name.replace(METRICS_NAMESPACE, "<Collection>"))).join(", ");
}

function statisticOf(definition: AlarmDefinition): string {
  const all = "metric" in definition ? [definition.metric] : Object.values(definition.metrics);
  return [...new Set(all.map(({ stat }) => stat))].join(", ");
}

/** Its unit, from the name of the setting. */
function unitOf(setting: string): string {
  const [, unit = ""] = /(Seconds|Milliseconds|Percent)$/.exec(setting) ?? [];
  return unit === "" ? "" : ` ${unit.toLowerCase()}`;
}

function thresholdText({ threshold, below }: AlarmDefinition): string {
  const sign = below ? "below" : "above";
  const settings = settingsIn(textOf(threshold));
  const own = settings.find((name) => name in defaults);
  if (own === undefined) return `${sign} ${textOf(threshold)}`;
  const of = settings.includes("timeoutSeconds")
    ? " of the timeout"
    : settings.includes("memoryMb")
      ? " of the memory"
      : "";
  return `${sign} ${defaults[own as keyof typeof defaults]}${unitOf(own)}${of}`;
}

function settingText(definition: AlarmDefinition): string {
  const expression = "expression" in definition ? textOf(definition.expression) : "";
  const names = settingsIn(`${textOf(definition.threshold)} ${expression}`);
  const own = names.filter((name) => name in defaults);
  return own.map((name) => code(`alarms.${name}`)).join(", ");
}

function periodText({ periodSeconds, periods: [bad, of] }: AlarmDefinition): string {
  const text = textOf(periodSeconds);
  const [setting] = settingsIn(text);
  const period = setting === undefined ? `${Number(text) / 60} minutes` : code(setting);
  return `${bad} of ${of}, each ${period}`;
}

describe("docs/reference/alarms.md", () => {
  it("has every alarm", async () => {
    const breaching = definitions.filter(({ missing }) => missing === "breaching").map(({ id }) => code(id));
    expect(definitions.length).toBeGreaterThan(20);

    await expectReferencePage("alarms.md", [
      "# Alarms",
      "The CloudWatch alarms of an environment: what each means, and what it measures. Each alarm links to its section of [Operate](../operations.md), which says what to do.",
      "The name of an alarm is `<namePrefix>-<alarm>`. Each API has its own alarms `<api>-…`. `proxy-too-large` exists if `alarms.proxyLogGroupName` is set, `notifier-dead-letters` if alerts go to PagerDuty or ServiceNow.",
      "An **urgent** alarm sends no notification itself. The composite alarm `outage` sends one, and is raised while at least one urgent alarm is raised. Each **ticket** alarm sends its own notification. The setting `alerts` sets who receives them.",
      "## What each alarm means",
      table(
        ["alarm", "kind", "meaning"],
        [
          [link({ id: "outage" }), "urgent", outageDescription],
          ...definitions.map((each) => [link(each), kindOf(each), prose(each.description)]),
        ],
      ),
      "## What each alarm measures",
      `An alarm with a threshold in percent is not raised in a period without traffic. If it has the setting \`alarms.minimumRequests\`, it needs at least that many requests in the period (default: ${defaults.minimumRequests}). Missing data raises no alarm, except ${breaching.join(", ")}. \`<Collection>\` stands for the collection of the domain, in upper camel case. All settings are in \`env/<environment>.ts\`; each \`alarms.\` setting is also a Terraform variable.`,
      table(
        ["alarm", "metric", "namespace", "statistic", "raised", "setting", "periods"],
        definitions.map((each) => [
          code(each.id),
          metricText(each),
          sourceOf(each),
          statisticOf(each),
          thresholdText(each),
          settingText(each),
          periodText(each),
        ]),
      ),
    ]);
  });
});
