import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createdEvent } from "../../../domain/s3-notification.ts";
import { createDeadLetterQueue } from "../../../operations/redrive/dead-letter-queue.ts";
import { diagnose } from "../../../operations/redrive/diagnose.ts";
import { type Moved, type MoveOptions, moveBack } from "../../../operations/redrive/move-back.ts";
import { timelessClock } from "../../support/operated-stack.ts";
import { itHolds } from "../../support/property.ts";
import { Crash, deadLetterQueueUrl, queueUrl, TwoQueues } from "../../support/two-queues.ts";

const intakeBucket = "intake";
const eventOf = (key: string) => createdEvent(intakeBucket, key);
const movable = (name: string) => eventOf(`incoming/saas/${name}/payload/id=`);
const poison = {
  older: eventOf("incoming/item/older="),
  foreign: eventOf("incoming/2026/"),
  none: "no event",
};

const attributes = { tenant: { DataType: "String", StringValue: "a" } };

async function move(queues: TwoQueues, options: Partial<MoveOptions> = {}): Promise<Moved> {
  const result: Moved = { moved: [], kept: [], failedAgain: [] };
  const queue = createDeadLetterQueue(queues.client, { deadLetterQueueUrl, queueUrl });
  const context = {
    listing: { find: async (key: string) => ({ key, sizeBytes: 1, writtenAt: 0 }) },
    intakeBucket,
    maxPayloadBytes: 10,
    loggedErrors: new Map(),
  };
  await moveBack(
    {
      queue,
      diagnose: (letter) => diagnose(letter, context),
      all: false,
      perSecond: 10,
      maxMessages: Number.POSITIVE_INFINITY,
      signal: new AbortController().signal,
      clock: timelessClock(),
      onProgress: () => undefined,
      ...options,
    },
    result,
  );
  return result;
}

const bodies = (queues: TwoQueues, url: string) => queues.contents(url).map(({ Body }) => Body);

describe(moveBack, () => {
  it("moves what can succeed, with its attributes, and leaves the rest where others see it", async () => {
    const good = {
      Body: movable("a"),
      MessageAttributes: attributes,
      trace: "Root=1-5759e988-bd862e3fe1be46a9",
    };
    const queues = new TwoQueues([
      { Body: poison.older },
      good,
      { Body: poison.foreign },
      { Body: poison.none },
    ]);

    const { moved, kept } = await move(queues);

    expect(queues.contents(queueUrl)).toEqual([good]);
    expect(queues.visible(deadLetterQueueUrl)).toEqual([poison.older, poison.foreign, poison.none]);
    expect(moved.map(({ cause }) => cause)).toEqual(["waiting"]);
    expect(kept.map(({ cause }) => cause)).toEqual(["older", "foreign", "unreadable"]);
  });

  it("moves everything where all is wanted", async () => {
    const queues = new TwoQueues(Object.values(poison).map((Body) => ({ Body })));

    await move(queues, { all: true });

    expect(bodies(queues, queueUrl)).toEqual(Object.values(poison));
    expect(bodies(queues, deadLetterQueueUrl)).toEqual([]);
  });

  it("moves no more than so many, and no faster than so many in a second", async () => {
    const queues = new TwoQueues(Array.from({ length: 40 }, (_, index) => ({ Body: movable(`${index}`) })));
    const clock = timelessClock();

    await move(queues, { maxMessages: 25, perSecond: 5, clock });

    expect(bodies(queues, queueUrl)).toHaveLength(25);
    expect(queues.visible(deadLetterQueueUrl)).toHaveLength(15);
    expect(clock.time).toBe(24 * 200);
  });

  it("hides no more of them than it moves in a second", async () => {
    const visible: number[] = [];
    const queues = new TwoQueues([{ Body: movable("a") }, { Body: movable("b") }, { Body: movable("c") }], {
      around: (call, perform) => {
        if (call === "SendMessage") visible.push(queues.visible(deadLetterQueueUrl).length);
        return perform();
      },
    });

    await move(queues, { perSecond: 1 });

    expect(visible).toEqual([2, 1, 0]);
  });

  it("tells of its progress every few seconds", async () => {
    const queues = new TwoQueues(Array.from({ length: 30 }, (_, index) => ({ Body: movable(`${index}`) })));
    const told: number[] = [];

    await move(queues, { perSecond: 2, onProgress: ({ moved }) => told.push(moved.length) });

    expect(told).toEqual([11, 21]);
  });

  it("ends after the message in hand when it is asked to, and gives the others back", async () => {
    const ending = new AbortController();
    const around = (call: string, perform: () => unknown) => {
      if (call === "SendMessage") ending.abort();
      return perform();
    };
    const queues = new TwoQueues(
      ["a", "b", "c"].map((name) => ({ Body: movable(name) })),
      { around },
    );

    const { moved } = await move(queues, { signal: ending.signal });

    expect(moved).toHaveLength(1);
    expect(bodies(queues, queueUrl)).toEqual([movable("a")]);
    expect(queues.visible(deadLetterQueueUrl)).toEqual([movable("b"), movable("c")]);
  });

  it("sends nothing any more when it is ended while it waits", async () => {
    const ending = new AbortController();
    const clock = { ...timelessClock(), sleep: async () => ending.abort() };
    const queues = new TwoQueues(["a", "b", "c"].map((name) => ({ Body: movable(name) })));

    await move(queues, { signal: ending.signal, clock });

    expect(bodies(queues, queueUrl)).toEqual([movable("a")]);
    expect(queues.visible(deadLetterQueueUrl)).toEqual([movable("b"), movable("c")]);
  });

  it("moves once what fails again meanwhile, and says so", async () => {
    const around = (call: string, perform: () => unknown) => {
      const result = perform();
      if (call === "DeleteMessage") queues.failAll();
      return result;
    };
    const queues: TwoQueues = new TwoQueues([{ Body: movable("a") }, { Body: movable("b") }], { around });

    const { moved, failedAgain } = await move(queues);

    expect([moved.length, failedAgain.length]).toEqual([2, 2]);
    expect(queues.visible(deadLetterQueueUrl)).toEqual([movable("a"), movable("b")]);
  });

  it("ends also where what stays is seen again and again", async () => {
    const around = (call: string, perform: () => unknown) => {
      if (call === "ReceiveMessage") queues.restarted({ around });
      return perform();
    };
    const stays = Array.from({ length: 30 }, () => ({ Body: poison.older }));
    const queues: TwoQueues = new TwoQueues([...stays.slice(0, 5), { Body: movable("a") }], { around });

    expect((await move(queues)).kept).toHaveLength(5);
    expect(bodies(queues, queueUrl)).toEqual([movable("a")]);
  });
});

describe("a redrive that crashes", () => {
  const letters = fc.array(
    fc.record({
      name: fc.constantFrom("a", "b", "c", "d"),
      poisoned: fc.boolean(),
      attributed: fc.boolean(),
    }),
    { maxLength: 12 },
  );

  itHolds(
    "has every message in one of the queues after each call, and finishes when it is run again",
    fc.asyncProperty(letters, fc.nat({ max: 40 }), fc.boolean(), async (given, crashAt, afterEffect) => {
      const contents = given.map(({ name, poisoned, attributed }, index) => ({
        Body: poisoned ? eventOf(`incoming/${name}-${index}/older=`) : movable(`${name}-${index}`),
        ...(attributed && { MessageAttributes: attributes }),
      }));
      const isPoison = (_: unknown, index: number) => given[index]?.poisoned === true;
      let calls = 0;
      const around = (_call: string, perform: () => unknown) => {
        calls += 1;
        // The process is gone: neither this call nor another has an effect.
        if (calls > crashAt || (calls === crashAt && !afterEffect)) throw new Crash();
        const result = perform();
        expect(queues.contents(queueUrl).concat(queues.contents(deadLetterQueueUrl))).toEqual(
          expect.arrayContaining(contents),
        );
        if (calls === crashAt) throw new Crash();
        return result;
      };
      const queues: TwoQueues = new TwoQueues(contents, { around });

      await move(queues).catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
      });
      await move(queues.restarted());

      expect(queues.contents(deadLetterQueueUrl)).toEqual(contents.filter(isPoison));
      const moved = contents.filter((content, index) => !isPoison(content, index));
      expect(queues.contents(queueUrl)).toEqual(expect.arrayContaining(moved));
      // One crash repeats one message at most.
      expect(queues.contents(queueUrl).length - moved.length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 300 },
  );
});
