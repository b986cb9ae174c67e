import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { Agent, createServer, type IncomingMessage, request as sendRequest } from "node:http";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { unzipSync } from "fflate";
import { buildFunctionBundle } from "../../functions/build-bundle.ts";
import { closeServer, listenOnLoopback } from "../../local/loopback-server.ts";
import type { Benchmark } from "./measure.ts";
import { createPayload, ways } from "./payload.ts";

type Handler = (event: unknown, invocation: { getRemainingTimeInMillis(): number }) => Promise<unknown>;

const folder = resolve(".cache", "bench", "functions");
const key = "incoming/item/s-1";

/** From the event to the stored document: S3 GET, check, S3 PUT, over loopback to a server that only takes and gives. */
export async function ingest(): Promise<{ benchmark: Benchmark; stop: () => Promise<void> }> {
  const payload = createPayload();
  const server = createServer((request, response) => void answer(payload, request, response));
  const endpoint = await listenOnLoopback(server);
  const handler = await loadHandler(endpoint);
  const s3 = new S3Client({
    endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    forcePathStyle: true,
  });
  const agent = new Agent({ keepAlive: true });
  const floor = "floor: GET, find, decode, hash, PUT without an SDK";
  const naive = "naive: SDK, JSON.parse, zod, PUT as the SDK does";
  const project = "this project: the built queue function";
  const timed = (what: string, work: () => Promise<unknown>) => ({
    what,
    async measure() {
      const start = performance.now();
      await work();
      return performance.now() - start;
    },
  });
  const benchmark: Benchmark = {
    title: "a payload of 9.5 MB from S3 to S3",
    unit: "ms",
    candidates: [
      timed(floor, () => withoutSdk(endpoint, agent)),
      timed(project, async () => {
        const result = await handler(event(), { getRemainingTimeInMillis: () => 60_000 });
        if (JSON.stringify(result) !== '{"batchItemFailures":[]}') throw new Error(JSON.stringify(result));
      }),
      timed(naive, () => naively(s3)),
    ],
    ratios: [
      { of: project, to: floor, target: 1.35 },
      { of: project, to: naive, target: 0.65 },
    ],
  };
  return {
    benchmark,
    async stop() {
      s3.destroy();
      agent.destroy();
      await closeServer(server);
    },
  };
}

/** The little that the function asks of S3 and DynamoDB, at no cost. */
async function answer(
  payload: Buffer,
  request: IncomingMessage,
  response: import("node:http").ServerResponse,
): Promise<void> {
  for await (const _ of request) {
    // Taken and forgotten.
  }
  if (request.headers["x-amz-target"]) {
    response.setHeader("Content-Type", "application/x-amz-json-1.0");
    response.end("{}");
  } else if (request.method === "GET") {
    response.setHeader("Content-Length", payload.length);
    response.setHeader("x-amz-meta-submission-id", "s-1");
    response.setHeader("x-amz-meta-received-at", "1772355600000");
    response.end(payload);
  } else {
    response.statusCode = request.method === "DELETE" ? 204 : 200;
    response.setHeader("ETag", '"e"');
    response.end();
  }
}

async function loadHandler(endpoint: string): Promise<Handler> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"type":"commonjs"}');
  const { path } = await buildFunctionBundle({ projectRoot: process.cwd() });
  for (const [name, content] of Object.entries(unzipSync(readFileSync(path)))) {
    writeFileSync(join(folder, name), content);
  }
  Object.assign(process.env, {
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL: endpoint,
    POWERTOOLS_METRICS_DISABLED: "true",
    INTAKE_BUCKET: "intake",
    DOCUMENTS_BUCKET: "documents",
    TABLE_NAME: "proposals",
    MAX_PAYLOAD_BYTES: "10485760",
    SUBMISSION_RETENTION_DAYS: "30",
  });
  const { handler } = createRequire(join(folder, "index.js"))("./queue.js") as { handler: Handler };
  return handler;
}

function event() {
  const record = { eventName: "ObjectCreated:Put", s3: { bucket: { name: "intake" }, object: { key } } };
  return { Records: [{ messageId: "1", body: JSON.stringify({ Records: [record] }) }] };
}

async function withoutSdk(endpoint: string, agent: Agent): Promise<void> {
  const get = sendRequest(`${endpoint}/intake/${key}`, { agent });
  get.end();
  const [response]: IncomingMessage[] = await once(get, "response");
  const chunks: Buffer[] = [];
  for await (const chunk of response ?? []) chunks.push(chunk);
  const payload = Buffer.concat(chunks);
  const start = payload.indexOf('"data":"') + 8;
  const document = Buffer.from(payload.toString("latin1", start, payload.indexOf(0x22, start)), "base64");
  const hash = createHash("sha256").update(document).digest("base64");
  const headers = { "x-amz-checksum-sha256": hash, "Content-Length": document.length };
  const put = sendRequest(`${endpoint}/documents/d`, { agent, method: "PUT", headers });
  put.end(document);
  const [stored]: IncomingMessage[] = await once(put, "response");
  stored?.resume();
  if (stored) await once(stored, "end");
}

async function naively(s3: S3Client): Promise<void> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "intake", Key: key }));
  const text = (await Body?.transformToString()) ?? "";
  ways["idiomatic: parse, zod with base64, decode, hash"](Buffer.from(text));
  const document = Buffer.from(JSON.parse(text).document.data, "base64");
  await s3.send(new PutObjectCommand({ Bucket: "documents", Key: "d", Body: document }));
}
