import { createHash, randomUUID } from "node:crypto";
import type { Clock } from "../../emulator/lambda/clock.ts";
import type { MessageQueue, QueueMessage, ReceiveOptions } from "../../emulator/lambda/message-queue.ts";

export interface InMemoryQueueOptions {
  readonly arn: string;
  readonly clock: Clock;
  readonly visibilityTimeoutSeconds: number;
  /** Counted from the first time that a message was sent, also after it moved here from another queue. */
  readonly retentionSeconds: number;
  readonly redrive?: { readonly deadLetterQueue: InMemoryQueue; readonly maxReceiveCount: number };
}

interface StoredMessage {
  readonly messageId: string;
  readonly body: string;
  readonly sentAt: number;
  firstReceivedAt: number | undefined;
  receiveCount: number;
  visibleAt: number;
  receiptHandle: string | undefined;
}

/**
 * A standard queue by the rules of Amazon SQS, and by a clock that can be a virtual one:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues.html
 */
export class InMemoryQueue implements MessageQueue {
  readonly arn: string;
  readonly #options: InMemoryQueueOptions;
  #messages: StoredMessage[] = [];
  /** Ends the sleep of each receiver that waits for a message. */
  readonly #waiting = new Set<() => void>();

  constructor(options: InMemoryQueueOptions) {
    this.arn = options.arn;
    this.#options = options;
  }

  /** @returns the id of the message */
  send(body: string): string {
    const messageId = randomUUID();
    this.#add({ messageId, body, sentAt: this.#options.clock.now() });
    return messageId;
  }

  /** Ids of the messages that are there, the hidden ones too. */
  get messageIds(): readonly string[] {
    this.#expire();
    return this.#messages.map(({ messageId }) => messageId);
  }

  async receive({ maxMessages, waitSeconds, signal }: ReceiveOptions): Promise<readonly QueueMessage[]> {
    const { clock } = this.#options;
    const deadline = clock.now() + waitSeconds * 1000;
    for (;;) {
      const received = this.#take(maxMessages);
      if (received.length > 0 || clock.now() >= deadline || signal?.aborted) return received;
      await this.#nextChange(deadline, signal);
    }
  }

  /** The receipt handle of an earlier receipt no longer deletes a message that was received again. */
  async delete(messages: readonly QueueMessage[]): Promise<void> {
    const handles = new Set(messages.map(({ receiptHandle }) => receiptHandle));
    this.#messages = this.#messages.filter(
      ({ receiptHandle }) => receiptHandle === undefined || !handles.has(receiptHandle),
    );
  }

  #add(message: Pick<StoredMessage, "messageId" | "body" | "sentAt">): void {
    this.#messages.push({
      ...message,
      firstReceivedAt: undefined,
      receiveCount: 0,
      visibleAt: this.#options.clock.now(),
      receiptHandle: undefined,
    });
    for (const wake of this.#waiting) wake();
  }

  /** Until a message is sent, or may become visible, or time is up. */
  async #nextChange(deadline: number, signal?: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const changed = new AbortController();
    // With a reason: without one, each costs an error with its stack.
    const wake = () => changed.abort("changed");
    this.#waiting.add(wake);
    signal?.addEventListener("abort", wake);
    const until = Math.min(deadline, ...this.#messages.map(({ visibleAt }) => visibleAt));
    await clock.sleep(Math.max(until - clock.now(), 0), changed.signal);
    signal?.removeEventListener("abort", wake);
    this.#waiting.delete(wake);
  }

  #expire(): void {
    const oldest = this.#options.clock.now() - this.#options.retentionSeconds * 1000;
    this.#messages = this.#messages.filter(({ sentAt }) => sentAt > oldest);
  }

  #take(maxMessages: number): QueueMessage[] {
    this.#expire();
    this.#redrive();
    const now = this.#options.clock.now();
    const visible = this.#messages.filter(({ visibleAt }) => visibleAt <= now);
    return visible.slice(0, maxMessages).map((message) => this.#receive(message));
  }

  /** A message that was received as often as allowed moves when it would be received once more. */
  #redrive(): void {
    const { redrive, clock } = this.#options;
    if (redrive === undefined) return;
    const spent = this.#messages.filter(
      ({ receiveCount, visibleAt }) => receiveCount >= redrive.maxReceiveCount && visibleAt <= clock.now(),
    );
    this.#messages = this.#messages.filter((message) => !spent.includes(message));
    for (const message of spent) redrive.deadLetterQueue.#add(message);
  }

  #receive(message: StoredMessage): QueueMessage {
    const { clock, visibilityTimeoutSeconds } = this.#options;
    message.receiveCount++;
    message.firstReceivedAt ??= clock.now();
    message.visibleAt = clock.now() + visibilityTimeoutSeconds * 1000;
    message.receiptHandle = randomUUID();
    return {
      messageId: message.messageId,
      receiptHandle: message.receiptHandle,
      body: message.body,
      md5OfBody: createHash("md5").update(message.body).digest("hex"),
      attributes: {
        ApproximateReceiveCount: String(message.receiveCount),
        SentTimestamp: String(message.sentAt),
        SenderId: "AIDAEXAMPLE",
        ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
      },
    };
  }
}
