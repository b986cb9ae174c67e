import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod/mini";
import { buildFunctionBundle } from "../../functions/build-bundle.ts";
import {
  type ApiRequest,
  apiEvent,
  invocation,
  s3Notification,
  sqsEvent,
} from "../support/function-events.ts";
import { aProposal, markedProposal, pdfBytes, sha256Hex, toBytes } from "../support/function-payloads.ts";
import {
  documentsBucket,
  intakeBucket,
  startFunctionServices,
  tableName,
} from "../support/function-services.ts";

type Handler = (event: unknown, context: ReturnType<typeof invocation>) => Promise<unknown>;

const entrySchema = z.object({ handler: z.custom<Handler>((value) => typeof value === "function") });
const responseSchema = z.object({ statusCode: z.number(), body: z.string() });

const documentSha256 = sha256Hex(pdfBytes);
const otherBytes = Buffer.concat([pdfBytes, Buffer.from("other")]);
const receivedAt = Date.UTC(2026, 2, 1, 9);

let aws: Awaited<ReturnType<typeof startFunctionServices>>;
let folder: string;
let callApi: Handler;
let callQueue: Handler;
let callSweep: Handler;

beforeAll(async () => {
  aws = await startFunctionServices();
  folder = await mkdtemp(join(tmpdir(), "both-paths-"));
  setFunctionEnvironment();
  const load = await unpackBundle(folder);
  callApi = load("api");
  callQueue = load("queue");
  callSweep = load("sweep");
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await aws?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("the built bundle", () => {
  it("stores the same record and document on both paths", async () => {
    const payload = toBytes(aProposal());

    const response = await sendSmall("small-1", "s-small", payload);
    const answer = await sendLarge("large-1", "s/large+1=", payload);

    expect(response.statusCode).toBe(201);
    expect(answer).toEqual({ batchItemFailures: [] });
    const small = await readRecord("small-1");
    const large = await readRecord("large-1");
    expect(small).toMatchObject({ clientId: "client-1", document: { sha256: documentSha256 }, receivedAt });
    expect(commonPart(large)).toEqual(commonPart(small));
    expect(await readDocument("small-1")).toEqual(pdfBytes);
    expect(await readDocument("large-1")).toEqual(pdfBytes);
    expect(await waitingKeys()).toEqual([]);
  });

  it("keeps each document that an item had, and names the last one in the record", async () => {
    await sendSmall("two-documents", "s-1", toBytes(aProposal()), receivedAt + 1);
    await sendLarge("two-documents", "s-2", toBytes(markedProposal("other")), receivedAt + 2);

    expect(await readDocument("two-documents")).toEqual(pdfBytes);
    expect(await readDocument("two-documents", sha256Hex(otherBytes))).toEqual(otherBytes);
    expect(await readRecord("two-documents")).toMatchObject({ document: { sha256: sha256Hex(otherBytes) } });
  });

  it("keeps the document's bytes out of the record", async () => {
    await sendSmall("small-2", "s-1", toBytes(aProposal()));

    expect(JSON.stringify(await readRecord("small-2"))).not.toContain(
      pdfBytes.toString("base64").slice(0, 12),
    );
  });

  it("rejects the same bytes for the same reasons on both paths, and lets the sender read them", async () => {
    const payload = toBytes({ ...aProposal(), clientId: 7 });

    const response = await sendSmall("small-3", "s-small", payload);
    await sendLarge("large-3", "s-large", payload);

    const reasons = [{ path: "clientId", code: "invalid_type", message: "Must be of type string." }];
    expect(response.statusCode).toBe(400);
    expect(JSON.parse(response.body)).toMatchObject({ status: 400, reasons });
    expect(await getSubmission("small-3", "s-small")).toMatchObject({ status: "rejected", reasons });
    expect(await getSubmission("large-3", "s-large")).toMatchObject({ status: "rejected", reasons });
    expect(await readRecord("large-3")).toBeUndefined();
    expect(await waitingKeys()).toEqual([]);
  });

  it("lets the last received submission win, whichever path and order it comes by", async () => {
    const later = aProposal({ clientId: "client-later" });
    await sendLarge("mixed", "s-2", toBytes(later), receivedAt + 2);

    const superseded = await sendSmall("mixed", "s-1", toBytes(aProposal()), receivedAt + 1);
    const repeated = await sendSmall("mixed", "s-3", toBytes(later), receivedAt + 3);

    expect(superseded.statusCode).toBe(409);
    expect(repeated.statusCode).toBe(200);
    expect(JSON.parse(repeated.body)).toMatchObject({ status: "unchanged" });
    expect(await readRecord("mixed")).toMatchObject({ clientId: "client-later", receivedAt: receivedAt + 3 });
  });

  it("answers accepted while a payload waits, then its outcome", async () => {
    await putPayload("waiting", "s/1", toBytes(aProposal()), receivedAt);

    const before = await getSubmission("waiting", "s/1");
    await callQueue(sqsEvent(s3Notification(intakeBucket, "incoming/waiting/s/1")), invocation());

    expect(before).toMatchObject({ status: "accepted" });
    expect(await getSubmission("waiting", "s/1")).toMatchObject({ status: "stored" });
  });

  it("sweeps up a payload that no event told of, and documents that no record points to", async () => {
    await sendSmall("swept", "s-1", toBytes(aProposal()), receivedAt + 1);
    await sendSmall("swept", "s-2", toBytes(markedProposal("other")), receivedAt + 2);
    await putPayload("forgotten", "s/1+=", toBytes(aProposal()));
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 8 * 86_400_000 });

    await callSweep({}, invocation());

    vi.useRealTimers();
    const { Messages = [] } = await aws.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: aws.queueUrl, MaxNumberOfMessages: 10 }),
    );
    const bodies = Messages.map(({ Body = "" }) => Body).filter((body) => body.includes("forgotten"));
    expect(bodies).toHaveLength(1);
    expect(await callQueue(sqsEvent(bodies[0] ?? ""), invocation())).toEqual({ batchItemFailures: [] });
    expect(await readRecord("forgotten")).toMatchObject({ submissionId: "s/1+=" });
    expect(await readDocument("swept", sha256Hex(otherBytes))).toEqual(otherBytes);
    await expect(readDocument("swept")).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  it("returns the message whose payload is gone without an outcome", async () => {
    const answer = await callQueue(sqsEvent(s3Notification(intakeBucket, "incoming/lost/s-1")), invocation());

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "message-0" }] });
  });
});

function setFunctionEnvironment(): void {
  const variables = {
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL: aws.endpoint,
    INTAKE_BUCKET: intakeBucket,
    DOCUMENTS_BUCKET: documentsBucket,
    TABLE_NAME: tableName,
    MAX_PAYLOAD_BYTES: "1000000",
    SUBMISSION_RETENTION_DAYS: "30",
    QUEUE_URL: aws.queueUrl,
    UNPROCESSED_AFTER_MINUTES: "60",
    DOCUMENT_GRACE_DAYS: "7",
  };
  for (const [name, value] of Object.entries(variables)) {
    vi.stubEnv(name, value);
  }
}

/** Unpacks the zip as Lambda does, and gives its handlers. */
async function unpackBundle(target: string): Promise<(entry: string) => Handler> {
  const bundle = await buildFunctionBundle({
    projectRoot: process.cwd(),
    cacheDirectory: join(target, "cache"),
  });
  const task = join(target, "task");
  await mkdir(task);
  for (const [name, content] of Object.entries(unzipSync(await readFile(bundle.path)))) {
    await writeFile(join(task, name), content);
  }
  const require = createRequire(join(task, "index.js"));
  return (entry) => entrySchema.parse(require(`./${entry}.js`)).handler;
}

async function call(request: ApiRequest) {
  return responseSchema.parse(await callApi(apiEvent(request), invocation()));
}

function sendSmall(item: string, submissionId: string, payload: Buffer, time = receivedAt) {
  return call({
    method: "POST",
    resource: "/proposals/{item}",
    pathParameters: { item },
    body: payload.toString(),
    submissionId,
    receivedAt: time,
  });
}

async function sendLarge(item: string, submissionId: string, payload: Buffer, time = receivedAt) {
  const key = await putPayload(item, submissionId, payload, time);
  return callQueue(sqsEvent(s3Notification(intakeBucket, key)), invocation());
}

async function putPayload(item: string, submissionId: string, payload: Buffer, time = receivedAt) {
  const Key = `incoming/${item}/${submissionId}`;
  const Metadata = { "submission-id": submissionId, "received-at": String(time) };
  await aws.s3.send(new PutObjectCommand({ Bucket: intakeBucket, Key, Body: payload, Metadata }));
  return Key;
}

async function getSubmission(item: string, submissionId: string): Promise<unknown> {
  const { body } = await call({
    method: "GET",
    resource: "/proposals/{item}/submissions/{submissionId}",
    pathParameters: { item, submissionId: encodeURIComponent(submissionId) },
  });
  return JSON.parse(body);
}

async function readRecord(item: string): Promise<Record<string, unknown> | undefined> {
  const Key = { pk: { S: `item#${item}` }, sk: { S: "record" } };
  const { Item } = await aws.dynamodb.send(new GetItemCommand({ TableName: tableName, Key }));
  return Item && unmarshall(Item);
}

/** What of a record depends on the payload alone. */
function commonPart(record: Record<string, unknown> | undefined) {
  const { pk, item, submissionId, document, documentSince, ...rest } = record ?? {};
  return { ...rest, document: { ...z.looseObject({}).parse(document), path: undefined } };
}

async function readDocument(item: string, sha256 = documentSha256): Promise<Buffer> {
  const Key = `documents/${item}/${sha256}`;
  const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket: documentsBucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

async function waitingKeys(): Promise<(string | undefined)[]> {
  const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket: intakeBucket }));
  return Contents.map(({ Key }) => Key);
}
