import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../contract/user-error.ts";
import { createdEvent } from "../../../domain/s3-notification.ts";
import type { LogsCalls } from "../../../operations/redrive/logged-errors.ts";
import { type RedriveOptions, redrive } from "../../../operations/redrive/redrive.ts";
import { listingS3, operatedStack, timelessClock } from "../../support/operated-stack.ts";
import { deadLetterQueueUrl, queueUrl, TwoQueues } from "../../support/two-queues.ts";

const { intakeBucket } = operatedStack;
const key = "incoming/saas/a/payload/id=";
const bodies = {
  first: createdEvent(intakeBucket, key),
  older: createdEvent(intakeBucket, "incoming/a\u001b[2J/id="),
  secret: "a secret of a sender",
};
const now = Date.parse("2026-01-01T03:00:00Z");

const entry = (messageId: string, errorName: string) =>
  JSON.stringify({ level: "ERROR", message: { message: "message failed", messageId, errorName } });

/** Answers with these pages of entries. */
function logsOf(...pages: string[][]) {
  const inputs: FilterLogEventsCommand["input"][] = [];
  const send = async (command: unknown) => {
    if (!(command instanceof FilterLogEventsCommand)) throw new Error("this call is not expected");
    inputs.push(command.input);
    const page = Number(command.input.nextToken ?? 0);
    const events = pages[page]?.map((message) => ({ message }));
    return { events, ...(page + 1 < pages.length && { nextToken: String(page + 1) }) };
  };
  return { inputs, logs: { send } as unknown as LogsCalls };
}

const denied = Object.assign(new Error("not yours"), { name: "AccessDeniedException", $metadata: {} });
const noLogs = { send: () => Promise.reject(denied) } as unknown as LogsCalls;

async function run(
  queues: TwoQueues,
  options: Partial<RedriveOptions> = {},
  logs: LogsCalls = noLogs,
  stack = operatedStack,
) {
  const lines: string[] = [];
  const { s3 } = listingS3([{ key, sizeBytes: 10, writtenAt: 0 }]);
  const failure = await redrive(
    stack,
    { s3, sqs: queues.client, logs },
    {
      apply: false,
      all: false,
      json: false,
      perSecond: 10,
      maxMessages: 1_000,
      signal: new AbortController().signal,
      print: (line) => lines.push(...line.split("\n")),
      printProgress: () => undefined,
      clock: timelessClock(now),
      ...options,
    },
  ).catch((error: unknown) => error);
  return { lines, failure };
}

const threeLetters = () => new TwoQueues(Object.values(bodies).map((Body) => ({ Body })));

describe(redrive, () => {
  it("shows what is there by cause, says what a look does, and leaves all of it where others see it", async () => {
    const queues = threeLetters();

    const { lines } = await run(queues, {}, logsOf([entry("message-1", "TimeoutError")]).logs);

    expect(lines).toEqual([
      "orders-dev-intake-dead-letter: about 3 messages, 3 shown here.",
      "orders-dev-intake: about 0 waiting, 0 in flight (being processed, or hidden until the next try).",
      "SQS shows messages only by delivering them: each receive count went up by one.",
      "",
      "1 message: The object waits in the intake bucket (last error: TimeoutError)",
      "  oldest      2026-01-01T00:00:00.000Z, 3 h ago",
      "  for example incoming/saas/a/payload/id=",
      "  on redrive  it is processed like a new payload.",
      "  see         docs/operations.md#dead-letters",
      "",
      "1 message: No API writes keys of this form",
      "  oldest      2026-01-01T00:00:00.000Z, 3 h ago",
      "  for example $'incoming/a\\x1b[2J/id='",
      "  on redrive  the queue function ignores it: no sender waits for it. --apply leaves it here; --all moves it too.",
      "  see         docs/operations.md#foreign-objects",
      "",
      "1 message: The message is not an event of S3",
      "  oldest      2026-01-01T00:00:00.000Z, 3 h ago",
      "  for example message message-3",
      "  on redrive  it fails again. --apply leaves it here; --all moves it too.",
      "  see         docs/operations.md#delete-a-message",
      "",
      "Nothing was moved. --apply moves 1 of 3 back to the intake queue, at most 10 per second.",
    ]);
    expect(queues.visible(deadLetterQueueUrl)).toEqual(Object.values(bodies));
    expect(queues.contents(queueUrl)).toEqual([]);
    expect(queues.calls.filter((call) => /Send|Delete/.test(call))).toEqual([]);
  });

  it("looks at no more than so many", async () => {
    const queues = threeLetters();

    const { lines } = await run(queues, { maxMessages: 2 });

    expect(lines[0]).toBe("orders-dev-intake-dead-letter: about 3 messages, 2 shown here.");
    expect(queues.visible(deadLetterQueueUrl)).toHaveLength(3);
  });

  it("gives back many in batches that SQS takes", async () => {
    const many = Array.from({ length: 25 }, () => ({ Body: bodies.secret }));
    const [looked, moved] = [new TwoQueues(many), new TwoQueues(many)];

    await run(looked);
    await run(moved, { apply: true, perSecond: 100 });

    for (const queues of [looked, moved]) expect(queues.visible(deadLetterQueueUrl)).toHaveLength(25);
  });

  it("says of an empty queue that there is nothing to do", async () => {
    for (const apply of [false, true]) {
      const { lines } = await run(new TwoQueues([]), { apply });
      expect(lines.at(-1)).toBe("There is nothing to redrive.");
    }
  });

  it("says of an empty queue how many messages are still tried, and how long a failing one takes to arrive", async () => {
    const queues = new TwoQueues([]);
    for (const Body of [bodies.first, bodies.first]) queues.add(queueUrl, { Body });

    const { lines } = await run(queues);

    expect(lines.at(-1)).toBe(
      "There is nothing to redrive yet: the intake queue still holds 2 messages. A message that always fails arrives here about 30 min after its first try.",
    );
  });

  it("says when a message that fails again is back", async () => {
    const { lines } = await run(threeLetters(), { apply: true });

    expect(lines[1]).toBe(
      "A message that still fails is back here in about 30 minutes (03:30 UTC). Look again then: npm run redrive -- dev",
    );
  });

  it.each([
    ["the messages about an object", key, [bodies.older, bodies.secret]],
    ["the message of an id", "message-3", [bodies.first, bodies.older]],
    ["none", "incoming/saas/a", Object.values(bodies)],
  ])("deletes %s, once it is applied, and gives back all others", async (_, wanted, left) => {
    const queues = threeLetters();

    const { lines: shown } = await run(queues, { delete: wanted });
    const untouched = queues.restarted().visible(deadLetterQueueUrl);
    const { lines: deleted } = await run(queues, { delete: wanted, apply: true });

    expect(untouched).toEqual(Object.values(bodies));
    expect(queues.visible(deadLetterQueueUrl)).toEqual(left);
    expect(queues.contents(queueUrl)).toEqual([]);
    const isFound = left.length < 3;
    expect(shown.at(-1)).toMatch(
      isFound ? /^Nothing was deleted\. --apply deletes 1 message\./ : /: no message about /,
    );
    expect(deleted.at(-1)).toMatch(isFound ? /: 1 message about \S+ deleted\.$/ : /: no message about /);
  });

  it("tells of what it has deleted, also if it is stopped then", async () => {
    const stopping = new AbortController();
    const queues = threeLetters().restarted({
      around: async (call, perform) => {
        const answer = await perform();
        if (call === "DeleteMessage") stopping.abort();
        return answer;
      },
    });

    const { lines, failure } = await run(queues, { delete: key, apply: true, signal: stopping.signal });

    expect(lines).toEqual([expect.stringMatching(/: 1 message about \S+ deleted\.$/)]);
    expect(failure).toBeInstanceOf(Error);
  });

  it("reads what the local service logged", async () => {
    const errorLog = join(mkdtempSync(join(tmpdir(), "errors-")), "errors.log");
    writeFileSync(errorLog, `no JSON\n${entry("message-1", "KeyLayoutError")}\n`);
    const local = { url: "http://a", apisUrl: "http://a", endpoint: "http://a", pid: 1, errorLog };

    const { lines } = await run(threeLetters(), { apply: true }, noLogs, { ...operatedStack, local });
    rmSync(dirname(errorLog), { recursive: true });

    expect(lines).toContain("1 message: The object waits in the intake bucket (last error: KeyLayoutError)");
    expect(lines[0]).toBe("orders-dev-intake-dead-letter: 0 messages moved back to the intake queue.");
  });

  it.each([{ apply: false }, { apply: true }])(
    "says that others hide what is there, with $apply",
    async (options) => {
      const queues = threeLetters();
      const given = { QueueUrl: deadLetterQueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 };
      await queues.client.send(new ReceiveMessageCommand(given));

      const { lines } = await run(queues, options);

      expect(lines.at(-1)).toMatch(
        /^SQS hides all of them at the moment: another client.* again in a minute\.$/,
      );
      expect(queues.contents(deadLetterQueueUrl)).toHaveLength(3);
    },
  );

  it("moves what can succeed, and names what stays", async () => {
    const queues = threeLetters();

    const { lines } = await run(queues, { apply: true });

    expect(lines).toContain("orders-dev-intake-dead-letter: 1 message moved back to the intake queue.");
    expect(lines).toContain("2 messages stayed, because the queue function cannot process them:");
    expect(queues.visible(queueUrl)).toEqual([bodies.first]);
    expect(queues.visible(deadLetterQueueUrl)).toEqual([bodies.older, bodies.secret]);
  });

  it("keeps what failed for good by the function's log", async () => {
    const queues = threeLetters();
    const { logs, inputs } = logsOf([], ["no JSON", entry("message-1", "LostPayloadError")]);

    const { lines } = await run(queues, { apply: true, json: true }, logs);

    expect(JSON.parse(lines.join("\n"))).toMatchObject({ moved: 0, kept: 3, logRead: true });
    expect(inputs[0]).toMatchObject({
      logGroupName: "/aws/lambda/orders-dev-queue",
      startTime: now - 14 * 86_400_000,
    });
  });

  it("says when the function's log was not read, and why", async () => {
    const local = { url: "http://a", apisUrl: "http://a", endpoint: "http://a", pid: 1 };

    expect((await run(threeLetters())).lines).toContain(
      "The log of the queue function was not read: reading /aws/lambda/orders-dev-queue failed with AccessDeniedException: not yours.",
    );
    expect((await run(threeLetters(), {}, logsOf().logs, { ...operatedStack, local })).lines).toContain(
      'The log of the queue function was not read: "npm start" prints it and keeps no copy.',
    );
  });

  it("says for programs what it says for people, and no body", async () => {
    const { lines } = await run(threeLetters(), { json: true });
    const report = JSON.parse(lines.join("\n"));

    expect(report).toMatchObject({
      environment: "dev",
      applied: false,
      inQueue: 3,
      looked: 3,
      movable: 1,
      logRead: false,
    });
    expect(report.groups.map(({ cause, count }: { cause: string; count: number }) => [cause, count])).toEqual(
      [
        ["waiting", 1],
        ["foreign", 1],
        ["unreadable", 1],
      ],
    );
    expect(lines.join("\n")).not.toContain(bodies.secret);
  });

  it("says what was moved until AWS refused, whose answer it was, and which rights it takes", async () => {
    let sent = 0;
    const around = (call: string, perform: () => unknown) => {
      if (call === "SendMessage" && ++sent > 1) throw denied;
      return perform();
    };
    const queues = new TwoQueues([{ Body: bodies.first }, { Body: bodies.first }], { around });

    const { lines, failure } = await run(queues, { apply: true });

    expect(lines[0]).toBe("orders-dev-intake-dead-letter: 1 message moved back to the intake queue.");
    expect(failure).toBeInstanceOf(UserError);
    expect(String(failure)).toMatch(
      /^UserError: Moving messages back failed\. AccessDeniedException: not yours\nThe role lacks a permission\. .* operator_policy /,
    );
    expect(queues.visible(deadLetterQueueUrl)).toEqual([bodies.first]);
  });

  it("shows nothing of a look that was ended, and gives back what it has seen", async () => {
    const ending = new AbortController();
    const around = (call: string, perform: () => unknown) => {
      if (call === "ReceiveMessage") ending.abort(new UserError("Stopped."));
      return perform();
    };
    const queues = new TwoQueues([{ Body: bodies.first }], { around });

    const { lines, failure } = await run(queues, { signal: ending.signal });

    expect(String(failure)).toBe("UserError: Stopped.");
    expect(lines).toEqual([]);
    expect(queues.visible(deadLetterQueueUrl)).toEqual([bodies.first]);
  });

  it("gives back what it looked at also where the look fails", async () => {
    let received = 0;
    const around = (call: string, perform: () => unknown) => {
      if (call === "ReceiveMessage" && ++received > 1) throw denied;
      return perform();
    };
    const queues = new TwoQueues([{ Body: bodies.first }], { around });

    const { failure } = await run(queues);

    expect(String(failure)).toContain("Reading the dead-letter queue failed.");
    expect(queues.visible(deadLetterQueueUrl)).toEqual([bodies.first]);
  });
});
