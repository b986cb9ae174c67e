import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../contract/user-error.ts";

/** A program that writes into a file. */
export interface LoggedProcess {
  /** @throws UserError with the last lines that it wrote, where it does not end with exit code 0 */
  succeeded(): Promise<void>;
  /**
   * Waits until it has written what the pattern finds, and gives its first group.
   * @throws UserError with the last lines that it wrote, where it ends before
   */
  wrote(pattern: RegExp): Promise<string>;
  /** Ends it with all that it has started. */
  stop(): Promise<void>;
}

export interface LoggedProcessOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Gets its output and its errors. */
  readonly log: string;
}

const TAIL_LINES = 25;
const LOOK_MILLISECONDS = 50;
/** Terraform finishes what it is at after the first signal, and ends at the second. */
const STOP_SIGNALS = ["SIGTERM", "SIGINT"] as const;
const STOP_MILLISECONDS = 3_000;

export function startLogged(
  [file, ...args]: readonly [string, ...string[]],
  { cwd, env, log }: LoggedProcessOptions,
): LoggedProcess {
  const output = openSync(log, "a");
  // Its standard input ends with this process. A signal to its group reaches what it has started, too.
  const child = spawn(file, args, { cwd, env, stdio: ["pipe", output, output], detached: true });
  closeSync(output);
  let ending: string | undefined;
  const ended = new Promise<void>((resolve) => {
    const end = (how: string) => {
      ending ??= how;
      resolve();
    };
    child.on("error", ({ message }) => end(message));
    child.on("exit", (code, signal) => end(signal ?? `exit code ${code}`));
  });
  const failure = (when = "") => {
    const lines = readFileSync(log, "utf8").trimEnd().split("\n").slice(-TAIL_LINES);
    const command = [file, ...args].join(" ");
    return new UserError(
      [`"${command}" ended with ${ending}${when}. Its last lines:`, "", ...lines].join("\n"),
    );
  };
  return {
    async succeeded() {
      // Nobody answers questions.
      child.stdin?.end();
      await ended;
      if (child.exitCode !== 0) throw failure();
    },
    async wrote(pattern) {
      for (;;) {
        const found = pattern.exec(readFileSync(log, "utf8"))?.[1];
        if (found !== undefined) return found;
        if (ending !== undefined) throw failure(" before it was ready");
        await wait(LOOK_MILLISECONDS);
      }
    },
    async stop() {
      if (child.pid === undefined) return;
      child.stdin?.end();
      for (const signal of STOP_SIGNALS) {
        signalGroup(child.pid, signal);
        await Promise.race([ended, wait(STOP_MILLISECONDS, undefined, { ref: false })]);
        if (ending !== undefined) break;
      }
      signalGroup(child.pid, "SIGKILL");
    },
  };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // None of it is left.
  }
}
