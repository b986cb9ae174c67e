import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { domain } from "../../../domain/domain.ts";
import { createApiHandler } from "../../../functions/ingestion/api/api-handler.ts";
import { createQueueHandler } from "../../../functions/ingestion/queue/queue-handler.ts";
import { createIntakeStore } from "../../../functions/ingestion/stores/intake-store.ts";
import { createSweepHandler } from "../../../functions/ingestion/sweep/sweep-handler.ts";
import { keyedBy } from "../../support/function-records.ts";
import { checkHistory, type SentSubmission } from "../../support/simulation/check-history.ts";
import { sampled, scaled } from "../../support/simulation/scale.ts";
import { contents, createScenario, permutations, plainContents } from "../../support/simulation/scenario.ts";

const functions = { createApiHandler, createQueueHandler, createSweepHandler, createIntakeStore };
const item = keyedBy("item");
const file = keyedBy("item", "file");

beforeEach(() => {
  for (const level of ["info", "warn", "error"] as const) vi.spyOn(console, level).mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

const put = (submissionId: string, receivedAt: number, content = contents.first): SentSubmission => ({
  ...item,
  submissionId,
  receivedAt,
  path: receivedAt % 2 === 0 ? "small" : "large",
  content,
});
const deletion = (submissionId: string, receivedAt: number): SentSubmission => ({
  ...item,
  submissionId,
  receivedAt,
  path: "deletion",
});

const plain = (submissionId: string, receivedAt: number, content = plainContents.first): SentSubmission => ({
  ...file,
  submissionId,
  receivedAt,
  path: "large",
  content,
});
const plainSet: [string, SentSubmission[]] = [
  "a plain file of the item",
  [
    plain("a", 1),
    plain("b", 2, plainContents.second),
    { ...plain("c", 3), path: "deletion", content: undefined },
    plain("d", 4, plainContents.second),
    plain("e", 5),
  ],
];

/** Five submissions of one item; the last one received is the last one here. */
const sets: [string, SentSubmission[]][] = [
  [
    "different contents",
    [
      put("a", 1),
      put("b", 2, contents.second),
      put("c", 3, contents.third),
      put("d", 4, contents.second),
      put("e", 5, contents.third),
    ],
  ],
  ["repeated contents", [put("a", 1), put("b", 2, contents.second), put("c", 3), put("d", 4), put("e", 5)]],
  [
    "a deletion among them",
    [put("a", 1), put("b", 2, contents.second), deletion("c", 3), put("d", 4), put("e", 5)],
  ],
  [
    "a deletion at the end",
    [put("a", 1), put("b", 2), put("c", 3, contents.second), put("d", 4), deletion("e", 5)],
  ],
  [
    "one receive time for all",
    [put("a", 7), put("b", 7, contents.second), put("c", 7), deletion("d", 7), put("e", 7, contents.third)],
  ],
  ...(domain.plainFiles ? [plainSet] : []),
];

describe.each(sets)("five submissions with %s", (_name, submissions) => {
  const last = submissions.at(-1);
  const key = last ?? item;
  const orders = sampled(permutations(submissions));

  function expectLast({ system, history }: ReturnType<typeof createScenario>): void {
    const state = system.services.stateOf(key);
    expect(state?.submissionId).toBe(last?.submissionId);
    expect(state?.kind).toBe(last?.path === "deletion" ? "tombstone" : "record");
    expect(checkHistory(system, history).problems).toEqual([]);
    if (last?.path === "deletion") expect(system.services.documents.keys()).toEqual([]);
  }

  it(`leave the last one received, in ${orders.length} of 120 orders one after the other`, async () => {
    expect(orders).toHaveLength(scaled(120));
    for (const order of orders) {
      const scenario = createScenario({ functions });

      await scenario.sendInTurn(order.map((sent) => ({ ...sent })));

      expectLast(scenario);
      await scenario.system.stop();
    }
  });

  it(`leave the last one received, in ${orders.length} of 120 orders at the same time`, async () => {
    for (const [index, order] of orders.entries()) {
      const scenario = createScenario({
        functions,
        seed: index,
        latency: () => 1 + ((index * 7) % 5),
        eventDelays: () => [1, 4],
      });

      const sent = Promise.all(order.map((each) => scenario.send({ ...each })));
      await Promise.all([sent, scenario.system.settle()]);

      expectLast(scenario);
      await scenario.system.stop();
    }
  });
});
