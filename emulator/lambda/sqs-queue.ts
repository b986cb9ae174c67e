import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { MessageQueue, QueueMessage } from "./message-queue.ts";

export interface SqsQueueOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly arn: string;
}

/** Entries of one DeleteMessageBatch. */
const maxBatchEntries = 10;

/** A queue of Amazon SQS, or of whatever speaks as it does. */
export function createSqsQueue({ client, queueUrl, arn }: SqsQueueOptions): MessageQueue {
  return {
    arn,
    async receive({ maxMessages, waitSeconds, signal }) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: maxMessages,
          WaitTimeSeconds: waitSeconds,
          MessageSystemAttributeNames: ["All"],
          MessageAttributeNames: ["All"],
        }),
        signal && { abortSignal: signal },
      );
      return Messages.map(toQueueMessage);
    },
    async delete(messages) {
      for (let start = 0; start < messages.length; start += maxBatchEntries) {
        const batch = messages.slice(start, start + maxBatchEntries);
        const { Failed = [] } = await client.send(
          new DeleteMessageBatchCommand({
            QueueUrl: queueUrl,
            Entries: batch.map(({ receiptHandle }, index) => ({
              Id: String(index),
              ReceiptHandle: receiptHandle,
            })),
          }),
        );
        if (Failed.length > 0) {
          throw new Error(
            `${Failed.length} messages were not deleted: ${Failed[0]?.Code} ${Failed[0]?.Message}`,
          );
        }
      }
    },
  };
}

function toQueueMessage(message: Message): QueueMessage {
  const { ApproximateReceiveCount, SentTimestamp, SenderId, ApproximateFirstReceiveTimestamp } =
    message.Attributes ?? {};
  return {
    messageId: message.MessageId ?? "",
    receiptHandle: message.ReceiptHandle ?? "",
    body: message.Body ?? "",
    md5OfBody: message.MD5OfBody ?? "",
    attributes: {
      ApproximateReceiveCount: ApproximateReceiveCount ?? "1",
      SentTimestamp: SentTimestamp ?? "",
      SenderId: SenderId ?? "",
      ApproximateFirstReceiveTimestamp: ApproximateFirstReceiveTimestamp ?? "",
    },
  };
}
