import { PutObjectCommand } from "@aws-sdk/client-s3";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, it } from "vitest";
import { createClient } from "../../../cli/demo/client.ts";
import { createDemoSample } from "../../../cli/demo/sample.ts";
import { CALLER_HEADER, SHARED_CALLER } from "../../../contract/keys.ts";
import { resourceNames } from "../../../contract/resource-names.ts";
import { domain } from "../../../domain/domain.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../../domain/names.ts";
import { createClients, queueUrlOf } from "../../../emulator/aws/clients.ts";
import { startEmbeddedAws } from "../../../emulator/aws/embedded-aws.ts";
import { collectMetrics, type MetricCollector } from "../../../emulator/cloudwatch/collect-metrics.ts";
import { alarmsRaised } from "../../../emulator/cloudwatch/evaluate-alarms.ts";
import { describeStack, type StackDescription } from "../../../emulator/describe-stack.ts";
import { type RunningStack, runStack, type StackEvent } from "../../../emulator/run-stack.ts";
import { type ResolvedStack, resolveStack } from "../../../emulator/terraform/resolve-stack.ts";
import { loadEnvironment, synthesizedStack } from "../../support/environments.ts";
import { type FaultProxy, startFaultProxy } from "../../support/fault-proxy.ts";
import { until } from "../../support/until.ts";

const { namePrefix } = loadEnvironment("dev");
const names = resourceNames(namePrefix);

const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) await stop();
});

/** dev on this machine, with what CloudWatch would see of it. */
interface Observed {
  readonly resolved: ResolvedStack;
  readonly stack: StackDescription;
  readonly running: RunningStack;
  readonly faults: FaultProxy;
  readonly collector: MetricCollector;
  readonly events: readonly StackEvent[];
  /** Ids of the alarms whose condition is true, as of so many seconds from now. */
  raised(secondsLater?: number): Promise<string[]>;
}

/** Few requests say enough, and no request is slow because this machine is. */
const forTests = { alarm_minimum_requests: 5, alarm_latency_milliseconds: 29_000 };

interface ObserveOptions {
  readonly variables?: Record<string, unknown>;
  readonly change?: (stack: StackDescription) => StackDescription;
  /** Whether S3 tells of new objects. */
  readonly notify?: boolean;
  /** Whether the sweep runs, once, before anything happens. */
  readonly sweep?: boolean;
}

async function observe({
  variables = {},
  change = (stack) => stack,
  notify = true,
  sweep = true,
}: ObserveOptions = {}): Promise<Observed> {
  const resolved = await resolveStack(synthesizedStack("dev"), { ...forTests, ...variables });
  const stack = change(describeStack(resolved));
  const collector = collectMetrics(resolved);
  const events: StackEvent[] = [];
  const onEvent = (event: StackEvent) => {
    events.push(event);
    collector.observe(event);
  };
  const embedded = await startEmbeddedAws({
    region: stack.region,
    accountId: stack.accountId,
    onNotification: (bucket, key, queueArn) => onEvent({ kind: "notification", bucket, key, queueArn }),
    onError: (error) => onEvent({ kind: "error", error }),
  });
  stops.push(() => embedded.stop());
  const faults = await startFaultProxy(embedded.endpoint);
  stops.push(() => faults.stop());
  const running = await runStack({ stack, endpoint: faults.url, port: 0, onEvent });
  stops.push(() => running.stop());
  if (notify) await embedded.configureNotifications(stack.notifications);
  if (sweep) await runSweep({ stack, running });
  return {
    resolved,
    stack,
    running,
    faults,
    collector,
    events,
    async raised(secondsLater = 0) {
      await observeQueues(stack, embedded.endpoint, collector);
      collector.observeAges(Date.now() + secondsLater * 1_000);
      return alarmsRaised(resolved, collector.store).map(({ name }) => name.replace(`${namePrefix}-`, ""));
    },
  };
}

async function observeQueues(stack: StackDescription, endpoint: string, collector: MetricCollector) {
  const clients = createClients(stack.region, endpoint);
  try {
    for (const { name, arn } of stack.queues) {
      const QueueUrl = await queueUrlOf(clients.sqs, arn);
      collector.observeQueue(QueueUrl === undefined ? "" : name, await visibleIn(clients, QueueUrl));
    }
  } finally {
    clients.destroy();
  }
}

async function visibleIn({ sqs }: ReturnType<typeof createClients>, QueueUrl: string): Promise<number> {
  const { GetQueueAttributesCommand } = await import("@aws-sdk/client-sqs");
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
  );
  return Number(Attributes?.["ApproximateNumberOfMessages"]);
}

async function runSweep({ stack, running }: Pick<Observed, "stack" | "running">): Promise<void> {
  const sweep = stack.functions.find(({ functionName }) => functionName.endsWith("-sweep"));
  await running.invoke(sweep?.arn ?? "", { source: "aws.events", "detail-type": "Scheduled Event" });
}

/** Objects look two hours old to whoever lists them. */
async function runSweepLater(observed: Observed): Promise<void> {
  const old = new Date(Date.now() - 7_200_000).toISOString();
  observed.faults.fail(({ method, path }) =>
    method === "GET" && path.includes("list-type=2")
      ? { rewrite: (body) => body.replace(/<LastModified>[^<]*/g, `<LastModified>${old}`) }
      : undefined,
  );
  await runSweep(observed);
}

/** One API by itself, whatever the size of the payload. */
const apiOf = ({ running }: Observed, name: string) =>
  createClient(`${running.apisUrl}/apis/${name}/v1`, { [CALLER_HEADER]: SHARED_CALLER });

/** Until the queue function has ended so many payloads, well or not. */
async function processed({ events }: Observed, count: number): Promise<void> {
  await until(() => {
    const ends = events.filter(
      (event) =>
        (event.kind === "log" || event.kind === "invocation") &&
        event.functionName === names.queueFunction &&
        (event.kind === "log"
          ? /"(submission finished|message failed)"/.test(event.line)
          : event.errorType !== undefined),
    );
    expect(ends.length).toBeGreaterThanOrEqual(count);
  });
}

const small = (title: string) => createDemoSample(title, 2_000);
/** Without what the contract asks for. */
const invalid = () => JSON.stringify({ ...small("a").record, [domain.listedBy]: 7 });

/** One payload, taken by the large API and stored, and the path of its document. */
async function store(observed: Observed, item: string): Promise<string> {
  const sample = small(item);
  expect((await apiOf(observed, LARGE_API).send("POST", `${SHARED_PATH}/${item}`, sample.body)).status).toBe(
    202,
  );
  await processed(observed, 1);
  return `${SHARED_PATH}/${item}/documents/${sample.files[0]?.sha256}`;
}

describe("a running stack, as CloudWatch sees it", () => {
  it("raises no alarm while all is well", async () => {
    const observed = await observe();
    const [smallApi, large] = [apiOf(observed, SMALL_API), apiOf(observed, LARGE_API)];

    for (let index = 0; index < 10; index += 1) {
      expect(
        (await smallApi.send("POST", `${SHARED_PATH}/small-${index}`, small(`${index}`).body)).status,
      ).toBe(201);
    }
    const document = await store(observed, "large");
    expect((await large.send("GET", document)).status).toBe(200);
    expect((await smallApi.send("GET", `${SHARED_PATH}/none`)).status).toBe(404);

    expect(await observed.raised()).toEqual([]);
  });

  it.each<
    [
      fault: string,
      expected: string[],
      options: ObserveOptions,
      cause: (observed: Observed) => Promise<unknown>,
    ]
  >([
    [
      "a caller sends what the API refuses",
      [`${SMALL_API}-client-errors`],
      {},
      async (observed) => {
        for (let index = 0; index < 5; index += 1) {
          expect((await apiOf(observed, SMALL_API).send("GET", SHARED_PATH)).status).toBe(400);
        }
      },
    ],
    [
      "a sender's payloads break the contract",
      ["rejected-submissions"],
      {},
      async (observed) => {
        for (let index = 0; index < 5; index += 1) {
          const body = invalid();
          await apiOf(observed, LARGE_API).send("POST", `${SHARED_PATH}/rejected-${index}`, body);
        }
        await processed(observed, 5);
      },
    ],
    [
      "a payload outgrows the API",
      [`${SMALL_API}-too-large`],
      {},
      async (observed) => {
        const answer = await apiOf(observed, SMALL_API).send(
          "POST",
          `${SHARED_PATH}/a`,
          "x".repeat(10_485_761),
        );
        expect(answer.status).toBe(413);
      },
    ],
    [
      "the table does not answer",
      [`${SMALL_API}-server-errors`, "outage"],
      {},
      async (observed) => {
        observed.faults.fail(({ service }) => (service === "dynamodb" ? { status: 500 } : undefined));
        const answer = await apiOf(observed, SMALL_API).send("POST", `${SHARED_PATH}/a`, small("a").body);
        expect(answer.status).toBeGreaterThanOrEqual(500);
      },
    ],
    [
      "S3 does not take payloads",
      [`${LARGE_API}-server-errors`, "outage"],
      {},
      async (observed) => {
        observed.faults.fail(({ method, path }) =>
          method === "PUT" && path.includes("/incoming/") ? { status: 500 } : undefined,
        );
        const answer = await apiOf(observed, LARGE_API).send("POST", `${SHARED_PATH}/a`, small("a").body);
        expect(answer.status).toBe(502);
      },
    ],
    [
      "the queue function cannot start",
      ["queue-function-errors", "outage"],
      { change: without(names.queueFunction, "TABLE_NAME") },
      async (observed) => {
        await apiOf(observed, LARGE_API).send("POST", `${SHARED_PATH}/a`, small("a").body);
        await processed(observed, 1);
      },
    ],
    [
      "the API function cannot start, which its API shows too",
      ["api-function-errors", `${SMALL_API}-server-errors`, "outage"],
      { change: without(names.apiFunction, "TABLE_NAME") },
      async (observed) => {
        expect((await apiOf(observed, SMALL_API).send("GET", `${SHARED_PATH}/a`)).status).toBe(502);
      },
    ],
    [
      "a payload ends in the dead-letter queue",
      ["dead-letters", "outage"],
      {},
      async ({ stack, running }) => {
        const clients = createClients(stack.region, running.endpoint);
        const deadLetters = stack.queues.find(({ name }) => name.endsWith("-dead-letter"));
        const QueueUrl = await queueUrlOf(clients.sqs, deadLetters?.arn ?? "");
        await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "{}" }));
        clients.destroy();
      },
    ],
    [
      "something behind the queue function fails",
      ["failed-messages"],
      {},
      async (observed) => {
        observed.faults.fail(({ service }) => (service === "dynamodb" ? { status: 500 } : undefined));
        await apiOf(observed, LARGE_API).send("POST", `${SHARED_PATH}/a`, small("a").body);
        await processed(observed, 1);
      },
    ],
    [
      "S3 loses an event, and the sweep finds the object",
      ["unprocessed-objects", "outage"],
      { notify: false },
      async (observed) => {
        await apiOf(observed, LARGE_API).send("POST", `${SHARED_PATH}/a`, small("a").body);
        await runSweepLater(observed);
        await processed(observed, 1);
      },
    ],
    [
      "somebody makes a folder in the intake bucket",
      ["foreign-objects"],
      {},
      async (observed) => {
        const { s3, destroy } = createClients(observed.stack.region, observed.running.endpoint);
        const Bucket = loadEnvironment("dev").buckets.intake.name;
        await s3.send(new PutObjectCommand({ Bucket, Key: "incoming/2026/", Body: "" }));
        destroy();
        await runSweepLater(observed);
      },
    ],
    [
      "the sweep does not run",
      ["sweep-silent"],
      { sweep: false },
      async (observed) => {
        await apiOf(observed, SMALL_API).send("GET", `${SHARED_PATH}/none`);
      },
    ],
    [
      "a backend is slow",
      [`${LARGE_API}-latency`],
      { variables: { alarm_latency_milliseconds: 1_500 } },
      async (observed) => {
        const document = await store(observed, "a");
        observed.faults.fail(({ method, path }) =>
          method === "GET" && path.includes("/documents/") ? { delayMilliseconds: 1_600 } : undefined,
        );
        expect((await apiOf(observed, LARGE_API).send("GET", document)).status).toBe(200);
      },
    ],
    [
      "a function comes near its timeout",
      ["api-function-duration"],
      // Far from its timeout in truth, so that a slow machine does not take it there.
      { variables: { api_function_timeout_seconds: 14, alarm_duration_percent: 10 } },
      async (observed) => {
        observed.faults.fail(({ service }) =>
          service === "dynamodb" ? { delayMilliseconds: 1_500 } : undefined,
        );
        expect((await apiOf(observed, SMALL_API).send("GET", `${SHARED_PATH}/none`)).status).toBe(404);
      },
    ],
    [
      "functions come near their memory",
      ["api-function-memory", "queue-function-memory", "sweep-function-memory"],
      { variables: { alarm_memory_percent: 5 } },
      async (observed) => {
        expect((await apiOf(observed, SMALL_API).send("GET", `${SHARED_PATH}/none`)).status).toBe(404);
      },
    ],
  ])("raises exactly its alarm when %s", async (_, expected, options, cause) => {
    const observed = await observe(options);

    await cause(observed);

    await until(async () => expect(await observed.raised()).toEqual(expect.arrayContaining(expected)));
    expect((await observed.raised()).toSorted()).toEqual(expected.toSorted());
  });

  it("raises exactly its alarm when nobody reads the queue", async () => {
    const observed = await observe({ change: (stack) => ({ ...stack, eventSourceMappings: [] }) });

    await apiOf(observed, LARGE_API).send("POST", `${SHARED_PATH}/a`, small("a").body);
    await until(() => expect(observed.events.some(({ kind }) => kind === "notification")).toBe(true));

    expect(await observed.raised()).toEqual([]);
    expect(await observed.raised(1_200)).toEqual(["oldest-message", "outage"]);
  });
});

/** A function that lacks a variable of its own. */
function without(functionName: string, variable: string) {
  return (stack: StackDescription): StackDescription => ({
    ...stack,
    functions: stack.functions.map((each) => {
      if (each.functionName !== functionName) return each;
      const { [variable]: _, ...variables } = each.variables;
      return { ...each, variables };
    }),
  });
}
