import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { createClient } from "../../../cli/demo/client.ts";
import { createDemoSample } from "../../../cli/demo/sample.ts";
import { CALLER_HEADER, SHARED_CALLER } from "../../../contract/keys.ts";
import type { IngestionMetric } from "../../../contract/metrics.ts";
import { domain } from "../../../domain/domain.ts";
import { METRIC_SOURCES } from "../../../domain/metric-sources.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../../domain/names.ts";
import { collectMetrics, type MetricCollector } from "../../../emulator/cloudwatch/collect-metrics.ts";
import { describeStack } from "../../../emulator/describe-stack.ts";
import { runStack } from "../../../emulator/run-stack.ts";
import { type ResolvedStack, resolveStack } from "../../../emulator/terraform/resolve-stack.ts";
import { drawDashboard, placeOf, type Widget } from "../../support/dashboard/draw-dashboard.ts";
import { exampleTitles } from "../../support/dashboard/example-values.ts";
import { type Box, textBoxes, textWidth } from "../../support/dashboard/svg-text.ts";
import { synthesizedStack } from "../../support/environments.ts";

// biome-ignore lint/suspicious/noExplicitAny: resolved configuration that the tests know the shape of
type Json = any;

let resolved: ResolvedStack;
let collector: MetricCollector;
/** What the functions logged, as objects. */
const logged: Json[] = [];

/** One run of everything that has a metric: stored, unchanged, superseded, rejected, deleted, swept. */
beforeAll(async () => {
  resolved = await resolveStack(synthesizedStack("dev"));
  collector = collectMetrics(resolved);
  const stack = describeStack(resolved);
  const running = await runStack({
    stack,
    port: 0,
    onEvent(event) {
      collector.observe(event);
      if (event.kind === "log") logged.push(JSON.parse(event.line));
    },
  });
  try {
    const client = createClient(running.url);
    const identity = { [CALLER_HEADER]: SHARED_CALLER };
    const large = createClient(`${running.apisUrl}/apis/${LARGE_API}/v1`, identity);
    const small = createDemoSample("a", 2_000);
    for (const body of [
      small.body,
      small.body,
      JSON.stringify({ ...small.record, [domain.listedBy]: 7 }),
      "{",
    ]) {
      await client.send("POST", `${SHARED_PATH}/a`, body);
      const taken = await large.send("POST", `${SHARED_PATH}/b`, body);
      const { submissionId } = JSON.parse(taken.bytes.toString());
      await client.awaitOutcome("b", submissionId);
    }
    await client.send("DELETE", `${SHARED_PATH}/a`);
    // Of another payload: S3 refuses it.
    await fetch(`${running.apisUrl}/apis/${LARGE_API}/v1${SHARED_PATH}/c`, {
      method: "POST",
      body: small.body,
      headers: { ...identity, "content-type": "application/json", "x-amz-checksum-crc32": "AAAAAA==" },
    });
    await client.send("GET", SHARED_PATH);
    for (const { arn, functionName } of stack.functions) {
      if (functionName.endsWith("-sweep")) await running.invoke(arn, {});
    }
    for (const { name } of stack.queues) collector.observeQueue(name, 0);
    collector.observeAges(Date.now());
  } finally {
    await running.stop();
  }
}, 120_000);

const valuesOf = (type: string): Json[] =>
  resolved.resources.filter((resource) => resource.type === type).map(({ values }) => values);
const dashboard = (): Json => valuesOf("aws_cloudwatch_dashboard")[0];
const widgets = (): Widget[] => JSON.parse(dashboard().dashboard_body).widgets;
const picture = (): string => drawDashboard(dashboard().dashboard_name, widgets());

/** Namespace, name and dimensions of every metric that alarms or the dashboard name. */
function namedMetrics(): string[] {
  const inAlarms = valuesOf("aws_cloudwatch_metric_alarm").flatMap((alarm) =>
    [alarm, ...(alarm.metric_query ?? []).map(({ metric }: Json) => metric)]
      .filter((metric) => metric?.metric_name)
      .map(({ namespace, metric_name, dimensions }) => [namespace, metric_name, dimensions ?? {}] as const),
  );
  const inGraphs = widgets()
    .filter(({ type }) => type === "metric")
    .flatMap(({ properties }) => properties.metrics)
    .map(
      ([namespace, metricName, ...rest]: Json[]) =>
        [namespace, metricName, pairs(rest.slice(0, -1))] as const,
    );
  return [...new Set([...inAlarms, ...inGraphs].map(keyOf))];
}

function pairs(flat: string[]): Record<string, string> {
  return Object.fromEntries(
    flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? ""]] : [])),
  );
}

function keyOf([namespace, metricName, dimensions]: readonly [
  string,
  string,
  Record<string, string>,
]): string {
  return JSON.stringify([namespace, metricName, Object.entries(dimensions).toSorted()]);
}

/**
 * What AWS publishes and nothing here produces, with its dimensions.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
const published: Readonly<Record<string, readonly string[]>> = {
  "AWS/DynamoDB ReadThrottleEvents": ["TableName"],
  "AWS/DynamoDB WriteThrottleEvents": ["TableName"],
  "AWS/DynamoDB ConsumedReadCapacityUnits": ["TableName"],
  "AWS/DynamoDB ConsumedWriteCapacityUnits": ["TableName"],
  "AWS/S3 BucketSizeBytes": ["BucketName", "StorageType"],
  "AWS/SQS ApproximateNumberOfMessagesNotVisible": ["QueueName"],
};
/** Only where something went wrong, or a submission was overtaken: other tests produce them. */
const onlyInTrouble = ["FailedMessages", "TooLarge", "Superseded"];

describe("metrics that alarms and the dashboard name", () => {
  it("are those that the running stack emits, by name and dimensions", () => {
    const emitted = new Set(
      collector.store
        .identities()
        .map(({ namespace, metricName, dimensions }) => keyOf([namespace, metricName, dimensions])),
    );
    const missing = namedMetrics()
      .filter((key) => !emitted.has(key))
      .map((key): [string, string, [string, string][]] => JSON.parse(key))
      .filter(([, metricName]) => !onlyInTrouble.some((end) => metricName.endsWith(end)));

    const unknown = missing.filter(([namespace, metricName, dimensions]) => {
      const names = dimensions.map(([name]) => name);
      return JSON.stringify(published[`${namespace} ${metricName}`]) !== JSON.stringify(names);
    });
    expect(unknown).toEqual([]);
    expect(emitted.size).toBeGreaterThan(25);
  });

  it("are all that the functions emit", () => {
    const named = namedMetrics().join("\n");
    const own = collector.store
      .identities()
      .filter(({ namespace }) => namespace === METRIC_SOURCES.ingestion.namespace);

    // One is the sum of the others, one tells of what others sent, and a deletion is nobody's trouble.
    const unwatched: readonly string[] = [
      "IngestTime",
      "ForeignEvents",
      "Deleted",
      "FailedRequests",
    ] satisfies IngestionMetric[];
    expect(
      own
        .map(({ metricName }) => metricName)
        .filter((name) => !named.includes(`"${name}"`) && !unwatched.includes(name)),
    ).toEqual([]);
  });
});

describe("saved queries", () => {
  it("name fields that are in the logs", () => {
    const paths = new Set(logged.flatMap((entry) => fieldsOf(entry)));
    const settings = valuesOf("aws_api_gateway_stage").flatMap(({ access_log_settings }) =>
      Object.keys(JSON.parse([access_log_settings].flat()[0].format)),
    );
    const known = new Set([...paths, ...settings, ...namesOfErrors]);

    const named = valuesOf("aws_cloudwatch_query_definition").flatMap(
      ({ query_string }) =>
        String(query_string)
          .replace(/"[^"]*"/g, "")
          .match(/message\.\w+|(?<=fields .*)\b[a-z]\w+Latency\b|\bresourcePath\b|\bextendedRequestId\b/g) ??
        [],
    );
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

/** Fields of entries that this run, in which nothing fails and no plain file is sent, does not have; the functions' tests hold them. */
const namesOfErrors = [
  "message.fileId",
  "message.messageId",
  "message.errorName",
  "message.errorMessage",
  "message.correlationId",
];

function fieldsOf(entry: Json, prefix = ""): string[] {
  if (typeof entry !== "object" || entry === null) return [];
  return Object.entries(entry).flatMap(([key, value]) => [
    `${prefix}${key}`,
    ...fieldsOf(value, `${prefix}${key}.`),
  ]);
}

type Edges = Omit<Box, "content">;

function isInside(inner: Edges, outer: Edges): boolean {
  return (
    inner.left >= outer.left &&
    inner.right <= outer.right &&
    inner.top >= outer.top &&
    inner.bottom <= outer.bottom
  );
}

function overlap(a: Edges, b: Edges): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

describe("the dashboard", () => {
  it("shows the way of a payload from left to right, without overlaps, within the page", () => {
    const cells = widgets().flatMap(({ x, y, width, height }) =>
      Array.from(
        { length: width * height },
        (_, index) => `${x + (index % width)},${y + Math.floor(index / width)}`,
      ),
    );

    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...widgets().map(({ x, width }) => x + width))).toBe(24);
    expect(
      widgets()
        .filter(({ type }) => type === "text")
        .toSorted((a, b) => a.x - b.x)
        .map(({ properties }) => properties.markdown.split("\n")[0]),
    ).toEqual(["## 1 · Received", "## 2 · Waiting", "## 3 · Processed", "## 4 · Stored"]);
  });

  it("has titles that fit into a quarter of a laptop's page", () => {
    // Of 1,280 pixels; the widget's own buttons take 70.
    const room = 1_280 / 4 - 70;
    const graphs = widgets().filter(({ type }) => type === "metric");

    expect(graphs.length).toBeGreaterThan(12);
    expect(
      graphs
        .map(({ properties }) => properties.title)
        .filter((title) => textWidth(title, { size: 16, bold: true }) > room),
    ).toEqual([]);
  });

  it("looks as the picture in the documentation", async () => {
    await expect(picture()).toMatchFileSnapshot("../../../docs/dashboard.svg");
  });

  it("is drawn with every text inside its widget, and none over another", () => {
    const boxes = textBoxes(picture());
    const places = [{ left: 0, right: 960, top: 0, bottom: 36 }, ...widgets().map(placeOf)];

    expect(boxes.length).toBeGreaterThan(200);
    expect(boxes.filter((box) => !places.some((place) => isInside(box, place)))).toEqual([]);
    expect(
      boxes
        .flatMap((box, index) => boxes.slice(index + 1).map((other) => [box, other] as const))
        .filter(([box, other]) => overlap(box, other)),
    ).toEqual([]);
  });

  it("is drawn with examples of its own lines alone", () => {
    const lines = widgets()
      .filter(({ type }) => type === "metric")
      .flatMap(({ properties }) =>
        properties.metrics.map((metric: Json[]) => `${properties.title} / ${metric.at(-1).label}`),
      )
      .map((line) => line.replace(LARGE_API, "<collection>-large").replace(SMALL_API, "<collection>"));

    expect(exampleTitles().filter((title) => !lines.includes(title))).toEqual([]);
  });
});

describe("docs/operations.md", () => {
  it("has a section for every alarm, in every environment, to which the alarm's description leads", () => {
    const headings = [...readFileSync("docs/operations.md", "utf8").matchAll(/^### (\S+)$/gm)].map(
      (match) => match[1],
    );
    const alarms = [
      ...valuesOf("aws_cloudwatch_metric_alarm"),
      ...valuesOf("aws_cloudwatch_composite_alarm"),
    ];

    const sections = alarms.map(
      ({ alarm_description }) => / https:\/\/\S+\/docs\/operations\.md#(\S+)$/.exec(alarm_description)?.[1],
    );
    // Those of environments with a notifier, or with the proxy's log, come on top.
    expect(headings.toSorted()).toEqual(
      [...new Set(sections), "notifier-dead-letters", "proxy-too-large"].toSorted(),
    );
  });
});
