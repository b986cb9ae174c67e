import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { domain } from "../../../domain/domain.ts";
import { createApiHandler } from "../../../functions/ingestion/api/api-handler.ts";
import { createQueueHandler } from "../../../functions/ingestion/queue/queue-handler.ts";
import { createIntakeStore } from "../../../functions/ingestion/stores/intake-store.ts";
import { createSweepHandler } from "../../../functions/ingestion/sweep/sweep-handler.ts";
import { type LoadResult, runLoad } from "../../support/simulation/load.ts";
import { scaled } from "../../support/simulation/scale.ts";
import type { FaultCounts } from "../../support/simulation/simulated-system.ts";

const functions = { createApiHandler, createQueueHandler, createSweepHandler, createIntakeStore };
/** Those of calls, and those of the bodies of objects. */
const faultKinds = [
  "throttled",
  "dropped",
  "answer-dropped",
  "slow",
  "crash-before",
  "crash-after",
  "body-reset",
  "body-truncated",
  "body-corrupted",
  "body-trickled",
  "body-hanging",
] as const;
let longestLogLine = 0;

beforeEach(() => {
  longestLogLine = 0;
  for (const level of ["info", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((entry) => {
      longestLogLine = Math.max(longestLogLine, Buffer.byteLength(JSON.stringify(entry)));
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("under load, with faults at every call", () => {
  // 105,000 payloads and 25,000 faults in all, a tenth of it in `npm test`; the seeds are there to be changed.
  it.each([
    { seed: 1, batchSize: 1, payloads: scaled(40_000) },
    { seed: 2, batchSize: 10, payloads: scaled(35_000) },
  ])(
    "brings every accepted payload to one end (batches of $batchSize)",
    async ({ seed, batchSize, payloads }) => {
      const result = await runLoad({
        functions,
        seed,
        payloads,
        batchSize,
        waveSize: 1000,
        faultProbability: 0.025,
      });

      report(result, seed);
      expect(result.problems.slice(0, 20)).toEqual([]);
      expect(result).toMatchObject({ lost: 0, unexpected: 0, duplicated: 0, timeouts: 0 });
      expect(result.payloads).toBeGreaterThanOrEqual(payloads);
      expect(result.faults).toBeGreaterThan(payloads * 0.15);
      expect(result.stored + result.rejected + result.superseded + result.deadLettered).toBe(
        result.accepted + result.recovered,
      );
      // The load had everything in it that it is about.
      expect(leastFrequent(result)).toBeGreaterThan(scaled(100));
      expect(result.deadLettered).toBeGreaterThan(scaled(30));
      expect(
        Math.min(result.recovered, result.lostEvents, result.documentsRemoved, result.superseded),
      ).toBeGreaterThan(scaled(20));
      if (domain.plainFiles) expect(result.plainFiles).toBeGreaterThan(payloads * 0.1);
      expect(longestLogLine).toBeLessThan(4096);
    },
    // Alone, the larger one takes a quarter of a minute.
    600_000,
  );

  it("does so with batches of every other size, from 2 to 9", async () => {
    const sizes = [2, 3, 4, 5, 6, 7, 8, 9];
    const faultsByKind: FaultCounts = {};
    let deadLettered = 0;
    for (const batchSize of sizes) {
      const payloads = scaled(3_750);
      const waveSize = Math.min(1_000, scaled(4_500));
      const load = { functions, seed: batchSize, payloads, waveSize, batchSize };

      const result = await runLoad({ ...load, faultProbability: 0.025 });

      report(result, batchSize);
      expect(result.problems.slice(0, 20)).toEqual([]);
      expect(result).toMatchObject({ lost: 0, unexpected: 0, duplicated: 0, timeouts: 0 });
      for (const kind of faultKinds)
        faultsByKind[kind] = (faultsByKind[kind] ?? 0) + (result.faultsByKind[kind] ?? 0);
      deadLettered += result.deadLettered;
    }
    expect(leastFrequent({ faultsByKind })).toBeGreaterThan(scaled(100));
    expect(deadLettered).toBeGreaterThan(scaled(30));
  }, 600_000);

  it("dead-letters nothing where nothing fails, with one event in ten delivered two to five times", async () => {
    const result = await runLoad({
      functions,
      seed: 3,
      payloads: scaled(5_000),
      batchSize: 1,
      waveSize: 1000,
      faultProbability: 0,
    });

    expect(result.problems).toEqual([]);
    expect(result).toMatchObject({
      lost: 0,
      unexpected: 0,
      duplicated: 0,
      deadLettered: 0,
      recovered: 0,
      faults: 0,
    });
    expect(result.eventCopies).toBeGreaterThan(result.payloads * 0.6 * 1.2);
  });
});

/** How often the rarest kind of fault came; 0 where one is missing. */
function leastFrequent({ faultsByKind }: Pick<LoadResult, "faultsByKind">): number {
  return Math.min(...faultKinds.map((kind) => faultsByKind[kind] ?? 0));
}

function report(result: LoadResult, seed: number): void {
  const { problems: _, faultsByKind, ...counts } = result;
  process.stdout.write(`load with seed ${seed}: ${JSON.stringify({ ...counts, ...faultsByKind })}\n`);
}
