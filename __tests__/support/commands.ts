import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { expect } from "vitest";
import { until } from "./until.ts";

const running = new Set<ChildProcess>();

/** Ends, by their process ids, what a test has left running. */
export function killCommands(): void {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
}

/** Starts an entry of tools/ as npm does. */
export function runCommand(
  entry: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
) {
  const started = spawn(process.execPath, ["tools/run.mjs", entry, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(started);
  const output = { text: "" };
  for (const stream of [started.stdout, started.stderr]) {
    stream.on("data", (chunk) => {
      output.text += chunk;
    });
  }
  // Not "exit": what it has printed may still be on its way then.
  const ended = once(started, "close").then(([code]) => ({ code, text: output.text }));
  return { pid: started.pid ?? 0, started, output, ended };
}

/** The addresses that a process listens on, from the kernel's tables. */
export function listeningAddresses(pid: number): string[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      } catch {
        return undefined;
      }
    }),
  );
  return ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => state === "0A" && inodes.has(inode))
      .map(([, address = ""]) => address.split(":")[0] ?? ""),
  );
}

/** Fails if a process is still there: esbuild, which has built the functions, goes by itself once its parent is gone. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  await until(() => {
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });
}

export function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/stat`, "utf8").split(") ")[1]?.split(" ")[1] === String(pid);
      } catch {
        return false;
      }
    })
    .map(Number);
}
