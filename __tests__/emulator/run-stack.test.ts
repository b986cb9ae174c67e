import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient, jsonOf, resolvePath } from "../../cli/demo/client.ts";
import { createDemoSample } from "../../cli/demo/sample.ts";
import { runScenario } from "../../cli/demo/scenario.ts";
import { CALLER_HEADER, documentKey, intakeKey, SHARED_CALLER } from "../../contract/keys.ts";
import { UserError } from "../../contract/user-error.ts";
import { domain } from "../../domain/domain.ts";
import { replaceFiles } from "../../domain/files.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../domain/names.ts";
import { createFile } from "../../domain/sample.ts";
import { type Clients, createClients, queueUrlOf } from "../../emulator/aws/clients.ts";
import { startEmbeddedAws } from "../../emulator/aws/embedded-aws.ts";
import { describeStack, type StackDescription } from "../../emulator/describe-stack.ts";
import { type RunningStack, runStack, type StackEvent } from "../../emulator/run-stack.ts";
import { resolveStack } from "../../emulator/terraform/resolve-stack.ts";
import { loadEnvironment, synthesizedStack } from "../support/environments.ts";
import { commandsWithOutput, outputPattern, withoutIds } from "../support/guide.ts";
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

const { buckets } = loadEnvironment("dev");
const [documentsBucket, intakeBucket] = [buckets.documents.name, buckets.intake.name];
const ofItem = (item: string) => ({ caller: SHARED_CALLER, item });
const guide = join("docs", "send-payloads.md");
const group = String(domain.example[domain.listedBy]);

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
    const sample = createDemoSample("just under", stack.thresholdBytes);
    const body = sample.body.padEnd(stack.thresholdBytes - 1);

    const sent = await client.send("POST", `${SHARED_PATH}/under`, body);

    expect(body).toHaveLength(stack.thresholdBytes - 1);
    expect(sent.status).toBe(201);
    expect(requestsTo(`${SHARED_PATH}/under`)).toMatchObject([{ api: SMALL_API, status: 201 }]);
    expect(await keysOf(documentsBucket)).toEqual(
      expect.arrayContaining(sample.files.map(({ sha256 }) => documentKey(ofItem("under"), sha256))),
    );
    expect(jsonOf(await client.send("GET", `${SHARED_PATH}/under`))).toMatchObject({ [domain.key]: "under" });
  });

  it("takes the way over S3, SQS and the second function at it", async () => {
    const sample = createDemoSample("just at", stack.thresholdBytes);
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
      key: intakeKey(ofItem("at"), submissionId),
      queueArn: stack.eventSourceMappings[0]?.queueArn,
    });
    expect(jsonOf(outcome)).toMatchObject({ status: "stored", [domain.key]: "at", submissionId });
    expect(await keysOf(documentsBucket)).toEqual(
      expect.arrayContaining(sample.files.map(({ sha256 }) => documentKey(ofItem("at"), sha256))),
    );
    expect(jsonOf(await client.send("GET", `${SHARED_PATH}/at`))).toMatchObject({ submissionId });
  });

  it("carries the sender's correlation id and the gateway's trace to the functions of both ways", async () => {
    for (const [item, Prefer] of [
      ["traced-small", "return=minimal"],
      ["traced-large", "respond-async"],
    ] as const) {
      const { body } = createDemoSample(item, 10_000);
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

    const own = { [domain.key]: "", submissionId: "", receivedAt: "" };
    const withoutFiles = (record: Readonly<Record<string, unknown>>) =>
      replaceFiles({ ...record, ...own }, domain.files, () => "a file");
    expect(withoutFiles(large)).toEqual(withoutFiles(small));
  });

  it("leads from an accepted payload to its submission, by Location and by statusUrl", async () => {
    const { body } = createDemoSample("followed", 10_000);
    const headers = { "Content-Type": "application/json", Prefer: "respond-async" };

    // With a slash at its end a path names the same resource, but is another base of relative URLs.
    for (const path of [`${SHARED_PATH}/followed`, `${SHARED_PATH}/followed/`]) {
      const sent = await client.send("POST", path, body, headers);
      const { submissionId, statusUrl } = jsonOf(sent);
      const alias = Buffer.from(String(submissionId)).toString("base64url");
      const url = resolvePath(path, String(statusUrl));

      expect(sent).toMatchObject({ status: 202, location: statusUrl });
      expect(url).toBe(`${SHARED_PATH}/followed/submissions/${alias}`);
      expect(jsonOf(await client.followStatusUrl(path, sent))).toMatchObject({ submissionId });
      expect(await client.send("GET", url)).toMatchObject({ status: 200 });
      expect(jsonOf(await client.awaitOutcome("followed", String(submissionId)))).toMatchObject({
        submissionId,
      });
    }
  });

  it("answers HEAD with the status and the headers of GET, at both APIs", async () => {
    const [sha256] = createDemoSample("just under", stack.thresholdBytes).files.map((file) => file.sha256);
    const caller = { [CALLER_HEADER]: SHARED_CALLER };
    const at = (api: string) => `${running.apisUrl}/apis/${api}/v1${SHARED_PATH}`;
    const kept = ["content-type", "content-disposition", "cache-control", "etag", "x-content-type-options"];

    for (const [url, status] of [
      [`${at(SMALL_API)}/under`, 200],
      [`${at(SMALL_API)}/none`, 404],
      [`${at(LARGE_API)}/under/documents/${sha256}`, 200],
      [`${at(LARGE_API)}/under/documents/${"0".repeat(64)}`, 404],
      [`${running.url}${SHARED_PATH}/under`, 200],
      [`${running.url}${SHARED_PATH}/under/documents/${sha256}`, 200],
    ] as const) {
      const [get, head] = await Promise.all(
        ["GET", "HEAD"].map((method) => fetch(url, { method, headers: caller })),
      );
      const headersOf = (response?: Response) => kept.map((name) => response?.headers.get(name));

      expect([get?.status, head?.status], url).toEqual([status, status]);
      expect(headersOf(head), url).toEqual(headersOf(get));
      expect(await head?.text(), url).toBe("");
      expect((await get?.arrayBuffer())?.byteLength, url).toBeGreaterThan(0);
    }
  });

  it("leaves nothing in the intake bucket and the queues, though each event came twice", async () => {
    await until(async () => expect(await keysOf(intakeBucket)).toEqual([]));
    await untilQueuesAreEmpty();
  });

  it("passes the demonstration", async () => {
    for await (const { title, checks } of runScenario(running.url, {})) {
      expect(
        checks.filter(({ passed }) => !passed),
        title,
      ).toEqual([]);
    }
  });

  // With another domain, the paths and the payloads of the guide are not those of the stack.
  it.runIf(readFileSync(guide, "utf8").includes(`"$url${SHARED_PATH}/4711"`))(
    "answers the commands of the guide for callers as the guide shows",
    async () => {
      const steps = commandsWithOutput(guide);
      const script = steps.map(({ commands }) => `${commands}printf '\\0'\n`).join("");
      const cwd = mkdtempSync(join(tmpdir(), "guide-"));

      const { stdout, stderr } = await promisify(execFile)(
        "bash",
        ["-euo", "pipefail", "-c", script.replace("http://127.0.0.1:8080", running.url)],
        { cwd },
      );
      rmSync(cwd, { recursive: true });

      expect(stderr).toBe("");
      const outputs = stdout.split("\0");
      expect(steps.length).toBeGreaterThan(8);
      for (const [index, { output }] of steps.entries()) {
        expect(withoutIds(outputs[index] ?? "")).toMatch(outputPattern(output));
      }
    },
  );

  it("writes a changed record over either way, and the last one wins", async () => {
    const first = createDemoSample("first", 100_000);
    const second = createDemoSample("second", stack.thresholdBytes);
    await client.send("POST", `${SHARED_PATH}/changing`, first.body);
    const sent = await client.send(
      "POST",
      `${SHARED_PATH}/changing`,
      second.body.padEnd(stack.thresholdBytes),
    );
    await client.awaitOutcome("changing", String(jsonOf(sent)["submissionId"]));

    const stored = JSON.stringify(jsonOf(await client.send("GET", `${SHARED_PATH}/changing`)));
    for (const { sha256 } of second.files) expect(stored).toContain(sha256);
    for (const { sha256 } of first.files) expect(stored).not.toContain(sha256);
    expect((await client.send("DELETE", `${SHARED_PATH}/changing`)).status).toBe(204);
    expect((await client.send("GET", `${SHARED_PATH}/changing`)).status).toBe(404);
  });

  it("lists the records of a group", async () => {
    const listed = await client.send("GET", `${SHARED_PATH}?${domain.listedBy}=${encodeURIComponent(group)}`);

    expect(JSON.stringify(jsonOf(listed))).toContain(`"${domain.key}":"under"`);
  });

  describe.runIf(domain.plainFiles)("with a file that is sent by itself", () => {
    const [mediaType = expect.fail("the domain has no media type")] = domain.mediaTypes;
    const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const bytes = createFile(mediaType, "as it is", everyByte.length, () => everyByte);
    const path = `${SHARED_PATH}/with-files/files`;
    const headers = { "Content-Type": mediaType.name };

    async function handIn(fileId: string, sent: Record<string, string> = headers) {
      const accepted = await client.send("POST", `${path}/${fileId}`, bytes, sent);
      const { submissionId } = jsonOf(accepted);
      return {
        accepted,
        outcome: await client.awaitOutcome(`with-files/files/${fileId}`, String(submissionId)),
      };
    }

    it("takes it to S3 byte for byte, its type and name beside it, and gives it back so", async () => {
      const fileName = `Grüße ${"€".repeat(40)}.${mediaType.extensions[0]}`;
      const { accepted, outcome } = await handIn("f-1", {
        ...headers,
        "x-file-name": encodeURIComponent(fileName),
      });

      const stored = jsonOf(await client.send("GET", `${path}/f-1`));
      const read = await client.send("GET", String(stored["path"]));

      expect(accepted).toMatchObject({ status: 202, contentType: "application/json" });
      expect(requestsTo(`${path}/f-1`).at(0)).toMatchObject({ api: LARGE_API, status: 202 });
      expect(jsonOf(outcome)).toMatchObject({ status: "stored", [domain.key]: "with-files", fileId: "f-1" });
      expect(stored).toMatchObject({ fileName, contentType: mediaType.name, sizeBytes: bytes.length });
      expect(read).toMatchObject({ status: 200, contentType: mediaType.name });
      expect(read.bytes.equals(bytes)).toBe(true);
      expect(await keysOf(documentsBucket)).toContain(
        documentKey({ ...ofItem("with-files"), fileId: "f-1" }, String(stored["sha256"])),
      );
    });

    it("names it by its id where it has no name, lists it beside others, and deletes it by itself", async () => {
      await handIn("f-2");

      const listed = jsonOf(await client.send("GET", path));
      const deleted = await client.send("DELETE", `${path}/f-2`);
      const left = jsonOf(await client.send("GET", path));

      expect(listed["items"]).toMatchObject([{ fileId: "f-1" }, { fileId: "f-2", fileName: "f-2" }]);
      expect(deleted.status).toBe(204);
      expect((await client.send("GET", `${path}/f-2`)).status).toBe(404);
      expect(left["items"]).toMatchObject([{ fileId: "f-1" }]);
    });

    it.each([
      ["a type that is not taken", "contentType", { "Content-Type": "text/plain" }],
      ["a name that is not percent-encoded UTF-8", "fileName", { ...headers, "x-file-name": "%E0%A4%A" }],
      [
        "a name of more than 1,024 characters",
        "fileName",
        { ...headers, "x-file-name": "%E2%82%AC".repeat(114) },
      ],
    ])("rejects one with %s, and its sender can read why", async (_, at, sent) => {
      const { accepted, outcome } = await handIn("f-3", sent);

      expect(accepted.status).toBe(202);
      expect(jsonOf(outcome)).toMatchObject({ status: "rejected", reasons: [{ path: at }] });
      expect((await client.send("GET", `${path}/f-3`)).status).toBe(404);
    });
  });

  describe.each([SMALL_API, LARGE_API])("the API %s", (name) => {
    const [block = ""] = loadEnvironment("dev").proxy.addresses;
    const proxyAddress = block.split("/")[0] ?? "";
    const path = `${SHARED_PATH}/under/documents/${"0".repeat(64)}`;
    /** To the API itself, as anything in the VPC of the endpoint can. */
    const call = (headers: Record<string, string>) =>
      fetch(`${running.apisUrl}/apis/${name}/v1${path}`, {
        headers: { [CALLER_HEADER]: SHARED_CALLER, ...headers },
      });

    it.each([
      ["another address, through the endpoint of the stack", { "x-vpc-source-ip": "10.20.0.127" }],
      ["the proxy's address, through another endpoint", { "x-amzn-vpce-id": "vpce-00000000000000000" }],
      [
        "another address through another endpoint",
        { "x-vpc-source-ip": "10.20.0.127", "x-amzn-vpce-id": "vpce-00000000000000000" },
      ],
    ])("refuses what comes from %s", async (_, headers) => {
      const response = await call(headers);

      expect(response.status).toBe(403);
      expect(response.headers.get("x-amzn-errortype")).toBe("AccessDeniedException");
      expect(await response.json()).toMatchObject({ status: 403, title: "Forbidden" });
    });

    it("takes what comes from any address of the proxy, and has the first one for that of who calls here", async () => {
      expect((await call({})).status).not.toBe(403);
      expect((await call({ "x-vpc-source-ip": "10.20.0.255" })).status).not.toBe(403);
      expect(stack.apis.find((api) => api.name === name)?.sourceIp).toBe(proxyAddress);
    });
  });

  it("answers an unknown route and an unknown document with problem documents", async () => {
    const route = await client.send("GET", "/nothing");
    const document = await client.send("GET", `${SHARED_PATH}/under/documents/${"0".repeat(64)}`);

    expect(route).toMatchObject({ status: 404, contentType: "application/problem+json" });
    expect(document).toMatchObject({ status: 404, contentType: "application/problem+json" });
  });

  it.each([
    ["another body's", { "x-amz-checksum-crc32": "AAAAAA==" }],
    ["none", { "x-amz-checksum-sha256": "AAAAAA==" }],
    ["one that nobody compares", { "Content-MD5": "AAAAAAAAAAAAAAAAAAAAAA==" }],
  ])("refuses a payload on either way whose checksum is %s", async (_, checksums) => {
    const { body } = createDemoSample("damaged", 10_000);

    for (const Prefer of ["return=minimal", "respond-async"]) {
      const response = await fetch(`${running.url}${SHARED_PATH}/damaged`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Prefer, ...checksums },
        body,
      });

      expect(response.status, Prefer).toBe(400);
      expect(await response.json(), Prefer).toMatchObject({ status: 400, title: "Bad Request" });
    }
    expect((await client.send("GET", `${SHARED_PATH}/damaged`)).status).toBe(404);
    expect(await keysOf(intakeBucket)).toEqual([]);
  });

  it("takes one right checksum on either way, and refuses two of them, at the proxy and at the APIs alone", async () => {
    const { body } = createDemoSample("checked", 10_000);
    const sums = (["sha1", "sha256"] as const).map(
      (kind) => [`x-amz-checksum-${kind}`, createHash(kind).update(body).digest("base64")] as const,
    );
    const caller = { "Content-Type": "application/json", [CALLER_HEADER]: SHARED_CALLER };
    const post = async (url: string, headers: Record<string, string>) =>
      (await fetch(url, { method: "POST", headers: { ...caller, ...headers }, body })).status;
    const proxy = `${running.url}${SHARED_PATH}`;
    const at = (api: string) => `${running.apisUrl}/apis/${api}/v1${SHARED_PATH}`;
    const ways = [
      [proxy, { Prefer: "return=minimal" }, 201],
      [proxy, { Prefer: "respond-async" }, 202],
      [at(SMALL_API), {}, 201],
      [at(LARGE_API), {}, 202],
    ] as const;

    for (const [index, [url, headers, status]] of ways.entries()) {
      expect(await post(`${url}/two-${index}`, { ...headers, ...Object.fromEntries(sums) }), url).toBe(400);
      expect(
        await post(`${url}/one-${index}`, { ...headers, ...Object.fromEntries(sums.slice(1)) }),
        url,
      ).toBe(status);
    }
    await untilQueuesAreEmpty();
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

    expect(logged).not.toContain(group);
    expect(logged).not.toContain(Buffer.from("%PDF-1.4").toString("base64").slice(0, 8));
    expect(events.filter(({ kind }) => kind === "error")).toEqual([]);
  });
});

describe(runStack, () => {
  it("runs against services that are there already, and leaves them there", async () => {
    const there = await startEmbeddedAws({ region: stack.region, accountId: stack.accountId });
    await there.configureNotifications(stack.notifications.slice(0, 0));
    const other = await runStack({ stack, endpoint: there.endpoint, port: 0, onEvent: () => undefined });

    const { body, files } = createDemoSample("elsewhere", 10_000);
    const sent = await createClient(other.url).send("POST", `${SHARED_PATH}/elsewhere`, body);
    await other.stop();

    const clients = createClients(stack.region, there.endpoint);
    const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket: documentsBucket }));
    clients.destroy();
    await there.stop();
    expect(sent.status).toBe(201);
    expect(other.endpoint).toBe(there.endpoint);
    expect(Contents).toHaveLength(files.length);
  });

  it("gives buckets of another account nothing, and gets nothing from them", async () => {
    const there = await startEmbeddedAws({ region: stack.region, accountId: "999999999999" });
    const other = await runStack({ stack, endpoint: there.endpoint, port: 0, onEvent: () => undefined });
    const sender = createClient(other.url);
    const { body } = createDemoSample("misplaced", stack.thresholdBytes);

    const large = await sender.send("POST", `${SHARED_PATH}/large`, body.padEnd(stack.thresholdBytes));
    const small = await sender.send("POST", `${SHARED_PATH}/small`, body);
    const document = await sender.send("GET", `${SHARED_PATH}/large/documents/${"0".repeat(64)}`);
    await other.stop();

    const clients = createClients(stack.region, there.endpoint);
    const kept = await Promise.all(
      [intakeBucket, documentsBucket].map((Bucket) => clients.s3.send(new ListObjectsV2Command({ Bucket }))),
    );
    clients.destroy();
    await there.stop();
    expect([large.status, small.status, document.status]).toEqual([502, 500, 502]);
    expect(kept.flatMap(({ Contents = [] }) => Contents)).toEqual([]);
  });

  it.each([
    [
      "nobody answers",
      "http://127.0.0.1:1",
      /^AWS_ENDPOINT_URL is "http:\/\/127.0.0.1:1": no service answers there/,
    ],
    ["is no URL", "localhost", /^AWS_ENDPOINT_URL is "localhost": it must be an http URL/],
    ["is no http", "https://localhost:4566", /: it must be an http URL of AWS services/],
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
