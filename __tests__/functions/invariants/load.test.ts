import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApiHandler } from "../../../functions/proposals/api/api-handler.ts";
import { createQueueHandler } from "../../../functions/proposals/queue/queue-handler.ts";
import { createSweepHandler } from "../../../functions/proposals/sweep/sweep-handler.ts";
import { runLoad } from "../../support/simulation/load.ts";

const functions = { createApiHandler, createQueueHandler, createSweepHandler };

beforeEach(() => {
  for (const level of ["info", "warn", "error"] as const) vi.spyOn(console, level).mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("under load with faults", () => {
  it("brings every accepted payload to one end", async () => {
    const N = Number(process.env["N"] ?? 2000);
    const started = performance.now();
    const result = await runLoad({
      functions,
      seed: 1,
      payloads: N,
      waveSize: 500,
      faultProbability: 0.025,
      batchSize: 1,
    });
    process.stdout.write(
      JSON.stringify(
        { ...result, problems: result.problems.slice(0, 10), ms: performance.now() - started },
        null,
        1,
      ),
    );
    expect(result.problems).toEqual([]);
  }, 600_000);
});
