import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { domain } from "../../../domain/domain.ts";
import { createApiHandler } from "../../../functions/ingestion/api/api-handler.ts";
import { createQueueHandler } from "../../../functions/ingestion/queue/queue-handler.ts";
import { createIntakeStore } from "../../../functions/ingestion/stores/intake-store.ts";
import { createSweepHandler } from "../../../functions/ingestion/sweep/sweep-handler.ts";
import { type LoadResult, runLoad } from "../../support/simulation/load.ts";
import { scaled } from "../../support/simulation/scale.ts";

const functions = { createApiHandler, createQueueHandler, createSweepHandler, createIntakeStore };
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
  // 100,000 payloads and 15,000 faults in all, a tenth of it in `npm test`; the seeds are there to be changed.
  it.each([
    { seed: 1, batchSize: 1, payloads: scaled(70_000) },
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
      expect(Object.keys(result.faultsByKind)).toHaveLength(11);
      expect(
        Math.min(result.recovered, result.lostEvents, result.documentsRemoved, result.superseded),
      ).toBeGreaterThan(scaled(20));
      if (domain.plainFiles) expect(result.plainFiles).toBeGreaterThan(payloads * 0.1);
      expect(longestLogLine).toBeLessThan(4096);
    },
    // Alone, the larger one takes a quarter of a minute.
    600_000,
  );

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

function report(result: LoadResult, seed: number): void {
  const { problems: _, faultsByKind, ...counts } = result;
  process.stdout.write(`load with seed ${seed}: ${JSON.stringify({ ...counts, ...faultsByKind })}\n`);
}
