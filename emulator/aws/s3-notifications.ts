import { randomBytes } from "node:crypto";
import { encodeName } from "../s3/encode-name.ts";
import type { S3Event } from "../s3/events.ts";

/** What a bucket tells whom, as `aws_s3_bucket_notification` configures it. */
export interface BucketNotification {
  readonly bucket: string;
  readonly queueArn: string;
  /** Such as `s3:ObjectCreated:*`. */
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
}

export interface EventOrigin {
  readonly region: string;
  readonly time: Date;
  /** Counts up with each event of the bucket. */
  readonly sequence: number;
}

export function isNotified(notification: BucketNotification, event: S3Event): boolean {
  return (
    notification.bucket === event.bucket &&
    event.key.startsWith(notification.prefix) &&
    event.key.endsWith(notification.suffix) &&
    notification.events.some((pattern) => {
      const name = pattern.replace(/^s3:/, "");
      return name === event.name || (name.endsWith("*") && event.name.startsWith(name.slice(0, -1)));
    })
  );
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html and, recorded,
 * https://github.com/localstack/localstack/blob/25200325a5cadcfbb7de1560e7f386e4a5713002/tests/aws/services/s3/test_s3_notifications_sqs.snapshot.json
 */
export function formatObjectEvent(event: S3Event, { region, time, sequence }: EventOrigin): string {
  const record = {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion: region,
    eventTime: time.toISOString(),
    eventName: event.name,
    userIdentity: { principalId: "AWS:AIDAEXAMPLE" },
    requestParameters: { sourceIPAddress: event.sourceIp },
    responseElements: responseIds(),
    s3: {
      s3SchemaVersion: "1.0",
      configurationId: "tf-s3-queue",
      bucket: {
        name: event.bucket,
        ownerIdentity: { principalId: "A3NL1KOZZKExample" },
        arn: `arn:aws:s3:::${event.bucket}`,
      },
      object: {
        key: encodeName(event.key),
        // An object that is gone has neither; a delete marker has an entity tag, that of nothing.
        size: event.sizeBytes,
        eTag: event.eTag,
        // Only where the bucket keeps versions, or ever did.
        versionId: event.versionId,
        sequencer: formatSequencer(time, sequence),
      },
    },
  };
  return JSON.stringify({ Records: [record] });
}

/** S3 sends it to a queue once its notification is configured; it has no records. */
export function formatTestEvent(bucket: string, time: Date): string {
  const { "x-amz-request-id": requestId, "x-amz-id-2": hostId } = responseIds();
  return JSON.stringify({
    Service: "Amazon S3",
    Event: "s3:TestEvent",
    Time: time.toISOString(),
    Bucket: bucket,
    RequestId: requestId,
    HostId: hostId,
  });
}

/** Whether the body of a message is that event, and none about objects. */
export function isTestEvent(body: string): boolean {
  return body.includes('"s3:TestEvent"') && !body.includes('"Records"');
}

function responseIds() {
  return {
    "x-amz-request-id": randomBytes(8).toString("hex").toUpperCase(),
    "x-amz-id-2": randomBytes(48).toString("base64"),
  };
}

/** Orders the events of one key: hexadecimal, compared as strings. */
function formatSequencer(time: Date, sequence: number): string {
  const high = time.getTime().toString(16).toUpperCase().padStart(12, "0");
  return `${high}${sequence.toString(16).toUpperCase().padStart(6, "0")}`;
}
