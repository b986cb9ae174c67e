import { vi } from "vitest";

/**
 * Takes the place of `AbortSignal.timeout`: a time is over when the test says so, not when the machine was slow.
 * `vi.restoreAllMocks` ends it.
 */
export function virtualTimeouts() {
  const begun: AbortController[] = [];
  const asked: number[] = [];
  vi.spyOn(AbortSignal, "timeout").mockImplementation((milliseconds) => {
    asked.push(milliseconds);
    const timeout = new AbortController();
    begun.push(timeout);
    return timeout.signal;
  });
  return {
    /** How long each of them would be, in milliseconds. */
    asked,
    /** Lets all times that have begun be over. */
    pass(): void {
      for (const timeout of begun.splice(0)) timeout.abort(new DOMException("It is over.", "TimeoutError"));
    },
  };
}
