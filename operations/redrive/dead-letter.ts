import type { Message } from "@aws-sdk/client-sqs";
import { type CreatedObject, NotificationError, parseS3Notification } from "../../domain/s3-notification.ts";

/** A message as it was received from the dead-letter queue. Its body is moved, and never shown. */
export interface DeadLetter {
  readonly messageId: string;
  /** Of this one receipt. */
  readonly receiptHandle: string;
  /** When it was sent first, in epoch milliseconds: a move into the dead-letter queue leaves that as it is. */
  readonly sentAt: number;
  /** What it tells of; undefined where it is no event of S3. */
  readonly objects: readonly CreatedObject[] | undefined;
  readonly message: Message;
}

export function readDeadLetter(message: Message): DeadLetter {
  const { MessageId = "", ReceiptHandle = "", Attributes, Body = "" } = message;
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    sentAt: Number(Attributes?.SentTimestamp ?? Number.NaN),
    objects: objectsOf(Body),
    message,
  };
}

function objectsOf(body: string): readonly CreatedObject[] | undefined {
  try {
    return parseS3Notification(body);
  } catch (error) {
    if (error instanceof NotificationError) return undefined;
    throw error;
  }
}
