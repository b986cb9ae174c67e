import { once } from "node:events";
import { constants } from "node:os";
import { UserError } from "../contract/user-error.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const watchMilliseconds = 250;
const limitMilliseconds = 10_000;

/** Why a command ended before its work was done: somebody wanted that. */
function stopped(why: string, signal: NodeJS.Signals): UserError {
  return new UserError(`Stopped: ${why}.`, { exitCode: 128 + constants.signals[signal] });
}

let stopping: AbortController | undefined;

/**
 * Aborts with a UserError once somebody wants this process to end: by a signal, or by killing npm, which then can't pass
 * one on. From now on a signal ends nothing by itself, not even a second one: npm passes on what a terminal has sent already.
 * The script in package.json has to begin with `exec`: npm's signals reach the shell that runs it, and end there.
 */
export function stopSignal(): AbortSignal {
  if (stopping !== undefined) return stopping.signal;
  const controller = new AbortController();
  stopping = controller;
  controller.signal.addEventListener("abort", endInTime);
  for (const signal of SIGNALS) {
    process.on(signal, () => controller.abort(stopped(signal, signal)));
  }
  if (process.env["npm_lifecycle_event"] !== undefined) {
    watchParent(() => controller.abort(stopped("npm has ended", "SIGTERM")));
  }
  return controller.signal;
}

export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}

/** Whatever still hangs then: what this process has started notices its end. */
function endInTime(): void {
  const end = () => {
    console.error(`Some parts did not stop within ${limitMilliseconds / 1000} s. The command ends anyway.`);
    process.exit(1);
  };
  setTimeout(end, limitMilliseconds).unref();
}

/** Nobody is told of the death of a parent, so that one has to look. */
function watchParent(onGone: () => void): void {
  const { ppid } = process;
  const timer = setInterval(() => {
    if (process.ppid === ppid) return;
    clearInterval(timer);
    onGone();
  }, watchMilliseconds);
  timer.unref();
}
