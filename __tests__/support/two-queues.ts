import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import type { SqsCalls } from "../../operations/redrive/dead-letter-queue.ts";

export const queueUrl = "https://sqs.example.com/queue";
export const deadLetterQueueUrl = "https://sqs.example.com/dead-letters";

type Content = Pick<Message, "Body" | "MessageAttributes"> & { readonly trace?: string };

interface Held extends Content {
  readonly id: string;
  receipt: string | undefined;
}

export class Crash extends Error {
  override readonly name = "Crash";
}

interface Hooks {
  /** May throw, with or without the call having had its effect. */
  readonly around?: (call: string, perform: () => unknown) => unknown;
}

/** An intake queue and its dead-letter queue in memory, as far as operators' commands call them. */
export class TwoQueues {
  readonly #queues = new Map<string, Held[]>([
    [queueUrl, []],
    [deadLetterQueueUrl, []],
  ]);
  readonly calls: string[] = [];
  #ids = 0;
  #around: NonNullable<Hooks["around"]>;

  constructor(deadLetters: readonly Content[], { around = (_call, perform) => perform() }: Hooks = {}) {
    for (const content of deadLetters) this.add(deadLetterQueueUrl, content);
    this.#around = around;
  }

  /** Works with the same queues as another process would, when those of its messages that were hidden are seen again. */
  restarted({ around = (_call, perform) => perform() }: Hooks = {}): this {
    this.#around = around;
    for (const held of [...this.#queues.values()].flat()) held.receipt = undefined;
    return this;
  }

  get client(): SqsCalls {
    // The one method of the client's many signatures.
    return { send: (command: unknown) => this.#call(command) } as unknown as SqsCalls;
  }

  contents(url: string): Content[] {
    return this.#queue(url).map(({ Body, MessageAttributes, trace }) => ({
      Body,
      ...(MessageAttributes && { MessageAttributes }),
      ...(trace !== undefined && { trace }),
    }));
  }

  /** Bodies of what others see now. */
  visible(url: string): (string | undefined)[] {
    return this.#queue(url)
      .filter(({ receipt }) => receipt === undefined)
      .map(({ Body }) => Body);
  }

  /** What a queue's redrive policy does with a message that failed: it keeps its id. */
  failAll(): void {
    this.#queue(deadLetterQueueUrl).push(...this.#queue(queueUrl).splice(0));
  }

  add(url: string, content: Content): string {
    const id = `message-${++this.#ids}`;
    this.#queue(url).push({ ...content, id, receipt: undefined });
    return id;
  }

  #queue(url: string): Held[] {
    const queue = this.#queues.get(url);
    if (queue === undefined) throw new Error(`there is no queue ${url}`);
    return queue;
  }

  async #call(command: unknown): Promise<unknown> {
    const name = (command as object).constructor.name.replace("Command", "");
    this.calls.push(name);
    return this.#around(name, () => this.#perform(command));
  }

  #perform(command: unknown): unknown {
    if (command instanceof GetQueueAttributesCommand) {
      const { QueueUrl = "" } = command.input;
      const count = { ApproximateNumberOfMessages: String(this.#queue(QueueUrl).length) };
      const RedrivePolicy = JSON.stringify({ maxReceiveCount: 5 });
      const retries = QueueUrl === queueUrl && { VisibilityTimeout: "360", RedrivePolicy };
      return { Attributes: { ...count, ...retries } };
    }
    if (command instanceof ReceiveMessageCommand) {
      const { QueueUrl = "", MaxNumberOfMessages, WaitTimeSeconds = 0 } = command.input;
      // A short poll may find nothing.
      if (WaitTimeSeconds === 0) return {};
      const seen = this.#queue(QueueUrl).filter(({ receipt }) => receipt === undefined);
      return { Messages: seen.slice(0, MaxNumberOfMessages).map((held) => this.#receive(held)) };
    }
    if (command instanceof ChangeMessageVisibilityBatchCommand) {
      const { QueueUrl = "", Entries = [] } = command.input;
      if (Entries.length > 10) throw new Error("a batch has 10 entries at most");
      for (const held of this.#queue(QueueUrl)) {
        if (Entries.some(({ ReceiptHandle }) => ReceiptHandle === held.receipt)) held.receipt = undefined;
      }
      return {};
    }
    if (command instanceof DeleteMessageCommand) {
      const queue = this.#queue(command.input.QueueUrl ?? "");
      const index = queue.findIndex(({ receipt }) => receipt === command.input.ReceiptHandle);
      if (index >= 0) queue.splice(index, 1);
      return {};
    }
    if (command instanceof SendMessageCommand) {
      const { QueueUrl = "", MessageBody, MessageAttributes, MessageSystemAttributes } = command.input;
      const trace = MessageSystemAttributes?.AWSTraceHeader?.StringValue;
      const content = {
        Body: MessageBody,
        ...(MessageAttributes && { MessageAttributes }),
        ...(trace !== undefined && { trace }),
      };
      return { MessageId: this.add(QueueUrl, content) };
    }
    if (command instanceof SendMessageBatchCommand) {
      const { QueueUrl = "", Entries = [] } = command.input;
      for (const { MessageBody } of Entries) this.add(QueueUrl, { Body: MessageBody });
      return {};
    }
    throw new Error("this call is not expected");
  }

  #receive(held: Held): Message {
    held.receipt = `receipt-${++this.#ids}`;
    const { id, receipt, trace, ...content } = held;
    const Attributes = {
      SentTimestamp: "1767225600000",
      ...(trace !== undefined && { AWSTraceHeader: trace }),
    };
    return { ...content, MessageId: id, ReceiptHandle: receipt, Attributes };
  }
}
