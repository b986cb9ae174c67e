import { describe, expect, it, vi } from "vitest";
import { DeadlineError, deadlineOf, withinDeadline } from "../../../functions/ingestion/deadline.ts";
import { invocation } from "../../support/function-events.ts";

describe(deadlineOf, () => {
  it.each([
    [28_000, 27_000],
    [10_000, 9_000],
    [1_000, 900],
    [3_999, 3_599],
    [0, 0],
  ])("leaves of %i ms the last part for the answer", (remaining, expected) => {
    const abortAfter = vi.fn(() => new AbortController().signal);

    deadlineOf(invocation(remaining), abortAfter);

    expect(abortAfter).toHaveBeenCalledWith(expected);
  });
});

describe(withinDeadline, () => {
  it("gives the work's result or its error", async () => {
    const { signal } = new AbortController();

    expect(await withinDeadline(signal, async () => 1)).toBe(1);
    await expect(withinDeadline(signal, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  });

  it("ends at the deadline, whatever the work does", async () => {
    const controller = new AbortController();
    const work = withinDeadline(controller.signal, () => new Promise(() => undefined));

    controller.abort();

    await expect(work).rejects.toThrow(DeadlineError);
  });

  it("does not begin what is too late", async () => {
    const work = vi.fn(async () => 1);

    await expect(withinDeadline(AbortSignal.abort(), work)).rejects.toThrow(DeadlineError);
    expect(work).not.toHaveBeenCalled();
  });
});
