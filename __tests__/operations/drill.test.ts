import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createClient } from "../../cli/demo/client.ts";
import { createDemoSample } from "../../cli/demo/sample.ts";
import { writeLocalRun } from "../../cli/local-run.ts";
import { CALLER_HEADER } from "../../contract/keys.ts";
import { ingestionStackName, LARGE_API, SHARED_PATH, SMALL_API } from "../../domain/names.ts";
import { type Clients, createClients, queueUrlOf } from "../../emulator/aws/clients.ts";
import { type EmbeddedAws, startEmbeddedAws } from "../../emulator/aws/embedded-aws.ts";
import { collectMetrics } from "../../emulator/cloudwatch/collect-metrics.ts";
import { alarmsRaised } from "../../emulator/cloudwatch/evaluate-alarms.ts";
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
let aws: EmbeddedAws;
let faults: FaultProxy;
let running: RunningStack;
let clients: Clients;
let metrics: ReturnType<typeof collectMetrics>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "drill-"));
  resolved = await resolveStack(synthesizedStack("dev"), { max_receive_count: 1 });
  stack = describeStack(resolved);
  metrics = collectMetrics(resolved);
  aws = await startEmbeddedAws({ region: stack.region, accountId: stack.accountId });
  faults = await startFaultProxy(aws.endpoint);
  running = await runStack({ stack, endpoint: faults.url, port: 0, onEvent: metrics.observe });
  clients = createClients(stack.region, aws.endpoint);
  writeTerraform();
});

afterEach(() => vi.unstubAllEnvs());

afterAll(async () => {
  clients?.destroy();
  await running?.stop();
  await faults?.stop();
  await aws?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A checkout in which the stack was applied: its directory, and a Terraform that says its outputs. */
function writeTerraform(): void {
  const outputs = Object.entries(resolved.outputs).map(([name, value]) => [name, { value }]);
  mkdirSync(join(folder, "stacks", ingestionStackName("dev")), { recursive: true });
  writeFileSync(join(folder, "outputs.json"), JSON.stringify(Object.fromEntries(outputs)));
  writeFileSync(join(folder, "terraform"), `#!/bin/sh\ncat '${folder}/outputs.json'\n`, { mode: 0o755 });
}

/** A command as the runbook has it, on this stack. */
async function follow(line: string, item = ""): Promise<string> {
  const words = line.replace("<env>", "dev").replace("<caller>/<item>", `${caller}/${item}`).split(" ");
  const [npm, run, script, dashes, ...args] = words;
  expect([npm, run, dashes]).toEqual(["npm", "run", "--"]);
  const { code, stdout, stderr } = await callCommand(script === "redrive" ? redrive : replay, args, {
    CDKTF_OUTDIR: folder,
    AWS_ENDPOINT_URL: faults.url,
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

async function deadLetters(): Promise<number> {
  const { Attributes } = await clients.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: await urlOf("dead letters"),
      AttributeNames: ["ApproximateNumberOfMessages"],
    }),
  );
  return Number(Attributes?.["ApproximateNumberOfMessages"]);
}

/** What an alarm's description leads to, if it is raised. */
async function runbookOf(alarm: string): Promise<string | undefined> {
  metrics.observeQueue(queueOf("dead letters")?.name ?? "", await deadLetters());
  expect(alarmsRaised(resolved, metrics.store)).toContain(`${namePrefix}-${alarm}`);
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

describe("a drill, as the runbook has it", () => {
  it("names the poison, mends an outage, and tells of what was never heard of", async () => {
    const unheard = await submit("unheard");
    await aws.configureNotifications(stack.notifications);
    await hideFailed(1);
    faults.fail(({ service }) => (service === "dynamodb" ? { status: 500 } : undefined));
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

    expect(seen).toContain("3 messages: The object waits in the intake bucket\n");
    expect(seen).toMatch(
      new RegExp(`1 message: The key is of an older version .*\n(.*\n)?.*such as +${poison}\n`),
    );
    expect(moved).toContain("3 messages moved back to the intake queue.\n");
    expect(counted).toMatch(/\n1 payload, [\d.]+ kB\n.*2 h ago\n/);
    expect(told).toContain("The intake queue was told of 1 payload again.\n");
    for (const submission of [...submissions, unheard]) {
      await until(async () => expect(await statusOf(submission)).toBe("stored"));
    }
    expect(await deadLetters()).toBe(1);
    expect(await lookLocally()).toMatchObject({
      looked: 1,
      movable: 0,
      groups: [{ cause: "older", count: 1, exampleKey: poison }],
    });
  });
});

/** The same as of what `npm start` runs. */
async function lookLocally(): Promise<unknown> {
  const { url, apisUrl, endpoint } = running;
  const env = { CDKTF_OUTDIR: folder };
  writeLocalRun("dev", { url, apisUrl, endpoint, pid: process.pid }, resolved.outputs, env);
  const { stdout } = await callCommand(redrive, ["dev", "--local", "--json"], env);
  return JSON.parse(stdout);
}
