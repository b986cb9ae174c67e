import { describe, expect, it } from "vitest";
import { UserError } from "../../../contract/user-error.ts";
import { createdEvent } from "../../../domain/s3-notification.ts";
import { type ReplayOptions, replay } from "../../../operations/replay/replay.ts";
import { listingS3, operatedStack, timelessClock } from "../../support/operated-stack.ts";
import { queueUrl, TwoQueues } from "../../support/two-queues.ts";

const now = Date.parse("2026-01-01T03:00:00Z");
const minutesAgo = (minutes: number) => now - minutes * 60_000;
const event = (key: string) => createdEvent(operatedStack.intakeBucket, key);

const payloads = [
  "incoming/saas/a/payload/1=",
  "incoming/saas/a/payload/2 +ä=",
  "incoming/saas/b/files/f/3=",
];
const young = "incoming/saas/b/payload/4=";
const objects = [
  { key: payloads[0] ?? "", sizeBytes: 1_500_000, writtenAt: minutesAgo(300) },
  { key: payloads[1] ?? "", sizeBytes: 500_000, writtenAt: minutesAgo(15) },
  { key: payloads[2] ?? "", sizeBytes: 7, writtenAt: minutesAgo(20) },
  { key: young, sizeBytes: 7, writtenAt: minutesAgo(14) },
  { key: "incoming/saas/older=", sizeBytes: 7, writtenAt: minutesAgo(999) },
  { key: "incoming/saas/New folder/", sizeBytes: 0, writtenAt: minutesAgo(999) },
];

async function run(options: Partial<ReplayOptions> = {}, queues = new TwoQueues([])) {
  const lines: string[] = [];
  // Pages end between payloads.
  const { s3, inputs } = listingS3(objects, 2);
  const progress: string[] = [];
  const failure = await replay(
    operatedStack,
    { s3, sqs: queues.client },
    {
      prefix: "incoming/saas/",
      apply: false,
      perSecond: 10,
      olderThanMinutes: 15,
      signal: new AbortController().signal,
      print: (line) => lines.push(...line.split("\n")),
      printProgress: (line) => progress.push(line),
      clock: timelessClock(now),
      ...options,
    },
  ).catch((error: unknown) => error);
  const told = queues.contents(queueUrl).map(({ Body }) => Body);
  return { lines, failure, told, inputs, progress, queues };
}

describe(replay, () => {
  it("counts what waits, and tells nobody", async () => {
    const { lines, told, queues } = await run();

    expect(lines).toEqual([
      "Below incoming/saas/ in orders-dev-intake:",
      "3 payloads, 2.0 MB",
      "  oldest      2025-12-31T22:00:00.000Z, 5 h ago",
      "  youngest    2026-01-01T02:45:00.000Z, 15 min ago",
      "  for example incoming/saas/a/payload/1=",
      "1 payload younger than 15 minutes: left out, because the event of S3 may still arrive (--older-than-minutes 0 includes all)",
      "1 object with keys of an older version: left out, because the queue function does not read them (docs/operations.md#objects-of-an-older-version)",
      "  for example incoming/saas/older=",
      "1 object with keys that no API writes: left out (docs/operations.md#foreign-objects)",
      "  for example 'incoming/saas/New folder/'",
      "",
      "Nothing was queued. --apply queues 3 payloads again, at most 10 per second.",
    ]);
    expect(told).toEqual([]);
    expect(queues.calls).toEqual([]);
  });

  it("tells the queue of each payload once, as S3 does, and of nothing else", async () => {
    const { lines, told, inputs } = await run({ apply: true });

    expect(told).toEqual(payloads.map(event));
    expect(lines.at(-1)).toBe("3 payloads queued again.");
    for (const input of inputs) {
      expect(input).toMatchObject({ Bucket: "orders-dev-intake", ExpectedBucketOwner: "111111111111" });
    }
  });

  it("tells of what has come just now where that is wanted, whatever the clocks say", async () => {
    const { told } = await run({ apply: true, olderThanMinutes: 0, clock: timelessClock(minutesAgo(60)) });

    expect(told).toEqual([...payloads, young].map(event));
  });

  it("looks below its prefix alone", async () => {
    const { told } = await run({ apply: true, prefix: "incoming/saas/b/" });

    expect(told).toEqual(payloads.slice(2).map(event));
  });

  it("says of payloads that are all younger that they were left out, and nothing else of payloads", async () => {
    const { lines } = await run({ olderThanMinutes: 1_000 });

    expect(lines.slice(1, 2)).toEqual([
      expect.stringMatching(/^4 payloads younger than 1000 minutes: left out/),
    ]);
    expect(lines.join("\n")).not.toContain("no payload");
  });

  it("is no faster than it may be, and tells of its progress", async () => {
    const clock = timelessClock(now);

    // The slowest that there is: one in a second would be told of within two seconds.
    const { progress } = await run({ apply: true, perSecond: 0.25, clock });

    expect(clock.time - now).toBe(8_000);
    expect(progress).toEqual(["3 payloads queued …"]);
  });

  it("ends after the payload in hand when it is asked to, and says that all may be told of again", async () => {
    const ending = new AbortController();
    const around = (_call: string, perform: () => unknown) => {
      ending.abort();
      return perform();
    };

    const { told, lines } = await run({ apply: true, signal: ending.signal }, new TwoQueues([], { around }));

    expect(told).toEqual([event(payloads[0] ?? "")]);
    expect(lines.at(-1)).toBe(
      "1 payload queued again. You stopped the command before it had seen all of them: run it again. A payload that is queued twice has one outcome.",
    );
  });

  it("says what it told of until AWS refused, and tells of all when it is run again", async () => {
    let calls = 0;
    const refused = Object.assign(new Error("no such queue"), { name: "QueueDoesNotExist", $metadata: {} });
    const around = (_call: string, perform: () => unknown) => {
      if (++calls === 2) throw refused;
      return perform();
    };
    const queues = new TwoQueues([], { around });

    const { failure, lines } = await run({ apply: true }, queues);
    const { told } = await run({ apply: true }, queues);

    expect(failure).toBeInstanceOf(UserError);
    expect(String(failure)).toContain("Queueing payloads again failed. QueueDoesNotExist: no such queue\n");
    expect(lines.at(-1)).toBe("1 payload queued again.");
    expect(new Set(told)).toEqual(new Set(payloads.map(event)));
  });
});
