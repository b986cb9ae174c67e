import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { S3Event } from "../s3/events.ts";
import { queueUrlOf } from "./clients.ts";
import {
  type BucketNotification,
  formatObjectEvent,
  formatTestEvent,
  isNotified,
} from "./s3-notifications.ts";

export interface NotifierOptions {
  readonly region: string;
  /** How often each event is delivered; Amazon S3 promises at least once. */
  readonly deliveriesPerEvent?: number;
  /** Told of every event that was delivered. */
  readonly onNotification?: (bucket: string, key: string, queueArn: string) => void;
  readonly onError?: (error: unknown) => void;
  readonly faults?: EmbeddedFaults | undefined;
}

/** What a rehearsal breaks in the embedded services: asked at each request and each event. */
export interface EmbeddedFaults {
  /** Whether DynamoDB answers every call with an error. */
  isTableDown(): boolean;
  /** Whether S3 sends no event for the object of that key. */
  losesEvent(key: string): boolean;
}

/** Sends an event for each object that was created or removed; what the queue does not take in the end is told to `onError`. */
export function createNotifier({
  region,
  deliveriesPerEvent = 1,
  onNotification,
  onError,
  faults,
}: NotifierOptions) {
  let notifications: readonly BucketNotification[] = [];
  let client: SQSClient | undefined;
  let sequence = 0;
  const pending = new Set<Promise<void>>();

  async function deliver(queueArn: string, body: string): Promise<void> {
    if (client === undefined) return;
    const QueueUrl = await queueUrlOf(client, queueArn);
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
  }

  async function notify(event: S3Event): Promise<void> {
    if (faults?.losesEvent(event.key)) return;
    const origin = { region, time: new Date(), sequence: ++sequence };
    for (const { queueArn } of notifications.filter((notification) => isNotified(notification, event))) {
      const body = formatObjectEvent(event, origin);
      for (let delivery = 0; delivery < deliveriesPerEvent; delivery++) await deliver(queueArn, body);
      onNotification?.(event.bucket, event.key, queueArn);
    }
  }

  return {
    async configure(configured: readonly BucketNotification[], sqs: SQSClient): Promise<void> {
      notifications = configured;
      client = sqs;
      for (const { bucket, queueArn } of configured)
        await deliver(queueArn, formatTestEvent(bucket, new Date()));
    },
    tell(event: S3Event): void {
      const notified = notify(event)
        .catch((error: unknown) => onError?.(error))
        .finally(() => pending.delete(notified));
      pending.add(notified);
    },
    async settled(): Promise<void> {
      await Promise.all(pending);
    },
  };
}
