import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod/mini";
import type { FunctionVariable, SweepVariable } from "../../contract/function-variables.ts";
import { documentKey, type ItemKey, intakeKey } from "../../contract/keys.ts";
import { domain } from "../../domain/domain.ts";
import { SHARED_PATH } from "../../domain/names.ts";
import { createSample } from "../../domain/sample.ts";
import { buildFunctionBundle } from "../../functions/build-bundle.ts";
import { createRecordStore } from "../../functions/ingestion/stores/record-store.ts";
import {
  type ApiRequest,
  apiEvent,
  invocation,
  s3Notification,
  sqsEvent,
} from "../support/function-events.ts";
import { aPayload, firstFile, markedPayload } from "../support/function-payloads.ts";
import {
  aPlainFile,
  fileResource,
  itemResource,
  keptContent,
  keyedBy,
  sampleGroup,
  sampleHashes,
} from "../support/function-records.ts";
import {
  documentsBucket,
  intakeBucket,
  startFunctionServices,
  tableName,
} from "../support/function-services.ts";

type Handler = (event: unknown, context: ReturnType<typeof invocation>) => Promise<unknown>;

const entrySchema = z.object({ handler: z.custom<Handler>((value) => typeof value === "function") });
const responseSchema = z.object({ statusCode: z.number(), body: z.string() });

const first = firstFile();
const other = firstFile("other");
const receivedAt = Date.UTC(2026, 2, 1, 9);
const path = (item: string) => ({ [domain.key]: item });

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
  it("stores the same record and documents on both paths", async () => {
    const payload = aPayload();

    const response = await sendSmall("small-1", "s-small", payload);
    const answer = await sendLarge("large-1", "s/large+1=", payload);

    expect(response.statusCode).toBe(201);
    expect(answer).toEqual({ batchItemFailures: [] });
    const small = await readRecord("small-1");
    const large = await readRecord("large-1");
    expect(small).toMatchObject({ content: keptContent(), documents: sampleHashes(), receivedAt });
    expect(commonPart(large)).toEqual(commonPart(small));
    for (const { sha256, bytes } of createSample().files) {
      expect(await readDocument("small-1", sha256)).toEqual(bytes);
      expect(await readDocument("large-1", sha256)).toEqual(bytes);
    }
    expect(await waitingKeys()).toEqual([]);
  });

  it("keeps each document that an item had, and names the last ones in the record", async () => {
    await sendSmall("two-documents", "s-1", aPayload(), receivedAt + 1);
    await sendLarge("two-documents", "s-2", markedPayload("other"), receivedAt + 2);

    expect(await readDocument("two-documents", first.sha256)).toEqual(first.bytes);
    expect(await readDocument("two-documents", other.sha256)).toEqual(other.bytes);
    expect(await readRecord("two-documents")).toMatchObject({ documents: sampleHashes("other") });
  });

  it("keeps the bytes of files out of the record", async () => {
    await sendSmall("small-2", "s-1", aPayload());

    const record = JSON.stringify(await readRecord("small-2"));
    for (const { part } of createSample().files) expect(record).not.toContain(part.data);
  });

  it("rejects the same bytes for the same reasons on both paths, and lets the sender read them", async () => {
    const payload = aPayload({ [domain.listedBy]: 7 });

    const response = await sendSmall("small-3", "s-small", payload);
    await sendLarge("large-3", "s-large", payload);

    const reasons = [{ path: domain.listedBy, code: "invalid_type", message: "Must be of type string." }];
    expect(response.statusCode).toBe(400);
    expect(JSON.parse(response.body)).toMatchObject({ status: 400, reasons });
    expect(await getSubmission(keyedBy("small-3"), "s-small")).toMatchObject({ status: "rejected", reasons });
    expect(await getSubmission(keyedBy("large-3"), "s-large")).toMatchObject({ status: "rejected", reasons });
    expect(await readRecord("large-3")).toBeUndefined();
    expect(await waitingKeys()).toEqual([]);
  });

  it.each([
    [
      "no UTF-8",
      Buffer.concat([Buffer.from('{"'), Buffer.from([0xff]), aPayload().subarray(2)]),
      "invalid_utf8",
    ],
    ["U+FFFD", Buffer.from('["\ufffd"]'), "invalid_utf8"],
    ["U+FFFD, escaped", Buffer.from('["\\ufffd"]'), "invalid_type"],
    ["compressed", gzipSync(aPayload()), "compressed"],
  ])("rejects bytes alike that API Gateway hands to a function as text: %s", async (name, bytes, code) => {
    const item = name.replaceAll(/\W/g, "-");
    const response = await sendSmall(`s-${item}`, "s-1", bytes);
    await sendLarge(`l-${item}`, "s-2", bytes);

    const { reasons } = JSON.parse(response.body);
    expect(reasons).toMatchObject([{ code }]);
    expect(await getSubmission(keyedBy(`l-${item}`), "s-2")).toMatchObject({ status: "rejected", reasons });
  });

  it("tells what became of a submission by the alias of its id, whichever path it took", async () => {
    await sendSmall("by-alias", "s/1+=", aPayload());
    await sendLarge("by-alias", "s/2+=", aPayload(), receivedAt + 1);

    for (const id of ["s/1+=", "s/2+="]) {
      const alias = Buffer.from(id).toString("base64url");
      expect(await getSubmission(keyedBy("by-alias"), alias)).toMatchObject({ submissionId: id });
    }
  });

  it("lets the last received submission win, whichever path and order it comes by", async () => {
    await sendLarge("mixed", "s-2", markedPayload("later"), receivedAt + 2);

    const superseded = await sendSmall("mixed", "s-1", aPayload(), receivedAt + 1);
    const repeated = await sendSmall("mixed", "s-3", markedPayload("later"), receivedAt + 3);

    expect(superseded.statusCode).toBe(409);
    expect(repeated.statusCode).toBe(200);
    expect(JSON.parse(repeated.body)).toMatchObject({ status: "unchanged" });
    expect(await readRecord("mixed")).toMatchObject({
      documents: sampleHashes("later"),
      receivedAt: receivedAt + 3,
    });
  });

  it("lists what both paths stored by its group, and shows it as it was sent", async () => {
    await sendLarge("listed", "s-1", aPayload());

    const query = { [domain.listedBy]: sampleGroup, limit: "100" };
    const list = JSON.parse((await call({ method: "GET", resource: SHARED_PATH, query })).body);
    const record = await call({ method: "GET", resource: itemResource, pathParameters: path("listed") });

    const { files: _, ...shown } = JSON.parse(record.body);
    expect(shown).toMatchObject({ ...path("listed"), submissionId: "s-1" });
    expect(list.items).toContainEqual(shown);
  });

  it("answers accepted while a payload waits, then its outcome", async () => {
    const key = keyedBy("waiting");
    const waiting = await putPayload(key, "s/1", aPayload(), receivedAt);

    const before = await getSubmission(key, "s/1");
    await callQueue(sqsEvent(s3Notification(intakeBucket, waiting)), invocation());

    expect(before).toMatchObject({ status: "accepted" });
    expect(await getSubmission(key, "s/1")).toMatchObject({ status: "stored" });
  });

  it("sweeps up a payload that no event told of, and documents that no record has", async () => {
    await sendSmall("swept", "s-1", aPayload(), receivedAt + 1);
    await sendSmall("swept", "s-2", markedPayload("other"), receivedAt + 2);
    await putPayload(keyedBy("forgotten"), "s/1+=", aPayload());
    await aws.s3.send(new PutObjectCommand({ Bucket: intakeBucket, Key: "incoming/a-folder/", Body: "" }));
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 8 * 86_400_000 });

    await callSweep({}, invocation());

    vi.useRealTimers();
    const { Messages = [] } = await aws.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: aws.queueUrl, MaxNumberOfMessages: 10 }),
    );
    const bodies = Messages.map(({ Body = "" }) => Body);
    expect(bodies).toEqual([expect.stringContaining("forgotten")]);
    expect(await callQueue(sqsEvent(bodies[0] ?? ""), invocation())).toEqual({ batchItemFailures: [] });
    expect(await readRecord("forgotten")).toMatchObject({ submissionId: "s/1+=" });
    expect(await readDocument("swept", other.sha256)).toEqual(other.bytes);
    await expect(readDocument("swept", first.sha256)).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  it("returns the message whose payload is gone without an outcome", async () => {
    const lost = intakeKey(keyedBy("lost"), "s-1");

    const answer = await callQueue(sqsEvent(s3Notification(intakeBucket, lost)), invocation());

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "message-0" }] });
  });
});

describe.runIf(domain.plainFiles)("a plain file in the built bundle", () => {
  it("is stored, shown with its record and by itself, and deleted apart from it", async () => {
    const key = keyedBy("with-file", "scan");
    const { bytes, contentType, sha256 } = aPlainFile();
    await sendSmall("with-file", "s-1", aPayload());
    const metadata = { "content-type": contentType, "file-name": "M%C3%A4rz" };
    const waiting = await putPayload(key, "s/2+=", bytes, receivedAt, metadata);

    await callQueue(sqsEvent(s3Notification(intakeBucket, waiting)), invocation());

    const pathParameters = { ...path("with-file"), fileId: "scan" };
    const file = JSON.parse((await call({ method: "GET", resource: fileResource, pathParameters })).body);
    const record = await call({ method: "GET", resource: itemResource, pathParameters: path("with-file") });
    expect(file).toMatchObject({ ...pathParameters, fileName: "März", contentType, sha256 });
    expect(JSON.parse(record.body)).toMatchObject({ files: [file] });
    expect(await getSubmission(key, "s/2+=")).toMatchObject({ ...pathParameters, status: "stored" });
    expect(await readDocument("with-file", sha256, "scan")).toEqual(bytes);

    await call({ method: "DELETE", resource: fileResource, pathParameters, receivedAt: receivedAt + 1 });

    expect(await call({ method: "GET", resource: fileResource, pathParameters })).toMatchObject({
      statusCode: 404,
    });
    expect(await readRecord("with-file")).toMatchObject({ submissionId: "s-1" });
  });
});

function setFunctionEnvironment(): void {
  const variables = {
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL: aws.endpoint,
    BUCKET_OWNER: "111111111111",
    INTAKE_BUCKET: intakeBucket,
    DOCUMENTS_BUCKET: documentsBucket,
    TABLE_NAME: tableName,
    MAX_PAYLOAD_BYTES: "1000000",
    SUBMISSION_RETENTION_DAYS: "30",
    QUEUE_URL: aws.queueUrl,
    UNPROCESSED_AFTER_MINUTES: "60",
    DOCUMENT_GRACE_DAYS: "7",
    DELETED_DOCUMENT_DAYS: "0",
  } satisfies Record<FunctionVariable | SweepVariable, string> & Record<string, string>;
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
    resource: itemResource,
    pathParameters: path(item),
    body: payload.toString(),
    submissionId,
    receivedAt: time,
  });
}

async function sendLarge(item: string, submissionId: string, payload: Buffer, time = receivedAt) {
  const key = await putPayload(keyedBy(item), submissionId, payload, time);
  return callQueue(sqsEvent(s3Notification(intakeBucket, key)), invocation());
}

async function putPayload(
  key: ItemKey,
  submissionId: string,
  Body: Buffer,
  time = receivedAt,
  ofFile: Readonly<Record<string, string>> = {},
) {
  const Key = intakeKey(key, submissionId);
  const Metadata = { ...ofFile, "submission-id": submissionId, "received-at": String(time) };
  await aws.s3.send(new PutObjectCommand({ Bucket: intakeBucket, Key, Body, Metadata }));
  return Key;
}

async function getSubmission({ item, fileId }: ItemKey, submissionId: string): Promise<unknown> {
  const { body } = await call({
    method: "GET",
    resource: `${fileId === undefined ? itemResource : fileResource}/submissions/{submissionId}`,
    pathParameters: {
      ...path(item),
      ...(fileId !== undefined && { fileId }),
      submissionId: encodeURIComponent(submissionId),
    },
  });
  return JSON.parse(body);
}

function readRecord(item: string) {
  return createRecordStore(aws.dynamodb, tableName).readCurrent(keyedBy(item));
}

/** What of a record depends on the payload alone. */
function commonPart(record: Awaited<ReturnType<typeof readRecord>>) {
  return { ...record, item: "", submissionId: "", documentsSince: 0, groupItem: "" };
}

async function readDocument(item: string, sha256: string, fileId?: string): Promise<Buffer> {
  const Key = documentKey(keyedBy(item, fileId), sha256);
  const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket: documentsBucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

async function waitingKeys(): Promise<(string | undefined)[]> {
  const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket: intakeBucket }));
  return Contents.map(({ Key }) => Key);
}
