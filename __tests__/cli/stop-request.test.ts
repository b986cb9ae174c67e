import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubEnv("npm_lifecycle_event", "start");
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("stopSignal", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("aborts once for %s, with the exit code that a shell gives it", async (name, exitCode) => {
    const { signal, send } = await aStopSignal();

    send(name);
    send("SIGTERM");

    expect(signal.reason).toMatchObject({
      name: "UserError",
      message: `Stopped: ${name}.`,
      exitCode,
    });
  });

  it("aborts when npm, which started this process, is gone", async () => {
    const parent = vi.spyOn(process, "ppid", "get").mockReturnValue(7);
    const { signal } = await aStopSignal();

    await vi.advanceTimersByTimeAsync(10_000);
    expect(signal.aborted).toBe(false);
    parent.mockReturnValue(1);
    await vi.advanceTimersByTimeAsync(1_000);

    expect(signal.reason).toMatchObject({ message: "Stopped: npm has ended.", exitCode: 143 });
  });

  it("leaves a process alone that was not started by npm, as nohup expects", async () => {
    vi.stubEnv("npm_lifecycle_event", undefined);
    const parent = vi.spyOn(process, "ppid", "get").mockReturnValue(7);
    const { signal } = await aStopSignal();

    parent.mockReturnValue(1);
    await vi.advanceTimersByTimeAsync(10_000);

    expect(signal.aborted).toBe(false);
  });

  it("ends the process ten seconds later, whatever still hangs", async () => {
    const exit = vi.spyOn(process, "exit").mockImplementation((code) => {
      throw new Error(`It ends with ${code}.`);
    });
    const said = vi.spyOn(console, "error").mockReturnValue();
    const { send } = await aStopSignal();

    send("SIGINT");
    await vi.advanceTimersByTimeAsync(9_999);
    expect(exit).not.toHaveBeenCalled();

    await expect(vi.advanceTimersByTimeAsync(1)).rejects.toThrow("It ends with 1.");
    expect(said.mock.calls).toEqual([["Some parts did not stop within 10 s. The command ends anyway."]]);
  });
});

/** Anew, and with listeners that are told alone: those of the test runner have nothing to do with it. */
async function aStopSignal() {
  vi.resetModules();
  const before = new Map(SIGNALS.map((name) => [name, process.listeners(name)]));
  const { stopSignal } = await import("../../cli/stop-request.ts");
  const signal = stopSignal();
  const own = SIGNALS.flatMap((name) =>
    process
      .listeners(name)
      .filter((listener) => !before.get(name)?.includes(listener))
      .map((listener) => ({ name, listener })),
  );
  for (const { name, listener } of own) process.off(name, listener);
  return {
    signal,
    send(name: NodeJS.Signals) {
      for (const each of own) if (each.name === name) each.listener(name);
    },
  };
}
