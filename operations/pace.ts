import { setTimeout as sleep } from "node:timers/promises";

/** What tells the time and waits. */
export interface PaceClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Ends early, without an error, once the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: PaceClock = {
  now: () => Date.now(),
  async sleep(milliseconds, signal) {
    await sleep(milliseconds, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  },
};

export interface Pace {
  readonly clock: PaceClock;
  /** At least 1. */
  readonly perSecond: number;
  /** Somebody wants it to end: the next one is not begun. */
  readonly signal: AbortSignal;
}

/** What waits before each of many, so that there are never more in a second: what was late is not caught up. */
export function createPace({ clock, perSecond, signal }: Pace): () => Promise<void> {
  let next = Number.NEGATIVE_INFINITY;
  return async () => {
    const wait = next - clock.now();
    if (wait > 0) await clock.sleep(wait, signal);
    next = Math.max(next, clock.now()) + 1_000 / perSecond;
  };
}

const progressMilliseconds = 5_000;

/** Calls it every few seconds at most. */
export function everyFewSeconds(clock: PaceClock, tell: () => void): () => void {
  let last = clock.now();
  return () => {
    if (clock.now() - last < progressMilliseconds) return;
    last = clock.now();
    tell();
  };
}
