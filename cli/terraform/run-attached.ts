import { spawn } from "node:child_process";
import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs a program with this process's input, output and errors.
 * @param output where its output goes: to this process's output, or to its errors
 * @returns its exit code, or 128 and the signal's number if a signal ended it
 */
export function runAttached(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  output: "output" | "errors" = "output",
): Promise<number> {
  const interactive = process.stdin.isTTY === true;
  const child = spawn(file, args, {
    stdio: ["inherit", output === "output" ? "inherit" : 2, "inherit"],
    env,
    // A group of its own, so that a signal to this process's group and npm's copy of it arrive as one:
    // a second one makes Terraform stop at once and lose what it has not yet written to the state.
    detached: !interactive && process.platform !== "win32",
  });
  const passOn = SIGNALS.map((signal) => {
    // A hangup would end Terraform before it has written its state; an interrupt lets it finish. Under nohup as
    // well: Node.js forgets at its start which signals its parent ignored.
    const passed = signal === "SIGHUP" ? "SIGINT" : signal;
    // A terminal sends Ctrl-C to the child itself.
    const send = interactive && signal === "SIGINT" ? () => {} : once(() => child.kill(passed));
    process.on(signal, send);
    return () => process.off(signal, send);
  });
  return new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  }).finally(() => {
    for (const stop of passOn) {
      stop();
    }
  });
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) {
      done = true;
      action();
    }
  };
}
