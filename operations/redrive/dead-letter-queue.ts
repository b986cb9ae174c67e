import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import * as z from "zod";
import { parseJson } from "../../contract/parse-json.ts";
import { type DeadLetter, readDeadLetter } from "./dead-letter.ts";

/** The intake queue, from which failing messages come. */
export interface IntakeQueueState {
  readonly waiting: number;
  /** Being processed, or hidden until the next try. */
  readonly inFlight: number;
  /** From its first receive until a message that always fails is in the dead-letter queue; undefined where the queue has none. */
  readonly retrySeconds: number | undefined;
}

export interface DeadLetterQueue {
  /** How many messages there are, seen and hidden; SQS says about how many. */
  approximateCount(): Promise<number>;
  intake(): Promise<IntakeQueueState>;
  /** Up to 10 messages, which are hidden from everybody else for that time. None: there are none that are not hidden. */
  receive(maxMessages: number, hiddenSeconds: number): Promise<DeadLetter[]>;
  /** Lets others see them again at once; those whose time was over are seen already. */
  giveBack(receiptHandles: readonly string[]): Promise<void>;
  /** Sends a copy to the queue that it came from. @returns the id that it has there */
  sendBack(letter: DeadLetter): Promise<string>;
  delete(letter: DeadLetter): Promise<void>;
}

/** Entries of one call, and messages of one receive. */
export const maxBatchEntries = 10;

/** SQS gives the number as a number or as text, as it was set. */
const redrivePolicySchema = z.object({ maxReceiveCount: z.coerce.number().int().positive() });

export type SqsCalls = Pick<SQSClient, "send">;

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html */
const waitSeconds = 1;

export function createDeadLetterQueue(
  sqs: SqsCalls,
  { deadLetterQueueUrl: QueueUrl, queueUrl }: { deadLetterQueueUrl: string; queueUrl: string },
): DeadLetterQueue {
  return {
    async approximateCount() {
      const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }),
      );
      return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
    },
    async intake() {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: queueUrl,
          AttributeNames: [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "VisibilityTimeout",
            "RedrivePolicy",
          ],
        }),
      );
      const { data } = redrivePolicySchema.safeParse(parseJson(Attributes.RedrivePolicy ?? ""));
      return {
        waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
        inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
        retrySeconds: data && data.maxReceiveCount * Number(Attributes.VisibilityTimeout ?? 30),
      };
    },
    async receive(maxMessages, hiddenSeconds) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: Math.min(maxMessages, maxBatchEntries),
          VisibilityTimeout: hiddenSeconds,
          // A short poll asks some of SQS's servers alone, and may find nothing though there is something.
          WaitTimeSeconds: waitSeconds,
          MessageSystemAttributeNames: ["All"],
          MessageAttributeNames: ["All"],
        }),
      );
      return Messages.map(readDeadLetter);
    },
    async giveBack(receiptHandles) {
      for (let start = 0; start < receiptHandles.length; start += maxBatchEntries) {
        const Entries = receiptHandles
          .slice(start, start + maxBatchEntries)
          .map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle, VisibilityTimeout: 0 }));
        await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
      }
    },
    async sendBack({ message: { Body, MessageAttributes, Attributes } }) {
      const trace = Attributes?.AWSTraceHeader;
      const { MessageId = "" } = await sqs.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: Body,
          ...(MessageAttributes && { MessageAttributes }),
          ...(trace && {
            MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue: trace } },
          }),
        }),
      );
      return MessageId;
    },
    async delete({ receiptHandle }) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receiptHandle }));
    },
  };
}

/**
 * Gives back what is left of the messages that the work adds to the handles. Where the work fails, its own error is told: what
 * cannot be given back is seen again when its time is over.
 */
export async function givingBack(
  queue: Pick<DeadLetterQueue, "giveBack">,
  handles: () => readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    await queue.giveBack(handles()).catch(() => undefined);
    throw error;
  }
  await queue.giveBack(handles());
}
