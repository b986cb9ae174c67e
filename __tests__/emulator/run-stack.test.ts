import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient, jsonOf } from "../../cli/demo/client.ts";
import { createSampleProposal } from "../../cli/demo/sample-proposal.ts";
import { runScenario } from "../../cli/demo/scenario.ts";
import { UserError } from "../../contract/user-error.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../domain/names.ts";
import { type Clients, createClients, queueUrlOf } from "../../emulator/aws/clients.ts";
import { startEmbeddedAws } from "../../emulator/aws/embedded-aws.ts";
import { describeStack, type StackDescription } from "../../emulator/describe-stack.ts";
import { type RunningStack, runStack, type StackEvent } from "../../emulator/run-stack.ts";
import { resolveStack } from "../../emulator/terraform/resolve-stack.ts";
import { synthesizedStack } from "../support/environments.ts";
import { until } from "../support/until.ts";

let stack: StackDescription;
let running: RunningStack;
let client: Client;
let aws: Clients;
const events: StackEvent[] = [];

beforeAll(async () => {
  stack = describeStack(await resolveStack(synthesizedStack("dev")));
  running = await runStack({ stack, port: 0, deliveriesPerEvent: 2, onEvent: (event) => events.push(event) });
  client = createClient(running.url);
  aws = createClients(stack.region, running.endpoint);
});

afterAll(async () => {
  aws?.destroy();
  await running?.stop();
});

const [documentsBucket = "", intakeBucket = ""] = [
  "proposals-dev-documents-111111111111",
  "proposals-dev-intake-111111111111",
];

async function keysOf(Bucket: string): Promise<(string | undefined)[]> {
  const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key }) => Key);
}

async function messagesIn(queueArn: string): Promise<number> {
  const { Attributes } = await aws.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: await queueUrlOf(aws.sqs, queueArn),
      AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    }),
  );
  return Object.values(Attributes ?? {}).reduce((sum, count) => sum + Number(count), 0);
}

async function untilQueuesAreEmpty(): Promise<void> {
  await until(async () => {
    for (const { arn } of stack.queues) expect(await messagesIn(arn), arn).toBe(0);
  });
}

const logLines = () => events.filter((event) => event.kind === "log").map(({ line }) => line);
const requestsTo = (path: string) =>
  events.filter((event) => event.kind === "request").filter((event) => event.path.includes(path));

describe("the synthesized stack, on both sides of the threshold", () => {
  it("takes the way without a queue just under it", async () => {
    const sample = createSampleProposal("just under", stack.thresholdBytes);
    const body = sample.body.padEnd(stack.thresholdBytes - 1);

    const sent = await client.send("POST", `${SHARED_PATH}/under`, body);

    expect(body).toHaveLength(stack.thresholdBytes - 1);
    expect(sent.status).toBe(201);
    expect(requestsTo(`${SHARED_PATH}/under`)).toMatchObject([{ api: SMALL_API, status: 201 }]);
    expect(await keysOf(documentsBucket)).toContain(`documents/under/${sample.sha256}`);
    expect(jsonOf(await client.send("GET", `${SHARED_PATH}/under`))).toMatchObject({ item: "under" });
  });

  it("takes the way over S3, SQS and the second function at it", async () => {
    const sample = createSampleProposal("just at", stack.thresholdBytes);
    const body = sample.body.padEnd(stack.thresholdBytes);

    const sent = await client.send("POST", `${SHARED_PATH}/at`, body);
    const submissionId = String(jsonOf(sent)["submissionId"]);
    const outcome = await client.awaitOutcome("at", submissionId);

    expect(body).toHaveLength(stack.thresholdBytes);
    expect(sent).toMatchObject({ status: 202, contentType: "application/json" });
    expect(requestsTo(`${SHARED_PATH}/at`).at(0)).toMatchObject({ api: LARGE_API, status: 202 });
    expect(events.filter(({ kind }) => kind === "notification")).toContainEqual({
      kind: "notification",
      bucket: intakeBucket,
      key: `incoming/at/${submissionId}`,
      queueArn: stack.eventSourceMappings[0]?.queueArn,
    });
    expect(jsonOf(outcome)).toMatchObject({ status: "stored", item: "at", submissionId });
    expect(await keysOf(documentsBucket)).toContain(`documents/at/${sample.sha256}`);
    expect(jsonOf(await client.send("GET", `${SHARED_PATH}/at`))).toMatchObject({ submissionId });
  });

  it("carries the sender's correlation id and the gateway's trace to the functions of both ways", async () => {
    for (const [item, Prefer] of [
      ["traced-small", "return=minimal"],
      ["traced-large", "respond-async"],
    ] as const) {
      const { body } = createSampleProposal(item, 10_000);
      const headers = { "Content-Type": "application/json", "x-correlation-id": `order/${item}`, Prefer };
      const sent = await fetch(`${running.url}${SHARED_PATH}/${item}`, { method: "POST", body, headers });
      const { submissionId } = (await sent.json()) as { submissionId: string };

      expect(jsonOf(await client.awaitOutcome(item, submissionId))).toMatchObject({
        status: "stored",
        correlationId: `order/${item}`,
      });
      // A line comes by another way than the answer.
      const line = await until(
        () =>
          logLines().find((each) => each.includes(item) && each.includes("submission finished")) ??
          expect.fail("nothing of it is logged"),
      );
      expect(JSON.parse(line).message).toMatchObject({
        correlationId: `order/${item}`,
        traceId: expect.stringMatching(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      });
    }
  });

  it("stores the same record for the same payload on both ways", async () => {
    const small = jsonOf(await client.send("GET", `${SHARED_PATH}/under`));
    const large = jsonOf(await client.send("GET", `${SHARED_PATH}/at`));

    const own = { item: "", submissionId: "", receivedAt: "", document: {} };
    expect({ ...large, ...own }).toEqual({ ...small, ...own });
  });

  it("leaves nothing in the intake bucket and the queues, though each event came twice", async () => {
    await until(async () => expect(await keysOf(intakeBucket)).toEqual([]));
    await untilQueuesAreEmpty();
  });

  it("passes the demonstration", async () => {
    for await (const { title, checks } of runScenario(client)) {
      expect(
        checks.filter(({ passed }) => !passed),
        title,
      ).toEqual([]);
    }
  });

  it("writes a changed proposal over either way, and the last one wins", async () => {
    const first = createSampleProposal("first", 100_000);
    const second = createSampleProposal("second", stack.thresholdBytes + 1000);
    await client.send("POST", `${SHARED_PATH}/changing`, first.body);
    const sent = await client.send("POST", `${SHARED_PATH}/changing`, second.body);
    await client.awaitOutcome("changing", String(jsonOf(sent)["submissionId"]));

    expect(jsonOf(await client.send("GET", `${SHARED_PATH}/changing`))).toMatchObject({
      document: { sha256: second.sha256 },
    });
    expect((await client.send("DELETE", `${SHARED_PATH}/changing`)).status).toBe(204);
    expect((await client.send("GET", `${SHARED_PATH}/changing`)).status).toBe(404);
  });

  it("lists the proposals of a client", async () => {
    const listed = await client.send("GET", `${SHARED_PATH}?clientId=client-1042`);

    expect(JSON.stringify(jsonOf(listed))).toContain('"item":"under"');
  });

  it("keeps requests out that come through no endpoint of the stack", async () => {
    const response = await fetch(`${running.apisUrl}/apis${SHARED_PATH}/v1${SHARED_PATH}/under`, {
      headers: { "x-amzn-vpce-id": "vpce-00000000000000000" },
    });

    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ status: 403, title: "Forbidden" });
  });

  it("answers an unknown route and an unknown document with problem documents", async () => {
    const route = await client.send("GET", "/nothing");
    const document = await client.send("GET", `${SHARED_PATH}/under/documents/${"0".repeat(64)}`);

    expect(route).toMatchObject({ status: 404, contentType: "application/problem+json" });
    expect(document).toMatchObject({ status: 404, contentType: "application/problem+json" });
  });

  it("lets S3 refuse a large payload that does not match its checksum", async () => {
    const { body } = createSampleProposal("damaged", stack.thresholdBytes + 1000);

    const response = await fetch(`${running.url}${SHARED_PATH}/damaged`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "x-amz-checksum-crc32": "AAAAAA==" },
      body,
    });

    expect(response.status).toBe(400);
    expect(await keysOf(intakeBucket)).toEqual([]);
  });

  it("leaves an object alone that did not come through the API", async () => {
    await aws.s3.send(new PutObjectCommand({ Bucket: intakeBucket, Key: "incoming/x/foreign", Body: "{}" }));

    const logged = () => events.filter(({ kind }) => kind === "log").map((event) => JSON.stringify(event));
    await until(() => expect(logged().join("\n")).toContain("incoming/x/foreign"));
    await untilQueuesAreEmpty();
    expect(await keysOf(intakeBucket)).toEqual(["incoming/x/foreign"]);
  });

  it("logs neither payloads nor what is in them", () => {
    const logged = JSON.stringify(events.filter(({ kind }) => kind === "log" || kind === "request"));

    expect(logged).not.toContain("client-1042");
    expect(logged).not.toContain(Buffer.from("%PDF-1.4").toString("base64").slice(0, 8));
    expect(events.filter(({ kind }) => kind === "error")).toEqual([]);
  });
});

describe(runStack, () => {
  it("runs against services that are there already, and leaves them there", async () => {
    const there = await startEmbeddedAws({ region: stack.region });
    await there.configureNotifications(stack.notifications.slice(0, 0));
    const other = await runStack({ stack, endpoint: there.endpoint, port: 0, onEvent: () => undefined });

    const sent = await createClient(other.url).send(
      "POST",
      `${SHARED_PATH}/elsewhere`,
      createSampleProposal("elsewhere", 10_000).body,
    );
    await other.stop();

    const clients = createClients(stack.region, there.endpoint);
    const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket: documentsBucket }));
    clients.destroy();
    await there.stop();
    expect(sent.status).toBe(201);
    expect(other.endpoint).toBe(there.endpoint);
    expect(Contents).toHaveLength(1);
  });

  it.each([
    [
      "nobody answers",
      "http://127.0.0.1:1",
      /^AWS_ENDPOINT_URL is "http:\/\/127.0.0.1:1": nobody answers there/,
    ],
    ["is no URL", "localhost", /^AWS_ENDPOINT_URL is "localhost": it must be the http URL/],
    ["is no http", "https://localhost:4566", /: it must be the http URL of AWS services/],
  ])("refuses an endpoint where %s, and says what to do", async (_, endpoint, message) => {
    const started = runStack({ stack, endpoint, port: 0, onEvent: () => undefined });

    await expect(started).rejects.toThrow(UserError);
    await expect(started).rejects.toThrow(message);
  });

  it("stops what it started when something cannot start", async () => {
    const port = Number(new URL(running.url).port);
    const before = process.getActiveResourcesInfo().filter((kind) => kind === "ProcessWrap").length;

    await expect(runStack({ stack, port, onEvent: () => undefined })).rejects.toThrow(
      /^Port \d+ cannot be used/,
    );

    const after = process.getActiveResourcesInfo().filter((kind) => kind === "ProcessWrap").length;
    expect(after).toBe(before);
  });

  it("stops what it started when it is interrupted before all of it runs", async () => {
    const servers = () => process.getActiveResourcesInfo().filter((kind) => kind === "TCPServerWrap").length;
    const before = servers();
    const signal = AbortSignal.abort(new Error("enough"));

    await expect(runStack({ stack, port: 0, signal, onEvent: () => undefined })).rejects.toThrow("enough");

    expect(servers()).toBe(before);
  });

  it("stops without waiting for the end of a function that hangs", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hanging-"));
    const zipPath = join(folder, "functions.zip");
    const code = "exports.handler = () => { console.log('begun'); return new Promise(() => {}); };";
    writeFileSync(zipPath, zipSync({ "index.js": strToU8(code) }));
    const functions = stack.functions.map((each) => ({ ...each, zipPath, handler: "index.handler" }));
    const lines: string[] = [];
    // The test event of the bucket's notification starts it.
    const hanging = await runStack({
      stack: { ...stack, functions: functions.map((each) => ({ ...each, timeoutSeconds: 900 })) },
      port: 0,
      onEvent: (event) => {
        if (event.kind === "log") lines.push(event.line);
      },
    });
    await until(() => expect(lines.join()).toContain("begun"));

    await hanging.stop();
    rmSync(folder, { recursive: true });
  });
});
