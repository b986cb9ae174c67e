import { createServer } from "node:http";
import { Readable } from "node:stream";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { closeServer, listenOnLoopback } from "../../../../emulator/loopback-server.ts";
import { createDocumentStore } from "../../../../functions/ingestion/stores/document-store.ts";
import { createIntakeStore } from "../../../../functions/ingestion/stores/intake-store.ts";
import type { StoredRecord } from "../../../../functions/ingestion/stores/record.ts";
import { createRecordStore } from "../../../../functions/ingestion/stores/record-store.ts";
import { pdfBytes, sha256Hex } from "../../../support/function-payloads.ts";
import {
  documentsBucket,
  intakeBucket,
  startFunctionServices,
  tableName,
} from "../../../support/function-services.ts";

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
  it("reads back what it wrote", async () => {
    const store = createRecordStore(aws.dynamodb, tableName);
    const record = aRecord("read-back", 1);

    expect(await store.readCurrent("read-back")).toBeUndefined();
    expect(await store.replaceCurrent(record, undefined)).toBe(true);
    expect(await store.readCurrent("read-back")).toEqual(record);
  });

  it("writes a state only where the expected one still stands", async () => {
    const store = createRecordStore(aws.dynamodb, tableName);
    const [first, second, third] = [aRecord("cas", 1), aRecord("cas", 2), aRecord("cas", 3)];
    await store.replaceCurrent(first, undefined);

    expect(await store.replaceCurrent(second, undefined)).toBe(false);
    expect(await store.replaceCurrent(second, first)).toBe(true);
    expect(await store.replaceCurrent(third, first)).toBe(false);
    expect(await store.readCurrent("cas")).toEqual(second);
  });

  it("writes a result once", async () => {
    const store = createRecordStore(aws.dynamodb, tableName);
    const base = { item: "once", submissionId: "a/b=", receivedAt: 1, finishedAt: 2, expiresAt: 3 };
    const reasons = [{ path: "a", code: "b", message: "c" }];
    const first = { ...base, outcome: { status: "rejected", reasons } as const };

    expect(await store.readResult("once", "a/b=")).toBeUndefined();
    expect(await store.writeResult(first)).toBe(true);
    expect(await store.writeResult({ ...base, outcome: { status: "unchanged" } })).toBe(false);
    expect(await store.readResult("once", "a/b=")).toEqual(first);
  });

  it("reads what was written last, and no older copy", async () => {
    const store = createRecordStore(aws.dynamodb, tableName);
    const send = vi.spyOn(aws.dynamodb, "send");

    await store.readCurrent("consistent");
    await store.readResult("consistent", "s-1");

    const commands = send.mock.calls.map(([command]) => command);
    expect(commands).toEqual([expect.any(GetItemCommand), expect.any(GetItemCommand)]);
    expect(commands.map(({ input }) => input)).toMatchObject([
      { ConsistentRead: true, Key: { sk: { S: "record" } } },
      { ConsistentRead: true, Key: { sk: { S: "submission#s-1" } } },
    ]);
  });

  it("lists the live records of a client page by page", async () => {
    const store = createRecordStore(aws.dynamodb, tableName);
    for (const item of ["list-3", "list-1", "list-2"]) {
      await store.replaceCurrent({ ...aRecord(item, 1), clientId: "lister" }, undefined);
    }
    const deleted = { ...aRecord("list-4", 1), clientId: "lister" };
    await store.replaceCurrent(deleted, undefined);
    await store.replaceCurrent(aTombstone("list-4"), deleted);

    const first = await store.listByClient("lister", { limit: 2 });
    const second = await store.listByClient("lister", { limit: 2, afterItem: first.lastItem ?? "" });

    expect(first.records.map(({ item }) => item)).toEqual(["list-1", "list-2"]);
    expect(first.lastItem).toBe("list-2");
    expect(second.records.map(({ item }) => item)).toEqual(["list-3"]);
    expect(second.lastItem).toBeUndefined();
  });

  it("throws when the table is missing", async () => {
    const store = createRecordStore(aws.dynamodb, "no-such-table");

    await expect(store.replaceCurrent(aRecord("a", 1), undefined)).rejects.toThrow(
      expect.objectContaining({ name: "ResourceNotFoundException" }),
    );
  });
});

describe(createDocumentStore, () => {
  it("keeps the bytes with their content type", async () => {
    const store = createDocumentStore(aws.s3, documentsBucket);

    await store.put("documents/a/b", { bytes: pdfBytes, sha256: sha256Hex(pdfBytes) }, "application/pdf");

    const head = await aws.s3.send(new HeadObjectCommand({ Bucket: documentsBucket, Key: "documents/a/b" }));
    expect(head).toMatchObject({ ContentLength: pdfBytes.length, ContentType: "application/pdf" });
  });

  it("lets S3 check the bytes against their hash", async () => {
    const store = createDocumentStore(aws.s3, documentsBucket);
    const send = vi.spyOn(aws.s3, "send");
    const sha256 = sha256Hex(pdfBytes);

    await store.put("documents/a/c", { bytes: pdfBytes, sha256 }, "application/pdf");

    expect(send.mock.calls.map(([{ input }]) => input)).toEqual([
      {
        Bucket: documentsBucket,
        Key: "documents/a/c",
        Body: pdfBytes,
        ContentType: "application/pdf",
        ChecksumSHA256: Buffer.from(sha256, "hex").toString("base64"),
      },
    ]);
  });
});

describe(createIntakeStore, () => {
  it.each([
    ["less", ["half"], "S3 sent 4 bytes of the 8 that it announced"],
    ["more", ["half", "half", "!"], "S3 sent more than the 8 bytes that it announced"],
  ])("takes no payload of which S3 sends %s than it announced", async (_name, chunks, message) => {
    const send = async () => ({
      Body: Readable.from(chunks.map((chunk) => Buffer.from(chunk))),
      ContentLength: 8,
    });
    const store = createIntakeStore({ send } as unknown as S3Client, intakeBucket);

    const payload = await store.open("incoming/a/b");

    await expect(payload?.read()).rejects.toThrow(message);
  });

  it("opens a payload with its size and metadata, then reads it", async () => {
    const store = createIntakeStore(aws.s3, intakeBucket);
    await putPayload("incoming/open/1+=ä");

    const payload = await store.open("incoming/open/1+=ä");

    expect(payload).toMatchObject({ sizeBytes: 7, metadata: { "received-at": "12" } });
    expect(Buffer.from((await payload?.read()) ?? []).toString()).toBe("payload");
  });

  it("tells a missing payload from a missing bucket", async () => {
    const store = createIntakeStore(aws.s3, intakeBucket);
    const misplaced = createIntakeStore(aws.s3, "no-such-bucket");

    expect(await store.open("incoming/open/none")).toBeUndefined();
    await expect(misplaced.open("incoming/open/none")).rejects.toMatchObject({ name: "NoSuchBucket" });
  });

  it("takes a version that is gone for a missing payload", async () => {
    const answer = "<Error><Code>NoSuchVersion</Code></Error>";
    const server = createServer((_request, response) => response.writeHead(404).end(answer));
    const s3 = new S3Client({ ...aws.clientConfig, endpoint: await listenOnLoopback(server) });

    const payload = await createIntakeStore(s3, intakeBucket).open("incoming/a/b", "v1");

    expect(payload).toBeUndefined();
    s3.destroy();
    await closeServer(server);
  });

  it("frees the connection of a payload that is not read", async () => {
    const s3 = new S3Client({ ...aws.clientConfig, endpoint: aws.endpoint, requestHandler: oneConnection });
    const store = createIntakeStore(s3, intakeBucket);
    await putPayload("incoming/discard/1", "x".repeat(8_000_000));

    const payload = await store.open("incoming/discard/1");
    payload?.discard();

    expect(await store.exists("incoming/discard/1")).toBe(true);
    s3.destroy();
  });

  it("sees a payload under exactly its key until it is deleted", async () => {
    const store = createIntakeStore(aws.s3, intakeBucket);
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

function aRecord(item: string, receivedAt: number): StoredRecord {
  return {
    kind: "record",
    item,
    documentSince: 1,
    submissionId: `s-${receivedAt}`,
    receivedAt,
    clientId: "client-1",
    profile: { horizonYears: 12 },
    proposal: { proposalType: "new" },
    document: { path: "p", sha256: "s", sizeBytes: 1, contentType: "application/pdf", fileName: "f" },
    contentSha256: "c",
    outcome: { status: "stored", created: true },
  };
}

function aTombstone(item: string) {
  return {
    kind: "tombstone",
    item,
    submissionId: "d-1",
    receivedAt: 9,
    documentSince: 9,
    expiresAt: 9,
  } as const;
}
