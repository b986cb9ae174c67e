import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { CreateTableCommand, DescribeTableCommand, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Clients, createClients } from "../../../emulator/aws/clients.ts";
import { type EmbeddedAws, startEmbeddedAws } from "../../../emulator/aws/embedded-aws.ts";

const region = "eu-central-1";
const accountId = "111111111111";
let aws: EmbeddedAws;
let clients: Clients;

beforeAll(async () => {
  aws = await startEmbeddedAws({ region, accountId });
  clients = createClients(region, aws.endpoint);
  await clients.s3.send(new CreateBucketCommand({ Bucket: "intake" }));
});

afterAll(async () => {
  clients.destroy();
  await aws.stop();
});

const put = (input: Partial<ConstructorParameters<typeof PutObjectCommand>[0]>) =>
  clients.s3.send(new PutObjectCommand({ Bucket: "intake", Key: "key", Body: "body", ...input }));

describe("the owner that a request of S3 expects", () => {
  const key = { Bucket: "intake", Key: "owned" };
  /** Whichever it is: of an object, of the bucket, of its settings. */
  const operations = {
    PutObject: (owner: object) => new PutObjectCommand({ ...key, Body: "body", ...owner }),
    GetObject: (owner: object) => new GetObjectCommand({ ...key, ...owner }),
    HeadObject: (owner: object) => new HeadObjectCommand({ ...key, ...owner }),
    CopyObject: (owner: object) =>
      new CopyObjectCommand({ ...key, Key: "copy", CopySource: "intake/owned", ...owner }),
    ListObjectsV2: (owner: object) => new ListObjectsV2Command({ Bucket: "intake", ...owner }),
    ListObjectVersions: (owner: object) => new ListObjectVersionsCommand({ Bucket: "intake", ...owner }),
    DeleteObjects: (owner: object) =>
      new DeleteObjectsCommand({ Bucket: "intake", Delete: { Objects: [{ Key: "other" }] }, ...owner }),
    DeleteObject: (owner: object) => new DeleteObjectCommand({ ...key, ...owner }),
  };
  const send = (command: unknown) => clients.s3.send(command as PutObjectCommand);

  it.each(Object.entries(operations))("has to be the bucket's: %s", async (_, command) => {
    await put({ Key: "owned" });

    await send(command({ ExpectedBucketOwner: accountId }));
    await put({ Key: "owned" });
    await expect(send(command({ ExpectedBucketOwner: "222222222222" }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });

    expect((await clients.s3.send(new GetObjectCommand(key))).ETag).toBeDefined();
  });

  it("has to be that of a copy's source too", async () => {
    await put({ Key: "owned" });
    const copyFrom = (ExpectedSourceBucketOwner: string) =>
      send(operations.CopyObject({ ExpectedSourceBucketOwner }));

    await copyFrom(accountId);
    await expect(copyFrom("222222222222")).rejects.toMatchObject({ name: "AccessDenied" });
  });
});

describe("embedded S3", () => {
  it("refuses to overwrite where the writer asks for that, and keeps what is there", async () => {
    await put({ Key: "once", Body: "first", IfNoneMatch: "*" });

    await expect(put({ Key: "once", Body: "second", IfNoneMatch: "*" })).rejects.toMatchObject({
      name: "PreconditionFailed",
      $metadata: { httpStatusCode: 412 },
    });
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: "intake", Key: "once" }));
    expect(await Body?.transformToString()).toBe("first");
  });

  it.each(["%zz", "a%", "%E4"])("refuses the path %s as Amazon S3 does", async (key) => {
    const response = await fetch(`${aws.endpoint}/intake/${key}`, { method: "PUT", body: "body" });

    expect(response.status).toBe(400);
    expect(await response.text()).toContain("<Code>InvalidURI</Code>");
  });

  it.each(["application/x-www-form-urlencoded", "text", "multipart/form-data; boundary=a"])(
    "takes an object of the type %s byte for byte",
    async (type) => {
      await put({ Key: "typed", Body: "a=1&b=%20", ContentType: type });

      const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: "intake", Key: "typed" }));
      expect(await Body?.transformToString()).toBe("a=1&b=%20");
    },
  );

  it("lets one alone of many writers at once create an object", async () => {
    const writers = Array.from({ length: 8 }, (_, index) =>
      put({ Key: "race", Body: `writer ${index}`, IfNoneMatch: "*" }),
    );

    const results = await Promise.allSettled(writers);

    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("replaces an object only while it is the one that the writer knows", async () => {
    const { ETag } = await put({ Key: "known", Body: "first" });

    await put({ Key: "known", Body: "second", IfMatch: ETag });

    await expect(put({ Key: "known", Body: "third", IfMatch: ETag })).rejects.toMatchObject({
      name: "PreconditionFailed",
    });
  });

  it.each([
    ["CRC-32", { ChecksumCRC32: "AAAAAA==" }],
    ["CRC-32C", { ChecksumCRC32C: "AAAAAA==" }],
    ["CRC-64/NVME", { ChecksumCRC64NVME: "AAAAAAAAAAA=" }],
    ["SHA-1", { ChecksumSHA1: createHash("sha1").update("else").digest("base64") }],
    ["SHA-256", { ChecksumSHA256: createHash("sha256").update("else").digest("base64") }],
    ["MD5", { ContentMD5: createHash("md5").update("else").digest("base64") }],
  ])("refuses a body that does not match its %s", async (_, checksum) => {
    await expect(put({ Key: "damaged", ...checksum })).rejects.toMatchObject({ name: "BadDigest" });
    await expect(
      clients.s3.send(new HeadObjectCommand({ Bucket: "intake", Key: "damaged" })),
    ).rejects.toMatchObject({ name: "NotFound" });
  });

  // The check values of "123456789" in the catalogue of parametrised CRC algorithms.
  it.each([
    ["CRC-32", { ChecksumCRC32: "y/Q5Jg==" }],
    ["CRC-32C", { ChecksumCRC32C: "4waSgw==" }],
    ["CRC-64/NVME", { ChecksumCRC64NVME: "rosUhgp5mIg=" }],
  ])("takes a body that matches its %s", async (_, checksum) => {
    const { $metadata } = await put({ Key: "checked", Body: "123456789", ...checksum });

    expect($metadata.httpStatusCode).toBe(200);
  });

  it("refuses access control lists", async () => {
    await expect(put({ ACL: "public-read" })).rejects.toMatchObject({
      name: "AccessControlListNotSupported",
    });
    await expect(put({ ACL: "bucket-owner-full-control" })).resolves.toBeDefined();
  });
});

describe("embedded DynamoDB", () => {
  it("is there at the same endpoint", async () => {
    await clients.dynamodb.send(
      new CreateTableCommand({
        TableName: "table",
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      }),
    );

    const { TableNames } = await clients.dynamodb.send(new ListTablesCommand({}));
    const { Table } = await clients.dynamodb.send(new DescribeTableCommand({ TableName: "table" }));

    expect(TableNames).toEqual(["table"]);
    expect(Table?.KeySchema).toEqual([{ AttributeName: "pk", KeyType: "HASH" }]);
  });
});

it("keeps the bytes of objects in a folder of its own, which it removes when it stops", async () => {
  const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith("embedded-s3-"));
  const before = folders();
  const other = await startEmbeddedAws({ region });
  const own = folders().filter((name) => !before.includes(name));

  await other.stop();

  expect(own.length).toBeGreaterThan(0);
  expect(own.some((name) => !folders().includes(name))).toBe(true);
});

it("listens on the loopback interface alone", () => {
  expect(new URL(aws.endpoint).hostname).toBe("127.0.0.1");
});
