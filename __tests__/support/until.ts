import { vi } from "vitest";

/** It ends what hangs, below the time limit of tests so that they fail with what was waited for. */
const LIMIT_MILLISECONDS = 40_000;

/** Waits until the condition holds, or gives something: until it throws no more. The linter refuses other ways to wait in tests. */
export function until<Result>(condition: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(condition, { timeout: LIMIT_MILLISECONDS, interval: 20 });
}
