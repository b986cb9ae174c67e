import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject } from "vitest";
import { until } from "./until.ts";

const running = new Set<ChildProcess>();
const folders = new Set<string>();

/** Ends, by their process ids, what a test has left running, and removes what it has written. */
export function killCommands(): void {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  running.clear();
  folders.clear();
}

/** Starts an entry of tools/ as npm does, in a checkout with the tests' environments. */
export function runCommand(
  entry: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  options: RunOptions = {},
) {
  return run(process.execPath, ["cli/run.mjs", entry, ...args], env, options);
}

interface RunOptions {
  /** Whether it leads a group of its own, which a test can send what a terminal sends: a signal to all of it. */
  readonly detached?: boolean;
  /** Another checkout than the one of all tests. */
  readonly cwd?: string;
}

/** Starts a script of package.json by npm itself, in the same checkout. */
export function runByNpm(script: string, env: Readonly<Record<string, string>> = {}) {
  return run("npm", ["run", script], env);
}

function run(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  options: RunOptions = {},
) {
  const CDKTF_OUTDIR = mkdtempSync(join(tmpdir(), "command-"));
  folders.add(CDKTF_OUTDIR);
  const started = spawn(file, args, {
    cwd: inject("fixtureProject"),
    env: { ...process.env, CDKTF_OUTDIR, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  running.add(started);
  const output = { text: "", errors: "" };
  started.stdout.on("data", (chunk) => {
    output.text += chunk;
  });
  started.stderr.on("data", (chunk) => {
    output.text += chunk;
    output.errors += chunk;
  });
  // Not "exit": what it has printed may still be on its way then.
  const ended = once(started, "close").then(([code]) => ({ code, text: output.text }));
  return { pid: started.pid ?? 0, started, output, ended };
}

/** Environment variables that let a process run a statement before an entry of this project. */
export function preload(entry: string, statement: string) {
  const folder = mkdtempSync(join(tmpdir(), "preload-"));
  folders.add(folder);
  const file = join(folder, "preload.cjs");
  writeFileSync(file, `if (process.argv[2] === ${JSON.stringify(entry)}) { ${statement} }`);
  return { NODE_OPTIONS: `--require=${file}` };
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

/** Fails if a process is still there: some go by themselves, once they see that their parent is gone. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  await until(() => {
    for (const pid of pids) expect(() => process.kill(pid, 0), `process ${pid}`).toThrow("ESRCH");
  });
}

/** All that a process has started, and what they have. */
export function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
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
