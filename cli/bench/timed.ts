import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { UserError } from "../../contract/user-error.ts";
import type { Candidate } from "./measure.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

interface TimedOptions<Value> {
  readonly what: string;
  readonly work: () => Value | Promise<Value>;
  /** What is wrong with what the work gave, where it has not done what it is measured for. */
  readonly problemOf: (value: Value) => string | undefined | Promise<string | undefined>;
  /** The same for all candidates of a benchmark, and what needs most memory of them: see below. */
  readonly before: () => unknown;
}

/**
 * The time of some work. All candidates find the memory that the same work has left: pages that the process has
 * already are half the time of work on megabytes, and whether there are some would depend on the candidate before.
 */
export function timed<Value>({ what, work, problemOf, before }: TimedOptions<Value>): Candidate {
  return {
    what,
    async measure() {
      await freeMemory();
      await before();
      await freeMemory();
      const start = performance.now();
      const pending = work();
      const value = pending instanceof Promise ? await pending : pending;
      const milliseconds = performance.now() - start;
      const problem = await problemOf(value);
      if (problem !== undefined) throw new UserError(`"${what}": ${problem}`);
      return milliseconds;
    },
  };
}

/** Buffers are freed by a thread that goes on after the collection. */
async function freeMemory(): Promise<void> {
  collectGarbage();
  await sleep(20);
}
