import { createHash } from "node:crypto";
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
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Clients, createClients, queueUrlOf } from "../../../emulator/aws/clients.ts";
import { type EmbeddedAws, startEmbeddedAws } from "../../../emulator/aws/embedded-aws.ts";

const region = "eu-central-1";
const accountId = "111111111111";
let aws: EmbeddedAws;
let clients: Clients;
let queueArn: string;

beforeAll(async () => {
  aws = await startEmbeddedAws({ region, accountId, deliveriesPerEvent: 2 });
  clients = createClients(region, aws.endpoint);
  await clients.s3.send(new CreateBucketCommand({ Bucket: "intake" }));
  const { QueueUrl } = await clients.sqs.send(new CreateQueueCommand({ QueueName: "events" }));
  const { Attributes } = await clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  queueArn = Attributes?.["QueueArn"] ?? "";
});

afterAll(async () => {
  clients.destroy();
  await aws.stop();
});

/** In the order of their arrival, which is not that of the events. */
async function receive(count: number): Promise<unknown[]> {
  const QueueUrl = await queueUrlOf(clients.sqs, queueArn);
  const bodies: unknown[] = [];
  while (bodies.length < count) {
    const { Messages = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }),
    );
    if (Messages.length === 0) break;
    bodies.push(...Messages.map(({ Body }) => JSON.parse(Body ?? "")));
  }
  return bodies;
}

const put = (input: Partial<ConstructorParameters<typeof PutObjectCommand>[0]>) =>
  clients.s3.send(new PutObjectCommand({ Bucket: "intake", Key: "key", Body: "body", ...input }));

describe("the owner that a request of S3 expects", () => {
  const key = { Bucket: "intake", Key: "owned" };
  /** Whichever it is: of an object, of the bucket, of its settings. */
  const operations = {
    PutObject: (owner: object) => new PutObjectCommand({ ...key, Body: "body", ...owner }),
    GetObject: (owner: object) => new GetObjectCommand({ ...key, ...owner }),
    HeadObject: (owner: object) => new HeadObjectCommand({ ...key, ...owner }),
    CopyObject: (owner: object) => new CopyObjectCommand({ ...key, CopySource: "intake/owned", ...owner }),
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

  it("lists and deletes objects by versions, the present one of each", async () => {
    const Bucket = "intake";
    const startedSecond = Math.floor(Date.now() / 1000) * 1000;
    await put({ Key: "versions/a&b", Body: "1" });
    await put({ Key: "versions/c", Body: "1" });
    await put({ Key: "versions/d", Body: "1" });
    const first = await clients.s3.send(
      new ListObjectVersionsCommand({ Bucket, Prefix: "versions/", MaxKeys: 2 }),
    );
    const second = await clients.s3.send(
      new ListObjectVersionsCommand({ Bucket, Prefix: "versions/", KeyMarker: first.NextKeyMarker }),
    );
    await put({ Key: "versions/c", Body: "2" });

    for (const { Key, VersionId } of first.Versions ?? []) {
      await clients.s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    }

    expect(first.Versions?.map(({ Key }) => Key)).toEqual(["versions/a&b", "versions/c"]);
    expect(first.IsTruncated).toBe(true);
    expect(second.Versions?.map(({ Key }) => Key)).toEqual(["versions/d"]);
    expect(second.Versions?.[0]?.LastModified?.getTime()).toBeGreaterThanOrEqual(startedSecond);
    const left = await clients.s3.send(new ListObjectsV2Command({ Bucket, Prefix: "versions/" }));
    // The second one was written again after it was listed.
    expect(left.Contents?.map(({ Key }) => Key)).toEqual(["versions/c", "versions/d"]);
  });

  it("tells the version of what is written, and reads that alone, where a bucket keeps versions", async () => {
    const Bucket = "intake";
    const version = (VersionId: string | undefined) =>
      clients.s3
        .send(new GetObjectCommand({ Bucket, Key: "kept", VersionId }))
        .then(({ Body }) => Body?.transformToString())
        .catch((error: Error) => error.name);
    const set = (Status: "Enabled" | "Suspended") =>
      clients.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));

    expect((await put({ Key: "kept", Body: "0" })).VersionId).toBeUndefined();
    await set("Enabled");
    const first = await put({ Key: "kept", Body: "1" });
    expect(await version(first.VersionId)).toBe("1");
    const second = await put({ Key: "kept", Body: "2" });

    expect(await version(second.VersionId)).toBe("2");
    expect(await version(first.VersionId)).toBe("NoSuchVersion");
    await set("Suspended");
    expect((await put({ Key: "kept", Body: "3" })).VersionId).toBeUndefined();
  });

  it("deletes many objects in one request, each by its version", async () => {
    const Bucket = "intake";
    const list = (Delimiter?: string) =>
      clients.s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: "batch/", Delimiter, MaxKeys: 2 }));
    for (const Key of ["batch/a&b", "batch/b", "batch/c/d", "batch/c/e"]) await put({ Key, Body: "1" });
    const { Versions = [] } = await list();
    await put({ Key: "batch/b", Body: "2" });

    const Objects = Versions.map(({ Key, VersionId }) => ({ Key, VersionId }));
    const loud = await clients.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    const quiet = await clients.s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    );

    expect(loud.Deleted).toEqual(Objects);
    expect([loud.Errors, quiet.Deleted, quiet.Errors]).toEqual([undefined, undefined, undefined]);
    const left = await list("/");
    expect(left.Versions?.map(({ Key }) => Key)).toEqual(["batch/b"]);
    expect(left.CommonPrefixes).toEqual([{ Prefix: "batch/c/" }]);
    await clients.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "batch/b" }] } }));
    expect((await list("/")).Versions).toBeUndefined();
  });

  it("copies the version that is named, or none", async () => {
    const Bucket = "intake";
    const copy = (id: string | undefined) =>
      clients.s3.send(
        new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/copied?versionId=${id}` }),
      );
    await put({ Key: "copied", Body: "1" });
    const { Versions = [] } = await clients.s3.send(
      new ListObjectVersionsCommand({ Bucket, Prefix: "copied" }),
    );

    await copy(Versions[0]?.VersionId);
    await put({ Key: "copied", Body: "2" });

    await expect(copy(Versions[0]?.VersionId)).rejects.toMatchObject({ name: "NoSuchVersion" });
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket, Key: "copy" }));
    expect(await Body?.transformToString()).toBe("1");
  });

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

describe("notifications of embedded S3", () => {
  it("begin with a test event, and tell of each object as often as they like", async () => {
    await aws.configureNotifications([
      { bucket: "intake", queueArn, events: ["s3:ObjectCreated:*"], prefix: "incoming/", suffix: ".json" },
    ]);
    await put({ Key: "elsewhere/a.json" });
    await put({ Key: "incoming/a.txt" });
    await put({ Key: "incoming/a b/ü=+'.json", Body: "four" });

    const [test, ...events] = await receive(3);

    expect(test).toMatchObject({ Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "intake" });
    expect(test).not.toHaveProperty("Records");
    expect(events).toHaveLength(2);
    expect(events[0]).toMatchObject({
      Records: [
        {
          eventVersion: "2.1",
          eventSource: "aws:s3",
          eventName: "ObjectCreated:Put",
          awsRegion: region,
          s3: {
            bucket: { name: "intake", arn: "arn:aws:s3:::intake" },
            object: {
              key: "incoming/a+b/%C3%BC%3D%2B%27.json",
              size: 4,
              eTag: createHash("md5").update("four").digest("hex"),
              sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
            },
          },
        },
      ],
    });
    expect(events[1]).toEqual(events[0]);
  });

  it("order the events of one key, and tell copies from uploads", async () => {
    await put({ Key: "incoming/b.json" });
    await clients.s3.send(
      new CopyObjectCommand({
        Bucket: "intake",
        Key: "incoming/b.json",
        CopySource: "intake/incoming/b.json",
      }),
    );

    const bodies = await receive(4);

    const records = bodies.map((body) => Object(body).Records[0]);
    const sequencersOf = (name: string) => [
      ...new Set(records.filter(({ eventName }) => eventName === name).map(({ s3 }) => s3.object.sequencer)),
    ];
    const [put1, ...otherPuts] = sequencersOf("ObjectCreated:Put");
    const [copy, ...otherCopies] = sequencersOf("ObjectCreated:Copy");
    expect([...otherPuts, ...otherCopies]).toEqual([]);
    expect(put1 < copy).toBe(true);
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

it("listens on the loopback interface alone", () => {
  expect(new URL(aws.endpoint).hostname).toBe("127.0.0.1");
});
