import { createHash } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Clients, createClients, queueUrlOf } from "../../../emulator/aws/clients.ts";
import { type EmbeddedAws, startEmbeddedAws } from "../../../emulator/aws/embedded-aws.ts";

const region = "eu-central-1";
let aws: EmbeddedAws;
let clients: Clients;
let queueArn: string;

const configure = (bucket: string, events: string[], prefix = "", suffix = "") =>
  aws.configureNotifications([{ bucket, queueArn, events, prefix, suffix }]);

beforeAll(async () => {
  aws = await startEmbeddedAws({ region, deliveriesPerEvent: 2 });
  clients = createClients(region, aws.endpoint);
  for (const Bucket of ["intake", "versioned"]) await clients.s3.send(new CreateBucketCommand({ Bucket }));
  await clients.s3.send(
    new PutBucketVersioningCommand({ Bucket: "versioned", VersioningConfiguration: { Status: "Enabled" } }),
  );
});

beforeEach(async ({ task }) => {
  const QueueName = `events-${task.id.replaceAll(/\W/g, "-")}`;
  const { QueueUrl } = await clients.sqs.send(new CreateQueueCommand({ QueueName }));
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

/** The one record of each event, without its second delivery, by time. */
async function receiveRecords(count: number) {
  const [, ...bodies] = await receive(1 + 2 * count);
  const bySequencer = new Map(
    bodies.map((body) => Object(body).Records[0]).map((record) => [record.s3.object.sequencer, record]),
  );
  return [...bySequencer].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record);
}

const put = (input: Partial<ConstructorParameters<typeof PutObjectCommand>[0]>) =>
  clients.s3.send(new PutObjectCommand({ Bucket: "intake", Key: "key", Body: "body", ...input }));

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
    await configure("intake", ["s3:ObjectCreated:*"], "incoming/");
    await put({ Key: "incoming/b.json" });
    await clients.s3.send(
      new CopyObjectCommand({
        Bucket: "intake",
        Key: "incoming/b.json",
        CopySource: "intake/incoming/b.json",
        MetadataDirective: "REPLACE",
      }),
    );

    const records = await receiveRecords(2);
    expect(records.map(({ eventName }) => eventName)).toEqual(["ObjectCreated:Put", "ObjectCreated:Copy"]);
  });

  it("tell of a multipart upload once, when it is completed, and of nothing before", async () => {
    const object = { Bucket: "intake", Key: "parts.json" };
    await configure("intake", ["s3:ObjectCreated:*"]);
    const aborted = await clients.s3.send(new CreateMultipartUploadCommand(object));
    await clients.s3.send(new AbortMultipartUploadCommand({ ...object, UploadId: aborted.UploadId }));
    const { UploadId } = await clients.s3.send(
      new CreateMultipartUploadCommand({ ...object, ChecksumAlgorithm: "CRC32" }),
    );
    const part = { ...object, UploadId, PartNumber: 1 };
    const { ETag, ChecksumCRC32 } = await clients.s3.send(new UploadPartCommand({ ...part, Body: "part" }));
    const Parts = [{ PartNumber: 1, ETag, ChecksumCRC32 }];

    const completed = await clients.s3.send(
      new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }),
    );
    await clients.s3.send(new PutObjectTaggingCommand({ ...object, Tagging: { TagSet: [] } }));
    await put({ Key: "last.json" });

    const records = await receiveRecords(2);
    expect(records.map(({ eventName }) => eventName)).toEqual([
      "ObjectCreated:CompleteMultipartUpload",
      "ObjectCreated:Put",
    ]);
    expect(records[0].s3.object).toEqual({
      key: "parts.json",
      size: 4,
      eTag: completed.ETag?.replaceAll('"', ""),
      sequencer: expect.any(String),
    });
  });

  it("tell the version where a bucket keeps them, and the size and tag of copies", async () => {
    const object = { Bucket: "versioned", Key: "order" };
    await configure("versioned", ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]);

    const written = await put(object);
    const copied = await clients.s3.send(
      new CopyObjectCommand({ ...object, Key: "copy", CopySource: "versioned/order" }),
    );
    const marked = await clients.s3.send(new DeleteObjectCommand(object));
    await clients.s3.send(new DeleteObjectCommand({ ...object, VersionId: written.VersionId }));

    const eTag = createHash("md5").update("body").digest("hex");
    const records = await receiveRecords(4);
    expect(records.map(({ eventName, s3 }) => ({ ...s3.object, sequencer: eventName }))).toEqual([
      { key: "order", size: 4, eTag, versionId: written.VersionId, sequencer: "ObjectCreated:Put" },
      { key: "copy", size: 4, eTag, versionId: copied.VersionId, sequencer: "ObjectCreated:Copy" },
      expect.objectContaining({
        versionId: marked.VersionId,
        sequencer: "ObjectRemoved:DeleteMarkerCreated",
      }),
      { key: "order", versionId: written.VersionId, sequencer: "ObjectRemoved:Delete" },
    ]);
  });
});
