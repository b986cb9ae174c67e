/** What Lambda tells an invocation about its time. */
export interface RemainingTime {
  getRemainingTimeInMillis(): number;
}

/** A signal that aborts after that many milliseconds. */
export type AbortAfter = (milliseconds: number) => AbortSignal;

/**
 * Left for the answer, at most: an invocation that is cut off spends the receive count of its whole batch. Of a short
 * invocation it is a tenth.
 */
const maxReserveMilliseconds = 1_000;

/** The invocation would be cut off: whatever was to be done is to be tried again. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
  readonly code = "DEADLINE";
}

/** Aborts shortly before the invocation ends. */
export function deadlineOf(
  invocation: RemainingTime,
  abortAfter: AbortAfter = (milliseconds) => AbortSignal.timeout(milliseconds),
): AbortSignal {
  const remaining = invocation.getRemainingTimeInMillis();
  // Timers take whole milliseconds only.
  return abortAfter(Math.max(0, Math.floor(remaining - Math.min(maxReserveMilliseconds, remaining / 10))));
}

/**
 * The work's result, unless the deadline comes first. The work itself ends by the same signal, which is given to
 * every call that it makes.
 * @throws {DeadlineError}
 */
export function withinDeadline<T>(deadline: AbortSignal, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new DeadlineError("The time limit of the invocation is almost reached"));
    if (deadline.aborted) {
      giveUp();
      return;
    }
    deadline.addEventListener("abort", giveUp, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => deadline.removeEventListener("abort", giveUp));
  });
}
