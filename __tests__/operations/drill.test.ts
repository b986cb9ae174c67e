import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createClient } from "../../cli/demo/client.ts";
import { createDemoSample } from "../../cli/demo/sample.ts";
import { createDrill, type Drill } from "../../cli/drill/drill.ts";
import { formatAlarmEvent } from "../../cli/format-alarm.ts";
import { openErrorLog, writeLocalRun } from "../../cli/local-run.ts";
import { CALLER_HEADER } from "../../contract/keys.ts";
import { ingestionStackName, LARGE_API, SHARED_PATH, SMALL_API } from "../../domain/names.ts";
import { type Clients, createClients, queueUrlOf } from "../../emulator/aws/clients.ts";
import { collectMetrics } from "../../emulator/cloudwatch/collect-metrics.ts";
import { alarmsRaised } from "../../emulator/cloudwatch/evaluate-alarms.ts";
import { type AlarmWatch, watchAlarms } from "../../emulator/cloudwatch/watch-alarms.ts";
import { describeStack, type StackDescription } from "../../emulator/describe-stack.ts";
import { type RunningStack, runStack } from "../../emulator/run-stack.ts";
import { type ResolvedStack, resolveStack } from "../../emulator/terraform/resolve-stack.ts";
import { main as redrive } from "../../tools/redrive.ts";
import { main as replay } from "../../tools/replay.ts";
import { callCommand } from "../support/call-command.ts";
import { loadEnvironment, synthesizedStack } from "../support/environments.ts";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import { commandsOfSection } from "../support/guide.ts";
import { until } from "../support/until.ts";

const page = "docs/operations.md";
const { namePrefix, buckets } = loadEnvironment("dev");
const caller = "saas";
/** As an older version wrote it: nobody can process it. */
const poison = "incoming/poison/b2xkIHN1Ym1pc3Npb24=";

let folder: string;
let resolved: ResolvedStack;
let stack: StackDescription;
let drill: Drill;
let faults: FaultProxy;
let running: RunningStack;
let clients: Clients;
let metrics: ReturnType<typeof collectMetrics>;
let watch: AlarmWatch;
let isTableDown = false;
const ending = new AbortController();
const printed: string[] = [];
const alarms: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "drill-"));
  resolved = await resolveStack(synthesizedStack("dev"));
  drill = createDrill({
    environment: "dev",
    stack: describeStack(resolved),
    caller,
    intakeBucket: buckets.intake.name,
    retries: { maxReceiveCount: 1, visibilityTimeoutSeconds: 600 },
    print: (text) => printed.push(text),
  });
  stack = drill.stack;
  metrics = collectMetrics(resolved);
  const errorLog = openErrorLog("dev", { CDKTF_OUTDIR: folder });
  running = await runStack({
    stack,
    port: 0,
    faults: {
      isTableDown: () => isTableDown || drill.faults.isTableDown(),
      losesEvent: (key) => key.includes("/unheard/") || drill.faults.losesEvent(key),
    },
    onEvent(event) {
      metrics.observe(event);
      watch?.observe(event);
      drill.observe(event);
      if (event.kind === "log") errorLog.add(event.line);
    },
  });
  const { url, apisUrl, endpoint } = running;
  watch = watchAlarms({
    resolved,
    stack,
    endpoint,
    metrics,
    everyMilliseconds: 100,
    onEvent: (event) => alarms.push(formatAlarmEvent(event, "dev")),
  });
  // Operators' commands go through it, and nothing else.
  faults = await startFaultProxy(endpoint);
  clients = createClients(stack.region, endpoint);
  writeTerraform();
  const run = { url, apisUrl, endpoint, pid: process.pid, errorLog: errorLog.file };
  writeLocalRun("dev", run, resolved.outputs, { CDKTF_OUTDIR: folder });
  // S3's test event starts the function: it is no part of the drill.
  await until(async () => expect(await messagesIn("intake")).toBe(0));
});

afterEach(() => vi.unstubAllEnvs());

afterAll(async () => {
  ending.abort();
  clients?.destroy();
  watch?.stop();
  await faults?.stop();
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A checkout in which the stack was applied: its directory, and a Terraform that says its outputs. */
function writeTerraform(): void {
  const outputs = Object.entries(resolved.outputs).map(([name, value]) => [name, { value }]);
  mkdirSync(join(folder, "stacks", ingestionStackName("dev")), { recursive: true });
  writeFileSync(join(folder, "outputs.json"), JSON.stringify(Object.fromEntries(outputs)));
  writeFileSync(join(folder, "terraform"), `#!/bin/sh\ncat '${folder}/outputs.json'\n`, { mode: 0o755 });
}

/** A command as the guide has it, on this stack. */
async function follow(line: string, item = ""): Promise<string> {
  const words = line.replace("<env>", "dev").replace("<caller>/<item>", `${caller}/${item}`).split(" ");
  const [npm, run, script, dashes, ...args] = words;
  expect([npm, run, dashes]).toEqual(["npm", "run", "--"]);
  const { code, stdout, stderr } = await callCommand(script === "redrive" ? redrive : replay, args, {
    CDKTF_OUTDIR: folder,
    ...(args.includes("--local") ? {} : { AWS_ENDPOINT_URL: faults.url }),
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    PATH: `${folder}:${process.env["PATH"]}`,
  });
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return stdout;
}

const queueOf = (kind: "intake" | "dead letters") =>
  stack.queues.find(({ name }) => name.endsWith("-dead-letter") === (kind === "dead letters"));

async function urlOf(kind: "intake" | "dead letters"): Promise<string> {
  return queueUrlOf(clients.sqs, queueOf(kind)?.arn ?? "");
}

/** How long a message that failed takes to come again. */
async function hideFailed(seconds: number): Promise<void> {
  const Attributes = { VisibilityTimeout: String(seconds) };
  await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl: await urlOf("intake"), Attributes }));
}

const deadLetters = () => messagesIn("dead letters");

async function messagesIn(queue: "intake" | "dead letters"): Promise<number> {
  const { Attributes } = await clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: await urlOf(queue), AttributeNames: ["All"] }),
  );
  const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: hidden } =
    Attributes ?? {};
  return Number(visible) + Number(hidden);
}

/** What an alarm's description leads to, if it is raised. */
async function runbookOf(alarm: string): Promise<string | undefined> {
  metrics.observeQueue(queueOf("dead letters")?.name ?? "", await deadLetters());
  expect(alarmsRaised(resolved, metrics.store)).toContainEqual(
    expect.objectContaining({ name: `${namePrefix}-${alarm}` }),
  );
  const [block] = resolved.resources.filter(
    ({ values }) => values["alarm_name"] === `${namePrefix}-${alarm}`,
  );
  return /#(\S+)$/.exec(String(block?.values["alarm_description"]))?.[1];
}

const api = (name: string) => createClient(`${running.apisUrl}/apis/${name}/v1`, { [CALLER_HEADER]: caller });

/** Takes a payload in, and gives the path of its submission. */
async function submit(item: string): Promise<string> {
  const answer = await api(LARGE_API).send(
    "POST",
    `${SHARED_PATH}/${item}`,
    createDemoSample(item, 2_000).body,
  );
  expect(answer.status).toBe(202);
  const { submissionId } = JSON.parse(answer.bytes.toString("utf8"));
  return `${SHARED_PATH}/${item}/submissions/${encodeURIComponent(submissionId)}`;
}

async function statusOf(submission: string): Promise<unknown> {
  const { bytes } = await api(SMALL_API).send("GET", submission);
  return JSON.parse(bytes.toString("utf8")).status;
}

describe("docs/operations.md", () => {
  it("leads through the drill that the local service plays, by its commands alone", async () => {
    let mend: () => void = () => undefined;
    const mended = new Promise<void>((resolve) => {
      mend = resolve;
    });
    const [look = "", move = "", wait = "", tell = "", ...deletions] = commandsOfSection(
      page,
      "Rehearse an outage",
    );

    await hideFailed(1);
    const playing = drill.run({
      running,
      signal: ending.signal,
      untilMended: () => mended,
      howToMend: "press Enter.",
    });
    await until(() => expect(printed.at(-1)).toContain(look));
    const seen = await follow(look);
    await hideFailed(600);
    mend();
    await until(() => expect(printed.at(-1)).toContain(`${move}\n`));
    const moved = await follow(move);
    const young = await follow(wait);
    const told = await follow(tell);
    await playing;
    expect(printed.at(-1)).toContain(deletions[0]);
    const deleted: string[] = [];
    for (const line of deletions.slice(0, 3)) deleted.push(await follow(line));

    expect(seen).toContain(
      "3 messages: The object waits in the intake bucket (last error: InternalServerError)\n",
    );
    expect(seen).toContain("1 message: The object waits in the intake bucket (last error: KeyLayoutError)\n");
    expect(seen).toContain(
      "1 message: The object is no longer in the intake bucket (last error: LostPayloadError)\n",
    );
    expect(seen).toMatch(/1 message: The key was written by an older version of this project/);
    expect(moved).toContain("3 messages moved back to the intake queue.\n");
    expect(moved).toMatch(
      /is back here in about 10 minutes \(\d\d:\d\d UTC\)\. Look again then: npm run redrive -- dev --local\n/,
    );
    expect(young).toContain("\n1 payload younger than 15 minutes: left out");
    expect(young).not.toContain("no payload");
    expect(told).toContain("1 payload queued again.\n");
    expect(deleted).toEqual(Array(3).fill(expect.stringMatching(/: 1 message about \S+ deleted\.\n$/)));
    expect(await deadLetters()).toBe(0);
    expect(deletions.slice(3)).toEqual(["npm run verify -- dev --local"]);
    expect(alarms).toContain(`alarm ALARM: ${namePrefix}-dead-letters (docs/operations.md#dead-letters)`);
    expect(alarms).toContain(`alarm ALARM: ${namePrefix}-outage (docs/operations.md#outage)`);
    expect(alarms).toContainEqual(
      expect.stringMatching(/^\d messages? moved to \S+-dead-letter\. Show why: npm run redrive/),
    );
  });

  it("names the poison, mends an outage, and queues payloads whose events were lost, in its sections", async () => {
    const unheard = await submit("unheard");
    await hideFailed(1);
    isTableDown = true;
    const submissions = [await submit("one"), await submit("two"), await submit("three")];
    await clients.s3.send(
      new PutObjectCommand({
        Bucket: buckets.intake.name,
        Key: poison,
        Body: "{}",
        Metadata: { "submission-id": "b2xkIHN1Ym1pc3Npb24=", "received-at": "1" },
      }),
    );
    await until(async () => expect(await deadLetters()).toBe(4));

    const [look = "", move = ""] = commandsOfSection(page, (await runbookOf("dead-letters")) ?? "");
    const seen = await follow(look);
    const old = new Date(Date.now() - 7_200_000).toISOString();
    isTableDown = false;
    faults.fail(({ path }) =>
      path.includes("list-type=2")
        ? { rewrite: (body) => body.replace(/<LastModified>[^<]*/g, `<LastModified>${old}`) }
        : undefined,
    );
    await hideFailed(600);
    const moved = await follow(move);
    const [count = "", tell = ""] = commandsOfSection(page, "Replay what waits");
    const counted = await follow(count, "unheard");
    const told = await follow(tell, "unheard");

    expect(seen).toContain("3 messages: The object waits in the intake bucket");
    expect(seen).toMatch(
      new RegExp(`1 message: The key was written by an older version .*\n(.*\n)?.*for example +${poison}\n`),
    );
    expect(moved).toContain("3 messages moved back to the intake queue.\n");
    expect(counted).toMatch(/\n1 payload, [\d.]+ kB\n.*2 h ago\n/);
    expect(told).toContain("1 payload queued again.\n");
    for (const submission of [...submissions, unheard]) {
      await until(async () => expect(await statusOf(submission)).toBe("stored"));
    }
    expect(await deadLetters()).toBe(1);
  });
});
