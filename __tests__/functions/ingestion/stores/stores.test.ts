import { createServer } from "node:http";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { documentKey, filesGroupKey, groupKey, SHARED_CALLER, tableKey } from "../../../../contract/keys.ts";
import { closeServer, listenOnLoopback } from "../../../../emulator/loopback-server.ts";
import { createDocumentStore } from "../../../../functions/ingestion/stores/document-store.ts";
import { createIntakeStore } from "../../../../functions/ingestion/stores/intake-store.ts";
import { markDeletion } from "../../../../functions/ingestion/stores/record.ts";
import { createRecordStore, type Page } from "../../../../functions/ingestion/stores/record-store.ts";
import { aPlainFile, aStoredRecord, keyedBy } from "../../../support/function-records.ts";
import {
  documentsBucket,
  intakeBucket,
  startFunctionServices,
  tableName,
} from "../../../support/function-services.ts";

const owner = "111111111111";
const oneConnection = { httpAgent: { maxSockets: 1 } };

let aws: Awaited<ReturnType<typeof startFunctionServices>>;

beforeAll(async () => {
  aws = await startFunctionServices();
});

afterEach(() => {
  vi.restoreAllMocks();
});

afterAll(() => aws?.stop());

describe(createRecordStore, () => {
  it.each([
    ["a record", keyedBy("read-back")],
    ["a plain file of it", keyedBy("read-back", "scan")],
  ])("reads back %s as it wrote it, whatever its content is", async (_name, key) => {
    const store = createRecordStore(aws.dynamodb, tableName);
    const record = aStoredRecord(key);

    expect(await store.readCurrent(key)).toBeUndefined();
    expect(await store.replaceCurrent(record, undefined)).toBe(true);
    expect(await store.readCurrent(key)).toEqual(record);
  });

  it("writes a state only where the expected one still stands", async () => {
    const store = createRecordStore(aws.dynamodb, tableName);
    const [first, second, third] = [aRecord("cas", 1), aRecord("cas", 2), aRecord("cas", 3)];
    await store.replaceCurrent(first, undefined);

    expect(await store.replaceCurrent(second, undefined)).toBe(false);
    expect(await store.replaceCurrent(second, first)).toBe(true);
    expect(await store.replaceCurrent(third, first)).toBe(false);
    expect(await store.readCurrent(keyedBy("cas"))).toEqual(second);
  });

  it.each([
    ["is refused at once", [], false],
    ["is refused when it is tried again: the first try may have been done", [500], "uncertain"],
  ])("tells of a write that %s", async (_name, failures, written) => {
    const body = JSON.stringify({
      __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
    });
    const statuses = [...failures, 400];
    const server = createServer((request, response) => {
      request.resume().on("end", () => response.writeHead(statuses.shift() ?? 400).end(body));
    });
    const dynamodb = new DynamoDBClient({ ...aws.clientConfig, endpoint: await listenOnLoopback(server) });

    const store = createRecordStore(dynamodb, tableName);

    expect(await store.replaceCurrent(aRecord("a", 2), aRecord("a", 1))).toBe(written);
    expect(statuses).toEqual([]);
    dynamodb.destroy();
    await closeServer(server);
  });

  it("takes a tombstone for another one once its deletion was repeated", async () => {
    const store = createRecordStore(aws.dynamodb, tableName);
    const tombstone = aTombstone("touched");
    const touched = { ...tombstone, documentsSince: tombstone.documentsSince + 1 };
    await store.replaceCurrent(tombstone, undefined);
    await store.replaceCurrent(touched, tombstone);

    expect(await store.replaceCurrent(aRecord("touched", 10), tombstone)).toBe(false);
    expect(await store.replaceCurrent(aRecord("touched", 10), touched)).toBe(true);
  });

  it("takes a record for another one once a deletion that came late has marked it, with the same content", async () => {
    const store = createRecordStore(aws.dynamodb, tableName);
    const record = aRecord("marked", 10);
    const marked = markDeletion(record, 99);
    await store.replaceCurrent(record, undefined);
    await store.replaceCurrent(marked, record);

    expect(await store.readCurrent(record)).toEqual({
      ...record,
      deletedAt: 99,
      documentsSince: record.documentsSince + 1,
    });
    expect(await store.replaceCurrent(aRecord("marked", 11), record)).toBe(false);
    expect(await store.replaceCurrent(aRecord("marked", 11), marked)).toBe(true);
  });

  it("writes a result once", async () => {
    const store = createRecordStore(aws.dynamodb, tableName);
    const key = keyedBy("once");
    const base = { ...key, submissionId: "a/b=", receivedAt: 1, finishedAt: 2, expiresAt: 3 };
    const reasons = [{ path: "a", code: "b", message: "c" }];
    const first = { ...base, outcome: { status: "rejected", reasons } as const };

    expect(await store.readResult(key, "a/b=")).toBeUndefined();
    expect(await store.writeResult(first)).toBe(true);
    expect(await store.writeResult({ ...base, outcome: { status: "unchanged" } })).toBe(false);
    expect(await store.readResult(key, "a/b=")).toEqual(first);
  });

  it("keeps the submissions of an item and of its files apart", async () => {
    const store = createRecordStore(aws.dynamodb, tableName);
    const rest = { submissionId: "s", receivedAt: 1, finishedAt: 2, expiresAt: 3 };
    const outcome = { status: "unchanged" } as const;
    await store.writeResult({ ...keyedBy("apart", "scan"), ...rest, outcome });

    expect(await store.readResult(keyedBy("apart"), "s")).toBeUndefined();
    expect(await store.readResult(keyedBy("apart", "other"), "s")).toBeUndefined();
    expect(await store.readResult(keyedBy("apart", "scan"), "s")).toMatchObject({ fileId: "scan" });
  });

  it("reads what was written last, and no older copy, by the one layout of keys", async () => {
    const store = createRecordStore(aws.dynamodb, tableName);
    const key = keyedBy("consistent");
    const send = vi.spyOn(aws.dynamodb, "send");

    await store.readCurrent(key);
    await store.readResult(key, "s-1");

    const commands = send.mock.calls.map(([command]) => command);
    const pk = { S: tableKey(key) };
    expect(commands).toEqual([expect.any(GetItemCommand), expect.any(GetItemCommand)]);
    expect(commands.map(({ input }) => input)).toMatchObject([
      { ConsistentRead: true, Key: { pk, sk: { S: "record" } } },
      { ConsistentRead: true, Key: { pk, sk: { S: "submission#s-1" } } },
    ]);
  });

  it("lists the live records of a group page by page", async () => {
    const store = createRecordStore(aws.dynamodb, tableName);
    const inGroup = { groupKey: groupKey(SHARED_CALLER, "listed") };
    for (const item of ["list-3", "list-1", "list-2"]) {
      await store.replaceCurrent(aStoredRecord(keyedBy(item), inGroup), undefined);
    }
    const deleted = aStoredRecord(keyedBy("list-4"), inGroup);
    await store.replaceCurrent(deleted, undefined);
    await store.replaceCurrent(aTombstone("list-4"), deleted);

    const first = await store.listGroup(SHARED_CALLER, "listed", { limit: 2 });
    const second = await store.listGroup(SHARED_CALLER, "listed", { limit: 2, after: first.last ?? "" });

    expect(first.records).toMatchObject([{ item: "list-1" }, { item: "list-2", content: { text: "ä" } }]);
    expect(first.last).toBe("list-2");
    expect(second.records.map(({ item }) => item)).toEqual(["list-3"]);
    expect(second.last).toBeUndefined();
    expect((await store.listGroup("another", "listed", { limit: 2 })).records).toEqual([]);
  });

  it("lists the plain files of an item page by page", async () => {
    const store = createRecordStore(aws.dynamodb, tableName);
    for (const fileId of ["c", "a", "b"]) {
      const key = keyedBy("listed", fileId);
      await store.replaceCurrent(aStoredRecord(key, { groupKey: filesGroupKey(key) }), undefined);
    }

    const first = await store.listFiles(keyedBy("listed"), { limit: 2 });
    const second = await store.listFiles(keyedBy("listed"), { limit: 2, after: first.last ?? "" });

    expect(first.records.map(({ fileId }) => fileId)).toEqual(["a", "b"]);
    expect(first.last).toBe("b");
    expect(second.records.map(({ fileId }) => fileId)).toEqual(["c"]);
    expect(second.last).toBeUndefined();
    expect((await store.listFiles(keyedBy("other"), { limit: 2 })).records).toEqual([]);
  });

  it.each<[string, "listGroup" | "listFiles"]>([
    ["records", "listGroup"],
    ["plain files", "listFiles"],
  ])("goes on in a list of %s where the table stopped", async (_name, list) => {
    const store = createRecordStore(aws.dynamodb, tableName);
    const group = `goes-on-${list}`;
    const item = `of-${list}`;
    for (const id of ["a", "b"]) {
      const key = list === "listFiles" ? keyedBy(item, id) : keyedBy(`${group}-${id}`);
      const inGroup = list === "listFiles" ? filesGroupKey(key) : groupKey(SHARED_CALLER, group);
      await store.replaceCurrent(aStoredRecord(key, { groupKey: inGroup }), undefined);
    }
    const read = (page: Page) =>
      list === "listFiles"
        ? store.listFiles(keyedBy(item), page)
        : store.listGroup(SHARED_CALLER, group, page);
    const send = vi.spyOn(aws.dynamodb, "send");

    const { last = "" } = await read({ limit: 1 });
    await read({ limit: 1, after: last });

    const stopped = await send.mock.results[0]?.value;
    expect(stopped).toHaveProperty("LastEvaluatedKey.pk");
    expect(send.mock.calls[1]?.[0].input).toMatchObject({ ExclusiveStartKey: stopped.LastEvaluatedKey });
  });

  it("throws when the table is missing", async () => {
    const store = createRecordStore(aws.dynamodb, "no-such-table");

    await expect(store.replaceCurrent(aRecord("a", 1), undefined)).rejects.toThrow(
      expect.objectContaining({ name: "ResourceNotFoundException" }),
    );
  });
});

describe(createDocumentStore, () => {
  const { bytes, contentType, sha256 } = aPlainFile();
  const file = { bytes, metadata: { fileName: "a", contentType, sha256, sizeBytes: bytes.length } };

  it("keeps the bytes with their content type", async () => {
    const store = createDocumentStore(aws.s3, { name: documentsBucket, owner });
    const key = keyedBy("a", "b");

    await store.put(key, file);

    const head = await aws.s3.send(
      new HeadObjectCommand({ Bucket: documentsBucket, Key: documentKey(key, sha256) }),
    );
    expect(head).toMatchObject({ ContentLength: bytes.length, ContentType: contentType });
  });

  it("lets S3 check the bytes against their hash", async () => {
    const store = createDocumentStore(aws.s3, { name: documentsBucket, owner });
    const send = vi.spyOn(aws.s3, "send");

    await store.put(keyedBy("a"), file);

    expect(send.mock.calls.map(([{ input }]) => input)).toEqual([
      {
        Bucket: documentsBucket,
        ExpectedBucketOwner: owner,
        Key: documentKey(keyedBy("a"), sha256),
        Body: bytes,
        ContentType: contentType,
        ChecksumSHA256: Buffer.from(sha256, "hex").toString("base64"),
      },
    ]);
  });
});

describe(createIntakeStore, () => {
  it("opens a payload with its size and metadata, then reads it", async () => {
    const store = createIntakeStore(aws.s3, { name: intakeBucket, owner });
    await putPayload("incoming/open/1+=ä");

    const payload = await store.open("incoming/open/1+=ä");

    expect(payload).toMatchObject({ sizeBytes: 7, metadata: { "received-at": "12" } });
    expect(Buffer.from((await payload?.read()) ?? []).toString()).toBe("payload");
  });

  it("tells a missing payload from a missing bucket", async () => {
    const store = createIntakeStore(aws.s3, { name: intakeBucket, owner });
    const misplaced = createIntakeStore(aws.s3, { name: "no-such-bucket", owner });

    expect(await store.open("incoming/open/none")).toBeUndefined();
    await expect(misplaced.open("incoming/open/none")).rejects.toMatchObject({ name: "NoSuchBucket" });
  });

  it("takes a version that is gone for a missing payload", async () => {
    const answer = "<Error><Code>NoSuchVersion</Code></Error>";
    const server = createServer((_request, response) => response.writeHead(404).end(answer));
    const s3 = new S3Client({ ...aws.clientConfig, endpoint: await listenOnLoopback(server) });

    const payload = await createIntakeStore(s3, { name: intakeBucket, owner }).open("incoming/a/b", "v1");

    expect(payload).toBeUndefined();
    s3.destroy();
    await closeServer(server);
  });

  it("frees the connection of a payload that is not read", async () => {
    const s3 = new S3Client({ ...aws.clientConfig, endpoint: aws.endpoint, requestHandler: oneConnection });
    const store = createIntakeStore(s3, { name: intakeBucket, owner });
    await putPayload("incoming/discard/1", "x".repeat(8_000_000));

    const payload = await store.open("incoming/discard/1");
    payload?.discard();

    expect(await store.exists("incoming/discard/1")).toBe(true);
    s3.destroy();
  });

  it("sees a payload under exactly its key until it is deleted", async () => {
    const store = createIntakeStore(aws.s3, { name: intakeBucket, owner });
    await putPayload("incoming/exists/12");

    expect(await store.exists("incoming/exists/1")).toBe(false);
    expect(await store.exists("incoming/exists/12")).toBe(true);
    await store.delete("incoming/exists/12");
    expect(await store.exists("incoming/exists/12")).toBe(false);
  });
});

function putPayload(Key: string, Body = "payload") {
  const Metadata = { "received-at": "12" };
  return aws.s3.send(new PutObjectCommand({ Bucket: intakeBucket, Key, Body, Metadata }));
}

function aRecord(item: string, receivedAt: number) {
  return aStoredRecord(keyedBy(item), { receivedAt, submissionId: `s-${receivedAt}` });
}

function aTombstone(item: string) {
  return {
    kind: "tombstone",
    ...keyedBy(item),
    submissionId: "d-1",
    receivedAt: 9,
    documentsSince: 9,
    expiresAt: 9,
  } as const;
}
