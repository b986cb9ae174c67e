import { randomUUID } from "node:crypto";
import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { CallOptions } from "./call-options.ts";

/** Messages of one call: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const maxBatchEntries = 10;

/** Where the function that processes payloads hears of them. */
export interface IntakeQueue {
  send(bodies: readonly string[]): Promise<void>;
}

export function createIntakeQueue(sqs: SQSClient, queueUrl: string, options: CallOptions = {}): IntakeQueue {
  return {
    async send(bodies) {
      for (let start = 0; start < bodies.length; start += maxBatchEntries) {
        const Entries = bodies
          .slice(start, start + maxBatchEntries)
          .map((MessageBody) => ({ Id: randomUUID(), MessageBody }));
        const { Failed = [] } = await sqs.send(
          new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }),
          options,
        );
        if (Failed[0]) {
          throw new Error(`The queue did not accept ${Failed.length} messages: ${Failed[0].Code}`);
        }
      }
    },
  };
}
