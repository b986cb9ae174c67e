import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { IsolatedStack } from "../../support/callers/isolated-stack.ts";
import { RandomCalls } from "../../support/callers/random-calls.ts";
import { shippedModules } from "../../support/callers/shipped-modules.ts";
import { scaled } from "../../support/simulation/scale.ts";

const callsOfRun = 500;
const runs = scaled(100);

beforeEach(() => {
  for (const level of ["info", "warn", "error"] as const) vi.spyOn(console, level).mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("three callers of the same items", () => {
  it(`each see, change and count what they would alone, in ${runs * callsOfRun} random calls`, async () => {
    for (let seed = 1; seed <= runs; seed += 1) {
      const problems = await new RandomCalls(new IsolatedStack(shippedModules), seed).run(callsOfRun);

      expect(problems, `seed ${seed}`).toEqual([]);
    }
  }, 600_000);
});
