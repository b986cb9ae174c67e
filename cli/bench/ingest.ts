import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { Agent, type IncomingMessage, type RequestOptions, request as sendRequest } from "node:http";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { intakeKey, SHARED_CALLER } from "../../contract/keys.ts";
import { domain } from "../../domain/domain.ts";
import { createFile, createSample } from "../../domain/sample.ts";
import { ratio } from "./compare.ts";
import { functionFolder, functionVariables, unpackFunctions } from "./function-files.ts";
import type { Benchmark } from "./measure.ts";
import { bundleScript } from "./processes.ts";
import { timed } from "./timed.ts";
import { readIdiomatically, readPhysically } from "./ways.ts";

type Handler = (event: unknown, invocation: { getRemainingTimeInMillis(): number }) => Promise<unknown>;

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const key = intakeKey({ caller: SHARED_CALLER, item: "item" }, "s-1");

const floor = "floor: GET, find, decode, hash, PUT without an SDK";
const naive = "naive: SDK, JSON.parse, zod, PUT as the SDK does";
const project = "this project: the built queue function";

/** From the event to the stored document: S3 GET, check, S3 PUT, over loopback to a thread that only takes and gives. */
export async function ingest(): Promise<Benchmark> {
  const { body, files } = createSample({
    bodyBytes: 9_500_000,
    contentOf: (type, title, size) => createFile(type, title, size, randomBytes),
  });
  const bytes = Buffer.from(body);
  const worker = new Worker(resolve(await bundleScript("cli/bench/s3-worker.ts")), { workerData: bytes });
  const [endpoint]: string[] = await once(worker, "message");
  if (endpoint === undefined) throw new Error("The worker has no address.");
  // Where something fails before the end, the worker shall not keep this process.
  worker.unref();
  const handler = await loadHandler(endpoint);
  const s3 = new S3Client({ endpoint, region: "eu-central-1", credentials, forcePathStyle: true });
  const agent = new Agent({ keepAlive: true });
  const logInfo = console.info;
  // The function logs each payload.
  console.info = () => {};
  const expected = JSON.stringify({
    given: bytes.length,
    taken: files.reduce((sum, file) => sum + file.bytes.length, 0),
  });
  const movedBytes = async () => (await fetch(`${endpoint}/moved`)).text();
  const moving = (what: string, work: () => Promise<unknown>) =>
    timed({
      what,
      work,
      problemOf: async () => {
        const moved = await movedBytes();
        return moved === expected ? undefined : `moved ${moved} bytes. Expected: ${expected}.`;
      },
      before: () => naively(s3).then(movedBytes),
    });
  const because = "it does all that the floor does, and more";
  return {
    title: "a payload of 9.5 MB from S3 to S3",
    unit: "ms",
    candidates: [
      moving(floor, () => withoutSdk(endpoint, agent)),
      moving(project, async () => {
        const result = await handler(event(), { getRemainingTimeInMillis: () => 60_000 });
        if (JSON.stringify(result) !== '{"batchItemFailures":[]}') throw new Error(JSON.stringify(result));
      }),
      moving(naive, () => naively(s3)),
    ],
    comparisons: [
      ratio(project, floor, { target: 1.35, least: { value: 0.5, because } }),
      ratio(project, naive, { target: 0.65 }),
      ratio(naive, floor, { least: { value: 0.5, because } }),
    ],
    async stop() {
      console.info = logInfo;
      s3.destroy();
      agent.destroy();
      await worker.terminate();
    },
  };
}

async function loadHandler(endpoint: string): Promise<Handler> {
  await unpackFunctions();
  Object.assign(process.env, functionVariables, {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL: endpoint,
    POWERTOOLS_METRICS_DISABLED: "true",
  });
  const { handler } = createRequire(join(functionFolder, "index.js"))("./queue.js") as { handler: Handler };
  return handler;
}

function event() {
  const record = { eventName: "ObjectCreated:Put", s3: { bucket: { name: "intake" }, object: { key } } };
  return { Records: [{ messageId: "1", body: JSON.stringify({ Records: [record] }) }] };
}

async function withoutSdk(endpoint: string, agent: Agent): Promise<void> {
  for (const { bytes, hash } of readPhysically(await send(`${endpoint}/intake/${key}`, { agent }))) {
    const headers = { "x-amz-meta-sha256": hash, "Content-Length": bytes.length };
    await send(`${endpoint}/documents/d`, { agent, method: "PUT", headers }, bytes);
  }
}

async function send(url: string, options: RequestOptions, body?: Buffer): Promise<Buffer> {
  const request = sendRequest(url, options);
  request.end(body);
  const [response]: IncomingMessage[] = await once(request, "response");
  if (response?.statusCode !== 200) throw new Error(`${url} answered ${response?.statusCode}.`);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function naively(s3: S3Client): Promise<void> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "intake", Key: key }));
  for (const { bytes } of readIdiomatically((await Body?.transformToString()) ?? "", domain)) {
    await s3.send(new PutObjectCommand({ Bucket: "documents", Key: "d", Body: bytes }));
  }
}
