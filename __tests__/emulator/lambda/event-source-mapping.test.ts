import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { FunctionResult } from "../../../emulator/api-gateway/messages.ts";
import { formatTestEvent } from "../../../emulator/aws/s3-notifications.ts";
import {
  type EventSourceMappingOptions,
  type MappingEvent,
  startEventSourceMapping,
} from "../../../emulator/lambda/event-source-mapping.ts";
import type { MessageQueue } from "../../../emulator/lambda/message-queue.ts";
import { InMemoryQueue } from "../../support/in-memory-queue.ts";
import { itHolds } from "../../support/property.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const visibilityTimeoutSeconds = 60;
const maxReceiveCount = 3;

const eventSchema = z.object({
  Records: z.array(
    z.object({
      messageId: z.string(),
      body: z.string(),
      attributes: z.object({ ApproximateReceiveCount: z.string() }),
    }),
  ),
});
type Records = z.infer<typeof eventSchema>["Records"];

const success: FunctionResult = { kind: "returned", payload: "null" };

function failures(ids: readonly string[]): FunctionResult {
  const batchItemFailures = ids.map((itemIdentifier) => ({ itemIdentifier }));
  return { kind: "returned", payload: JSON.stringify({ batchItemFailures }) };
}

/** A mapping on a queue with a dead-letter queue, by a clock that the test advances. */
function aMapping(
  handle: (records: Records, clock: VirtualClock) => Promise<FunctionResult> | FunctionResult,
  changes: Partial<EventSourceMappingOptions> = {},
  wrap: (queue: MessageQueue) => MessageQueue = (queue) => queue,
) {
  const clock = new VirtualClock();
  const common = { clock, visibilityTimeoutSeconds, retentionSeconds: 86_400 };
  const deadLetterQueue = new InMemoryQueue({ ...common, arn: "arn:aws:sqs:eu-central-1:111111111111:dead" });
  const queue = new InMemoryQueue({
    ...common,
    arn: "arn:aws:sqs:eu-central-1:111111111111:live",
    redrive: { deadLetterQueue, maxReceiveCount },
  });
  const batches: Records[] = [];
  const events: MappingEvent[] = [];
  const options: EventSourceMappingOptions = {
    queue: wrap(queue),
    invoke: async (event) => {
      const { Records } = eventSchema.parse(event);
      batches.push(Records);
      return handle(Records, clock);
    },
    clock,
    region: "eu-central-1",
    batchSize: 10,
    batchWindowSeconds: 0,
    maximumConcurrency: 2,
    reportBatchItemFailures: true,
    onEvent: (event) => events.push(event),
    ...changes,
  };
  const start = () => startEventSourceMapping(options);
  return { clock, queue, deadLetterQueue, batches, events, start };
}

describe(startEventSourceMapping, () => {
  it("hands a record over as Lambda does, and deletes what succeeded", async () => {
    const { clock, queue, batches, events, start } = aMapping(() => success);
    const messageId = queue.send("body");

    const mapping = start();
    await clock.advance(1000);

    expect(batches).toMatchObject([
      [{ messageId, body: "body", attributes: { ApproximateReceiveCount: "1" } }],
    ]);
    expect(queue.messageIds).toEqual([]);
    expect(events).toMatchObject([{ kind: "invoked", messages: 1, failed: 0 }]);
    await mapping.stop();
  });

  it("says how many of its messages were the test event of S3", async () => {
    const { clock, queue, events, start } = aMapping(() => success);
    queue.send(formatTestEvent("intake", new Date(0)));
    queue.send(JSON.stringify({ Records: [{ s3: { object: { key: "s3:TestEvent" } } }] }));

    const mapping = start();
    await clock.advance(1000);

    expect(events).toMatchObject([{ kind: "invoked", messages: 2, testEvents: 1 }]);
    await mapping.stop();
  });

  it("never hands over more than a batch", async () => {
    const { clock, queue, batches, start } = aMapping(() => success, { batchSize: 2 });
    for (let index = 0; index < 5; index++) queue.send(String(index));

    const mapping = start();
    await clock.advance(1000);

    expect(batches.map(({ length }) => length).sort()).toEqual([1, 2, 2]);
    await mapping.stop();
  });

  it("waits for a batch to fill until its window is over", async () => {
    const { clock, queue, batches, start } = aMapping(() => success, {
      batchSize: 100,
      batchWindowSeconds: 30,
      maximumConcurrency: 1,
    });
    queue.send("first");

    const mapping = start();
    await clock.advance(10_000);
    queue.send("second");
    await clock.advance(15_000);
    expect(batches).toEqual([]);
    await clock.advance(10_000);

    expect(batches.map((batch) => batch.map(({ body }) => body))).toEqual([["first", "second"]]);
    await mapping.stop();
  });

  it("does not wait for the window's end once a batch is full", async () => {
    const { clock, queue, batches, start } = aMapping(() => success, {
      batchSize: 2,
      batchWindowSeconds: 300,
      maximumConcurrency: 1,
    });
    queue.send("first");
    queue.send("second");

    const mapping = start();
    await clock.advance(1000);

    expect(batches).toHaveLength(1);
    await mapping.stop();
  });

  it("invokes no more at once than it may, and leaves the rest visible", async () => {
    let running = 0;
    let most = 0;
    const { clock, queue, start } = aMapping(
      async (_, time) => {
        most = Math.max(most, ++running);
        await time.sleep(10_000);
        running--;
        return success;
      },
      { batchSize: 1, maximumConcurrency: 2 },
    );
    for (let index = 0; index < 6; index++) queue.send(String(index));

    const mapping = start();
    await clock.advance(5000);
    const untouched = await queue.receive({ maxMessages: 10, waitSeconds: 0 });
    await clock.advance(100_000);

    expect(most).toBe(2);
    expect(untouched).toHaveLength(4);
    expect(queue.messageIds).toEqual([]);
    await mapping.stop();
  });

  it("brings back what a function reports as failed, and nothing else", async () => {
    const { clock, queue, batches, start } = aMapping((records) =>
      failures(records.filter(({ body }) => body === "bad").map(({ messageId }) => messageId)),
    );
    queue.send("good");
    const bad = queue.send("bad");

    const mapping = start();
    await clock.advance(1000);
    expect(queue.messageIds).toEqual([bad]);
    await clock.advance(visibilityTimeoutSeconds * 1000);

    expect(batches.map((batch) => batch.map(({ body }) => body))).toEqual([["good", "bad"], ["bad"]]);
    await mapping.stop();
  });

  it("moves what fails too often to the dead-letter queue", async () => {
    const { clock, queue, deadLetterQueue, batches, start } = aMapping((records) =>
      failures(records.map(({ messageId }) => messageId)),
    );
    const messageId = queue.send("bad");

    const mapping = start();
    await clock.advance(5 * visibilityTimeoutSeconds * 1000);

    expect(batches.map(([record]) => record?.attributes.ApproximateReceiveCount)).toEqual(["1", "2", "3"]);
    expect(queue.messageIds).toEqual([]);
    expect(deadLetterQueue.messageIds).toEqual([messageId]);
    await mapping.stop();
  });

  it.each<[string, FunctionResult]>([
    ["an error", { kind: "failed", errorType: "Error", errorMessage: "boom" }],
    ["a timeout", { kind: "failed", errorType: "Sandbox.Timedout", errorMessage: "Task timed out" }],
    ["an answer that cannot be understood", { kind: "returned", payload: '"done"' }],
  ])("deletes nothing of a batch after %s", async (_, result) => {
    const { clock, queue, start } = aMapping(() => result);
    queue.send("a");
    queue.send("b");

    const mapping = start();
    await clock.advance(1000);

    expect(queue.messageIds).toHaveLength(2);
    await mapping.stop();
  });

  it("deletes the batch whatever the answer says, if partial responses are not asked for", async () => {
    const { clock, queue, start } = aMapping(
      (records) => failures(records.map(({ messageId }) => messageId)),
      {
        reportBatchItemFailures: false,
      },
    );
    queue.send("a");

    const mapping = start();
    await clock.advance(1000);

    expect(queue.messageIds).toEqual([]);
    await mapping.stop();
  });

  it("goes on after a receipt that failed", async () => {
    let broken = true;
    const { clock, queue, events, start } = aMapping(
      () => success,
      { maximumConcurrency: 1 },
      (inner) => ({
        arn: inner.arn,
        receive: (options) => (broken ? Promise.reject(new Error("network")) : inner.receive(options)),
        delete: (messages) => inner.delete(messages),
      }),
    );
    queue.send("a");

    const mapping = start();
    await clock.advance(500);
    broken = false;
    await clock.advance(5000);

    expect(events).toMatchObject([
      { kind: "error", action: "receive" },
      { kind: "invoked", failed: 0 },
    ]);
    expect(queue.messageIds).toEqual([]);
    await mapping.stop();
  });

  it("hands over again what it could not delete", async () => {
    let deletions = 0;
    const { clock, queue, batches, events, start } = aMapping(
      () => success,
      { maximumConcurrency: 1 },
      (inner) => ({
        arn: inner.arn,
        receive: (options) => inner.receive(options),
        delete: (messages) =>
          ++deletions === 1 ? Promise.reject(new Error("network")) : inner.delete(messages),
      }),
    );
    queue.send("a");

    const mapping = start();
    await clock.advance(2 * visibilityTimeoutSeconds * 1000);

    expect(batches).toHaveLength(2);
    expect(events).toMatchObject(
      [{ kind: "error", action: "delete" }, { kind: "invoked" }].reverse().concat({ kind: "invoked" }),
    );
    expect(queue.messageIds).toEqual([]);
    await mapping.stop();
  });

  it.each([
    [20, {}],
    [2, { longPollSeconds: 2 }],
  ])("waits at an empty queue for %i seconds, as %j asks for", async (seconds, changes) => {
    const waits: number[] = [];
    const listen = (queue: MessageQueue): MessageQueue => ({
      ...queue,
      receive(options) {
        waits.push(options.waitSeconds);
        return queue.receive(options);
      },
    });
    const { start } = aMapping(() => success, changes, listen);

    await start().stop();

    expect(new Set(waits)).toEqual(new Set([seconds]));
  });

  it("waits for what runs when it is stopped", async () => {
    let finished = false;
    const { clock, queue, start } = aMapping(async (_, time) => {
      await time.sleep(5000);
      finished = true;
      return success;
    });
    queue.send("a");
    const mapping = start();
    await clock.advance(1000);

    const stopped = mapping.stop();
    await clock.advance(10_000);
    await stopped;

    expect(finished).toBe(true);
    expect(queue.messageIds).toEqual([]);
  });

  const answer = fc.oneof(
    fc.constant("success"),
    fc.constant("throw"),
    fc.constant("garbage"),
    fc.constant("partial"),
  );
  itHolds(
    "loses no message, whatever the function answers",
    fc.asyncProperty(
      fc.array(answer, { maxLength: 12 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 4 }),
      async (answers, messageCount, batchSize) => {
        const succeeded = new Set<string>();
        const remaining = [...answers];
        const { clock, queue, deadLetterQueue, start } = aMapping(
          (records) => {
            const ids = records.map(({ messageId }) => messageId);
            const next = remaining.shift() ?? "throw";
            if (next === "throw") return { kind: "failed", errorType: "Error", errorMessage: "" };
            if (next === "garbage") return { kind: "returned", payload: "?" };
            const failed = next === "partial" ? ids.slice(0, 1) : [];
            for (const id of ids) if (!failed.includes(id)) succeeded.add(id);
            return failures(failed);
          },
          { batchSize },
        );
        const sent = Array.from({ length: messageCount }, (_, index) => queue.send(String(index)));

        const mapping = start();
        await clock.advance(10 * visibilityTimeoutSeconds * 1000);

        expect(queue.messageIds).toEqual([]);
        expect([...succeeded, ...deadLetterQueue.messageIds].sort()).toEqual([...sent].sort());
        await mapping.stop();
      },
    ),
    { numRuns: 25 },
  );
});
