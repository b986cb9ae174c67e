import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { domain } from "../../../domain/domain.ts";
import { createApiHandler } from "../../../functions/ingestion/api/api-handler.ts";
import { createQueueHandler } from "../../../functions/ingestion/queue/queue-handler.ts";
import { createIntakeStore } from "../../../functions/ingestion/stores/intake-store.ts";
import { createSweepHandler } from "../../../functions/ingestion/sweep/sweep-handler.ts";
import { keyedBy, sampleHashes } from "../../support/function-records.ts";
import { checkHistory, type SentSubmission } from "../../support/simulation/check-history.ts";
import type { Fault } from "../../support/simulation/invocation.ts";
import { sampled, scaled } from "../../support/simulation/scale.ts";
import { contents, createScenario, plainContents, sendPoison } from "../../support/simulation/scenario.ts";
import type { BodyFault } from "../../support/simulation/simulated-body.ts";

const functions = { createApiHandler, createQueueHandler, createSweepHandler, createIntakeStore };
const item = keyedBy("item");
const file = keyedBy("item", "file");

beforeEach(() => {
  for (const level of ["info", "warn", "error"] as const) vi.spyOn(console, level).mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

const large = (submissionId: string, receivedAt: number, content = contents.first): SentSubmission => ({
  ...item,
  submissionId,
  receivedAt,
  path: "large",
  content,
});
const plain = (submissionId: string, receivedAt: number, content = plainContents.first): SentSubmission => ({
  ...large(submissionId, receivedAt, content),
  ...file,
});
const deletion: SentSubmission = { ...item, submissionId: "deletion", receivedAt: 5, path: "deletion" };

type Case = [name: string, before: SentSubmission[], submission: SentSubmission, status: string];

const plainCases: Case[] = domain.plainFiles
  ? [
      ["a new plain file", [large("record", 1)], plain("s", 10), "stored"],
      ["a replaced plain file", [plain("before", 1)], plain("s", 10, plainContents.second), "stored"],
    ]
  : [];

/** What is there before, the submission whose function crashes, and how that submission has to end. */
const cases: Case[] = [
  ["a new record", [], large("s", 10), "stored"],
  ["a replaced record", [large("before", 1)], large("s", 10, contents.second), "stored"],
  ["the same content again", [large("before", 1)], large("s", 10), "unchanged"],
  ["a record that was deleted", [large("before", 1), deletion], large("s", 10), "stored"],
  ["a submission that comes late", [large("newer", 20)], large("s", 10, contents.second), "superseded"],
  [
    "a rejected payload",
    [large("before", 1)],
    large("s", 10, { bytes: Buffer.from("{"), valid: false, hashes: [] }),
    "rejected",
  ],
  ...plainCases,
];

const kinds = ["crash-before", "crash-after", "answer-dropped", "dropped"] as const satisfies Fault["kind"][];
/** More calls than an invocation makes, which puts each file by itself. */
const maxCalls = 8 + sampleHashes().length;
const calls = Array.from({ length: maxCalls }, (_, index) => index + 1);
const pairs = sampled(calls.flatMap((first) => calls.map((second) => [first, second] as const)));

describe.each(cases)("%s, when its function fails", (_name, before, submission, status) => {
  /** Every call of the first invocations fails as told; the next one runs well. */
  async function run(faults: readonly { kind: (typeof kinds)[number]; at: number }[], eventDelays = [1]) {
    let armed = false;
    let invocations = 0;
    let failed = 0;
    const scenario = createScenario({
      functions,
      eventDelays: () => (armed ? eventDelays : [1]),
      chooseFault: (_call, number) => {
        if (!armed) {
          return undefined;
        }
        invocations += number === 1 ? 1 : 0;
        const fault = faults[invocations - 1];
        if (fault?.at !== number) {
          return undefined;
        }
        failed += 1;
        return { kind: fault.kind };
      },
    });
    await scenario.sendInTurn(before.map((sent) => ({ ...sent })));
    armed = true;
    await scenario.sendInTurn([{ ...submission }]);
    const { system, history } = scenario;
    const outcome = system.services.resultOf(submission, submission.submissionId)?.outcome.status;
    const report = checkHistory(system, history);
    const waiting = system.services.intake.size;
    await system.stop();
    return { outcome, problems: report.problems, waiting, failed };
  }

  it("once, at any call, ends as if nothing had been", async () => {
    let failures = 0;
    for (const kind of kinds) {
      for (let at = 1; at <= maxCalls; at += 1) {
        const { outcome, problems, waiting, failed } = await run([{ kind, at }]);

        expect({ kind, at, outcome, problems, waiting }).toEqual({
          kind,
          at,
          outcome: status,
          problems: [],
          waiting: 0,
        });
        failures += failed;
      }
    }
    // It makes at least five calls, each of which failed in each way.
    expect(failures).toBeGreaterThanOrEqual(5 * kinds.length);
  });

  it(`twice, at ${pairs.length} of ${maxCalls * maxCalls} pairs of calls, ends as if nothing had been`, async () => {
    expect(pairs).toHaveLength(scaled(maxCalls * maxCalls));
    expect(new Set(pairs.map(([first, second]) => second - first)).size).toBeGreaterThan(3);
    for (const [first, second] of pairs) {
      const { outcome, problems, waiting } = await run([
        { kind: "crash-after", at: first },
        { kind: "crash-after", at: second },
      ]);

      expect({ outcome, problems, waiting }).toEqual({ outcome: status, problems: [], waiting: 0 });
    }
  });

  it("at any call, while a second delivery is processed, ends as if nothing had been", async () => {
    for (let at = 1; at <= maxCalls; at += 1) {
      const { outcome, problems, waiting } = await run([{ kind: "crash-after", at }], [1, 2]);

      expect({ outcome, problems, waiting }).toEqual({ outcome: status, problems: [], waiting: 0 });
    }
  });
});

describe("a payload that fails for good", () => {
  it("waits in the dead-letter queue, and is stored once the fault is mended and the sweep finds it", async () => {
    let broken = true;
    const scenario = createScenario({
      functions,
      chooseFault: (call) => (broken && call === "putDocument" ? { kind: "throttled" } : undefined),
    });
    await scenario.sendInTurn([large("s", 10)]);
    const { system, history } = scenario;
    // A message moves when it would be received once more.
    await system.clock.advance(600_000);

    expect(checkHistory(system, history)).toMatchObject({ deadLettered: 1, lost: 0, problems: [] });
    broken = false;
    await system.clock.advance(3_600_000);
    await Promise.all([system.sweep(), system.settle()]);
    expect(checkHistory(system, history)).toMatchObject({ stored: 1, lost: 0, problems: [] });
    expect(system.services.intake.size).toBe(0);
    await system.stop();
  });
});

describe("poison among ten messages of one batch", () => {
  it.each([1, 2, 5, 9])("%i of them leave the others stored at their first receive", async (poisoned) => {
    expect(await sendPoison(functions, poisoned)).toEqual({
      stored: 10 - poisoned,
      deadLetters: poisoned,
      problems: [],
    });
  });
});

/** Each time that its object is opened. */
const brokenBodies: BodyFault[] = [
  { kind: "body-reset", afterBytes: 0, milliseconds: 0 },
  { kind: "body-reset", afterBytes: 100, milliseconds: 1 },
  { kind: "body-reset", afterBytes: 100, milliseconds: 50 },
  { kind: "body-truncated", afterBytes: 100 },
  { kind: "body-corrupted" },
];

describe("a body among ten of one batch that breaks at each receive", () => {
  it.each(brokenBodies)("leaves the others stored at their first receive: %j", async (fault) => {
    const isBroken = (key: string) => key.includes("broken");
    const { system, history, send } = createScenario({
      functions,
      batchSize: 10,
      latency: () => 5,
      chooseBodyFault: (key) => (isBroken(key) ? fault : undefined),
    });
    for (let index = 0; index < 10; index += 1) {
      await send({
        ...large(index % 5 === 0 ? `broken-${index}` : `s-${index}`, index),
        ...keyedBy(`item-${index}`),
      });
    }
    await system.settle();
    // A message moves when it would be received once more.
    await system.clock.advance(600_000);

    expect(checkHistory(system, history)).toMatchObject({
      stored: 8,
      deadLettered: 2,
      lost: 0,
      problems: [],
    });
    for (const [key, receives] of system.receives)
      expect({ key, receives }).toEqual({ key, receives: isBroken(key) ? 5 : 1 });
    await system.stop();
  });
});
