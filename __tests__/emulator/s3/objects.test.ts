import { createHash, randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { connect } from "node:net";
import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalS3, startLocalS3 } from "../../support/local-s3.ts";
import { until } from "../../support/until.ts";

const Bucket = "items";
let s3: LocalS3;

beforeAll(async () => {
  s3 = await startLocalS3();
  await s3.createBucket(Bucket);
});

afterAll(async () => {
  await s3.stop();
});

const put = (input: Partial<PutObjectCommandInput> = {}) =>
  s3.client.send(new PutObjectCommand({ Bucket, Key: "key", Body: "body", ...input }));
const get = (Key: string, input = {}) => s3.client.send(new GetObjectCommand({ Bucket, Key, ...input }));
const textOf = async (Key: string, input = {}) => (await get(Key, input)).Body?.transformToString();
const fetchS3 = (target: string, init?: RequestInit) => fetch(`${s3.endpoint}${target}`, init);
const md5 = (body: string) => createHash("md5").update(body).digest("hex");

describe("an object", () => {
  it("comes back byte for byte, with its headers and metadata", async () => {
    const Body = randomBytes(3 * 1024 * 1024);
    const kept = {
      ContentType: "application/json",
      ContentEncoding: "gzip",
      ContentDisposition: "inline",
      ContentLanguage: "de",
      CacheControl: "no-store",
      Metadata: { order: "17", source: "shop" },
    };

    await put({ Key: "kept", Body, ...kept });

    const { Body: read, ...answer } = await get("kept");
    expect(Buffer.from((await read?.transformToByteArray()) ?? []).equals(Body)).toBe(true);
    expect(answer).toMatchObject({ ...kept, ContentLength: Body.length, AcceptRanges: "bytes" });
    expect(answer.ServerSideEncryption).toBe("AES256");
  });

  it("is told its entity tag, which is the MD5 of its bytes", async () => {
    expect((await put({ Body: "four" })).ETag).toBe(`"${md5("four")}"`);
    expect((await get("key")).ETag).toBe(`"${md5("four")}"`);
  });

  it("is binary/octet-stream where its writer says nothing", async () => {
    await fetchS3("/items/untyped", { method: "PUT", body: new Uint8Array([1]) });

    expect((await fetchS3("/items/untyped")).headers.get("content-type")).toBe("binary/octet-stream");
  });

  it.each([
    "a b/ü=+'&<>.json",
    "double//slash",
    "/leading",
    "trailing/",
    "plus+plus",
    "%41",
    "a?b#c",
    "\u0001",
  ])("has the key %j", async (Key) => {
    await put({ Key, Body: Key });

    expect(await textOf(Key)).toBe(Key);
  });

  it("may be empty", async () => {
    await put({ Key: "empty", Body: "" });

    expect(await textOf("empty")).toBe("");
    expect((await s3.client.send(new HeadObjectCommand({ Bucket, Key: "empty" }))).ContentLength).toBe(0);
  });

  it("is gone with its file when it is deleted, and a second deletion succeeds", async () => {
    const before = readdirSync(s3.directory).length;
    await put({ Key: "gone" });
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: "gone" }));

    await expect(get("gone")).rejects.toMatchObject({ name: "NoSuchKey", Key: "gone" });
    expect(readdirSync(s3.directory)).toHaveLength(before);
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: "gone" }));
  });

  it("replaces the one before, whose file goes", async () => {
    await put({ Key: "twice", Body: "1" });
    const before = readdirSync(s3.directory).length;

    await put({ Key: "twice", Body: "2" });

    expect(await textOf("twice")).toBe("2");
    expect(readdirSync(s3.directory)).toHaveLength(before);
  });

  it("is read to its end while another takes its place", async () => {
    const first = randomBytes(8 * 1024 * 1024);
    await put({ Key: "replaced", Body: first });
    const { Body } = await get("replaced");

    await put({ Key: "replaced", Body: "second" });

    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(first)).toBe(true);
  });

  it("is never there in part: a body that breaks off leaves nothing", async () => {
    const before = readdirSync(s3.directory);
    const { hostname, port } = new URL(s3.endpoint);
    const socket = connect(Number(port), hostname);
    socket.write("PUT /items/broken HTTP/1.1\r\nHost: s3\r\nContent-Length: 100\r\n\r\nhalf");
    await new Promise((resolve) => socket.once("connect", resolve));
    await until(() => expect(readdirSync(s3.directory)).toHaveLength(before.length + 1));

    socket.destroy();

    await until(() => expect(readdirSync(s3.directory)).toEqual(before));
    expect((await fetchS3("/items/broken")).status).toBe(404);
    expect(s3.errors).toEqual([]);
  });

  it("tells its attributes", async () => {
    await put({ Key: "attributes", Body: "four" });

    const answer = await s3.client.send(
      new GetObjectAttributesCommand({
        Bucket,
        Key: "attributes",
        ObjectAttributes: ["ETag", "Checksum", "ObjectSize", "StorageClass"],
      }),
    );

    expect(answer).toMatchObject({
      ETag: md5("four"),
      Checksum: { ChecksumType: "FULL_OBJECT" },
      ObjectSize: 4,
      StorageClass: "STANDARD",
    });
  });

  it("has tags, from its writer or from later on", async () => {
    const tagsOf = async (Key: string) =>
      (await s3.client.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet;
    await put({ Key: "tagged", Tagging: "state=new&kind=a%20b" });
    expect(await tagsOf("tagged")).toEqual([
      { Key: "state", Value: "new" },
      { Key: "kind", Value: "a b" },
    ]);
    const events = s3.events.length;

    const TagSet = [
      { Key: "state", Value: "<done>" },
      { Key: "toString", Value: "" },
    ];
    await s3.client.send(new PutObjectTaggingCommand({ Bucket, Key: "tagged", Tagging: { TagSet } }));

    expect(await tagsOf("tagged")).toEqual(TagSet);
    expect((await get("tagged")).TagCount).toBe(2);
    expect(s3.events).toHaveLength(events);
  });
});

describe("a stream", () => {
  it("is taken in the SDK's chunks, whose encoding the object does not keep", async () => {
    const Body = randomBytes(300_000);
    const chunks = [Body.subarray(0, 100_000), Body.subarray(100_000)];

    await put({
      Key: "streamed",
      Body: Readable.from(chunks),
      ContentLength: Body.length,
      ContentEncoding: "gzip",
    });

    const answer = await get("streamed");
    expect(Buffer.from((await answer.Body?.transformToByteArray()) ?? []).equals(Body)).toBe(true);
    expect(answer.ContentEncoding).toBe("gzip");
    expect(answer.ChecksumCRC32).toBeDefined();
  });
});

describe("a write that Amazon S3 refuses", () => {
  it.each([
    ["a key of more than 1,024 bytes", `/items/${"k".repeat(1025)}`, {}, 400, "KeyTooLongError"],
    [
      "more than 2 KB of metadata",
      "/items/key",
      { "x-amz-meta-a": "m".repeat(2048) },
      400,
      "MetadataTooLarge",
    ],
    ["more than 5 GB", "/items/key", { "content-length": String(6 * 1024 ** 3) }, 400, "EntityTooLarge"],
    ["a path that is no UTF-8", "/items/%E4", {}, 400, "InvalidURI"],
    ["a bucket that is not there", "/others/key", {}, 404, "NoSuchBucket"],
    [
      "an access control list",
      "/items/key",
      { "x-amz-acl": "public-read" },
      400,
      "AccessControlListNotSupported",
    ],
    ["another owner", "/items/key", { "x-amz-expected-bucket-owner": "222222222222" }, 403, "AccessDenied"],
    ["a lock", "/items/key", { "x-amz-object-lock-mode": "GOVERNANCE" }, 501, "NotImplemented"],
    ["another storage class", "/items/key", { "x-amz-storage-class": "GLACIER" }, 501, "NotImplemented"],
  ])("is one of %s", async (_, target, headers, status, code) => {
    const answer = await sendRaw("PUT", target, { "content-length": "0", ...headers });

    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain(`<Code>${code}</Code>`);
  });
});

/** The whole answer, head and body, to a request whose body never comes. */
function sendRaw(method: string, target: string, headers: Record<string, string>): Promise<string> {
  const { hostname, port } = new URL(s3.endpoint);
  const lines = Object.entries({ host: "s3", connection: "close", ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(`${method} ${target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`),
    );
    let answer = "";
    socket.on("data", (data) => {
      answer += data;
      if (answer.endsWith("</Error>")) socket.destroy();
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

describe("every answer", () => {
  it("has the ids of the request and the server's name", async () => {
    const { headers } = await fetchS3("/items/nothing");

    expect(headers.get("x-amz-request-id")).toMatch(/^[0-9A-F]{16}$/);
    expect(headers.get("x-amz-id-2")).toMatch(/^[\w+/]{64}$/);
    expect(headers.get("server")).toBe("AmazonS3");
    expect(headers.get("date")).toBeTruthy();
  });

  it("of an error says its code, the key and the ids", async () => {
    const answer = await fetchS3("/items/nothing%26");
    const text = await answer.text();

    expect(answer.headers.get("content-type")).toBe("application/xml");
    expect(text).toContain(
      "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message>",
    );
    expect(text).toContain("<Key>nothing&amp;</Key>");
    expect(text).toContain(`<RequestId>${answer.headers.get("x-amz-request-id")}</RequestId>`);
  });
});

describe("what is not executed", () => {
  it.each([
    ["GET", "/items?lifecycle", "?lifecycle"],
    ["PUT", "/items?cors", "?cors"],
    ["PUT", "/items?policy", "?policy"],
    ["GET", "/items/key?acl", "?acl"],
    ["PUT", "/items/key?retention", "?retention"],
    ["POST", "/items/key?select&select-type=2", "?select"],
    ["POST", "/items", "POST of a bucket"],
    ["OPTIONS", "/items/key", "OPTIONS of an object"],
  ])("is refused by its name: %s %s", async (method, target, name) => {
    const answer = await fetchS3(target, { method });

    expect(answer.status).toBe(501);
    expect(await answer.text()).toContain(name);
  });
});

it.each([
  ["POST", "/items/key", "OBJECT"],
  ["PATCH", "/items/key", "OBJECT"],
  ["PATCH", "/items", "BUCKET"],
  ["DELETE", "/", "SERVICE"],
])("answers 405 to what no operation has: %s %s", async (method, target, type) => {
  const answer = await fetchS3(target, { method });

  expect(answer.status).toBe(405);
  const text = await answer.text();
  expect(text).toContain("<Code>MethodNotAllowed</Code>");
  expect(text).toContain(`<Method>${method}</Method><ResourceType>${type}</ResourceType>`);
});

it("does not take a key without a bucket for a request to the service", async () => {
  const answer = await fetchS3("//key");

  expect(answer.status).toBe(404);
  expect(await answer.text()).toContain("<Code>NoSuchBucket</Code>");
});
