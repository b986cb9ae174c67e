import { createHash } from "node:crypto";
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type Clients, createClients } from "../../../emulator/aws/clients.ts";
import { type EmbeddedAws, startEmbeddedAws } from "../../../emulator/aws/embedded-aws.ts";
import type { MessageQueue } from "../../../emulator/lambda/message-queue.ts";
import { createSqsQueue } from "../../../emulator/lambda/sqs-queue.ts";
import { InMemoryQueue } from "../../support/in-memory-queue.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

/** A queue with a visibility timeout of a second, whose messages move after two receipts. */
interface Queues {
  readonly queue: MessageQueue;
  readonly deadLetterQueue: MessageQueue;
  send(body: string): Promise<string>;
  /** Lets time go by, which stands still else. */
  wait(milliseconds: number): Promise<void>;
  /** Lets the queue take up what it was asked for before. */
  settle(): Promise<void>;
}

let aws: EmbeddedAws;
let clients: Clients;
let count = 0;

beforeAll(async () => {
  aws = await startEmbeddedAws({ region: "eu-central-1" });
  clients = createClients("eu-central-1", aws.endpoint);
});

afterEach(() => vi.restoreAllMocks());

afterAll(async () => {
  clients.destroy();
  await aws.stop();
});

async function inMemory(): Promise<Queues> {
  const clock = new VirtualClock();
  const common = { clock, visibilityTimeoutSeconds: 1, retentionSeconds: 3600 };
  const deadLetterQueue = new InMemoryQueue({ ...common, arn: "arn:aws:sqs:eu-central-1:111111111111:dead" });
  const queue = new InMemoryQueue({
    ...common,
    arn: "arn:aws:sqs:eu-central-1:111111111111:live",
    redrive: { deadLetterQueue, maxReceiveCount: 2 },
  });
  return {
    queue,
    deadLetterQueue,
    send: async (body) => queue.send(body),
    wait: (milliseconds) => clock.advance(milliseconds),
    settle: () => clock.advance(0),
  };
}

async function overHttp(): Promise<Queues> {
  // The emulator runs in this process, and tells by it when a message is visible again.
  let now = Date.now();
  vi.spyOn(Date, "now").mockImplementation(() => now);
  const create = async (name: string, attributes: Record<string, string>) => {
    const { QueueUrl = "" } = await clients.sqs.send(
      new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: "1", ...attributes } }),
    );
    const { Attributes } = await clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
    );
    const arn = Attributes?.["QueueArn"] ?? "";
    return {
      queueUrl: QueueUrl,
      arn,
      queue: createSqsQueue({ client: clients.sqs, queueUrl: QueueUrl, arn }),
    };
  };
  const dead = await create(`dead-${++count}`, {});
  const live = await create(`live-${count}`, {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 }),
  });
  return {
    queue: live.queue,
    deadLetterQueue: dead.queue,
    async send(body) {
      const { MessageId = "" } = await clients.sqs.send(
        new SendMessageCommand({ QueueUrl: live.queueUrl, MessageBody: body }),
      );
      return MessageId;
    },
    async wait(milliseconds) {
      now += milliseconds;
    },
    // It serves requests in the order in which they come.
    async settle() {
      await clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl: live.queueUrl }));
    },
  };
}

const once = { maxMessages: 10, waitSeconds: 0 };

describe.each([
  ["in memory", inMemory],
  ["of the embedded SQS", overHttp],
])("a queue %s", (_, createQueues) => {
  it("gives a message with its id, its hash and the count of its receipts", async () => {
    const { queue, send } = await createQueues();
    const messageId = await send("body");

    const [message] = await queue.receive(once);

    expect(message).toMatchObject({
      messageId,
      body: "body",
      md5OfBody: createHash("md5").update("body").digest("hex"),
      attributes: { ApproximateReceiveCount: "1" },
    });
    expect(Number(message?.attributes.SentTimestamp)).toBeGreaterThan(1e12);
  });

  it("hides a message that was received until its visibility timeout is over", async () => {
    const { queue, send, wait } = await createQueues();
    await send("body");
    const [first] = await queue.receive(once);

    expect(await queue.receive(once)).toEqual([]);
    await wait(1100);
    const [second] = await queue.receive(once);

    expect(second).toMatchObject({
      messageId: first?.messageId,
      attributes: { ApproximateReceiveCount: "2" },
    });
    expect(second?.receiptHandle).not.toBe(first?.receiptHandle);
  });

  it("forgets a message that is deleted", async () => {
    const { queue, send, wait } = await createQueues();
    await send("body");

    await queue.delete(await queue.receive(once));
    await wait(1100);

    expect(await queue.receive(once)).toEqual([]);
  });

  it("gives no more messages than asked for", async () => {
    const { queue, send } = await createQueues();
    for (const body of ["a", "b", "c"]) await send(body);

    expect(await queue.receive({ maxMessages: 2, waitSeconds: 0 })).toHaveLength(2);
    expect(await queue.receive({ maxMessages: 2, waitSeconds: 0 })).toHaveLength(1);
  });

  it("moves a message to the dead-letter queue when it would be received once too often", async () => {
    const { queue, deadLetterQueue, send, wait } = await createQueues();
    const messageId = await send("body");
    for (const receipt of [1, 2]) {
      expect(await queue.receive(once), `receipt ${receipt}`).toHaveLength(1);
      await wait(1100);
    }

    expect(await queue.receive(once)).toEqual([]);
    expect(await deadLetterQueue.receive(once)).toMatchObject([{ messageId, body: "body" }]);
  });

  it("lets a receiver wait for a message", async () => {
    const { queue, send, settle } = await createQueues();

    const receiving = queue.receive({ maxMessages: 1, waitSeconds: 20 });
    await settle();
    const messageId = await send("late");

    expect(await receiving).toMatchObject([{ messageId }]);
  });
});

describe(InMemoryQueue, () => {
  const common = { visibilityTimeoutSeconds: 1, arn: "arn:aws:sqs:eu-central-1:111111111111:queue" };

  it("keeps the time of the first sending when a message moves, and drops it when that is too long ago", async () => {
    const clock = new VirtualClock();
    const deadLetterQueue = new InMemoryQueue({ ...common, clock, retentionSeconds: 100 });
    const queue = new InMemoryQueue({
      ...common,
      clock,
      retentionSeconds: 50,
      redrive: { deadLetterQueue, maxReceiveCount: 1 },
    });
    queue.send("body");
    await clock.advance(40_000);
    await queue.receive(once);
    await clock.advance(1000);
    await queue.receive(once);

    expect(deadLetterQueue.messageIds).toHaveLength(1);
    await clock.advance(60_000);
    expect(deadLetterQueue.messageIds).toEqual([]);
  });

  it("does not delete by the receipt before the last one", async () => {
    const clock = new VirtualClock();
    const queue = new InMemoryQueue({ ...common, clock, retentionSeconds: 100 });
    queue.send("body");
    const first = await queue.receive(once);
    await clock.advance(1000);
    await queue.receive(once);

    await queue.delete(first);

    expect(queue.messageIds).toHaveLength(1);
  });
});
