import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { SHARED_CALLER } from "../contract/keys.ts";
import { UserError } from "../contract/user-error.ts";
import { renderCallersMap } from "./callers.ts";
import { NEEDED_VERSIONS, problemOfVersion } from "./haproxy-versions.ts";
import { luaFiles } from "./lua-files.ts";
import type { ProxySettings } from "./proxy-settings.ts";
import { callersMapFile, hasCallersMap } from "./render-callers.ts";
import { renderConfiguration } from "./render-configuration.ts";

/** Of what HAProxy says before it ends. */
const mostLinesTold = 20;

export interface HaproxyProgram {
  readonly path: string;
  /** Such as `2.6.12-1+deb12u3`. */
  readonly version: string;
}

/** Why this machine has no usable HAProxy, as the end of a sentence. */
export interface NoHaproxy {
  readonly problem: string;
}

/** The HAProxy of this machine, or why there is none that this project can use. */
export async function lookForHaproxy(): Promise<HaproxyProgram | NoHaproxy> {
  // Debian installs it where the path of an ordinary user does not lead.
  for (const path of [
    "haproxy",
    join("/", "usr", "sbin", "haproxy"),
    join("/", "usr", "local", "sbin", "haproxy"),
  ]) {
    const told = await promisify(execFile)(path, ["-vv"]).then(
      ({ stdout }) => stdout,
      () => undefined,
    );
    if (told !== undefined) return judge(path, told);
  }
  return {
    problem: `HAProxy is not installed; supported are ${NEEDED_VERSIONS}, and newer patch levels of these branches`,
  };
}

/** @param told what `haproxy -vv` prints */
export function judge(path: string, told: string): HaproxyProgram | NoHaproxy {
  const version = /^HAProxy version ([^\s]+)/i.exec(told)?.[1] ?? "(unknown version)";
  const problem = problemOfVersion(version);
  if (problem !== undefined) return { problem: `HAProxy ${version} ${problem}` };
  const missing = ["LUA", "OPENSSL"].filter((feature) => !told.includes(`+${feature}`));
  if (missing.length > 0) return { problem: `HAProxy ${version} is built without ${missing.join(" and ")}` };
  return { path, version };
}

export const configurationFile = "haproxy.cfg";

/** Writes `haproxy.cfg`, the Lua and the map of callers beside it into a folder, which is created. */
export function writeConfiguration(settings: ProxySettings, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, configurationFile);
  for (const { name, text } of luaFiles(settings)) writeFileSync(join(folder, name), text);
  if (settings.callers !== SHARED_CALLER && hasCallersMap(settings)) {
    writeFileSync(join(folder, callersMapFile), renderCallersMap(settings.callers));
  }
  writeFileSync(file, renderConfiguration(settings));
  return file;
}

export interface RunHaproxyOptions {
  readonly program: HaproxyProgram;
  readonly settings: ProxySettings;
  /** Files that the configuration names, by their paths beside it. */
  readonly files?: Readonly<Record<string, string>>;
  /** Told each line of the access log. */
  readonly onLogLine?: (line: string) => void;
  /** Told if HAProxy ends without having been asked to. */
  readonly onExit?: (error: UserError) => void;
}

export interface RunningHaproxy {
  readonly pid: number;
  /** Ends it at once, and waits for that. */
  stop(): Promise<void>;
}

/**
 * Runs HAProxy with rendered settings, in a folder of its own that goes with it.
 * @throws UserError with what HAProxy said, if it does not listen within ten seconds
 */
export async function runHaproxy(options: RunHaproxyOptions): Promise<RunningHaproxy> {
  const { program, settings, files = {}, onLogLine, onExit } = options;
  const folder = mkdtempSync(join(tmpdir(), "haproxy-"));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content, { mode: 0o600 });
  }
  const file = writeConfiguration(settings, folder);
  const child = spawn(program.path, ["-db", "-f", file], {
    stdio: ["ignore", "pipe", "pipe"],
    // Ctrl-C is for this process, which stops it.
    detached: true,
  });
  const watch = endWithThisProcess(child);
  const said: string[] = [];
  let stopping = false;
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (/^\[(ALERT|WARNING)\]/.test(line)) said.push(line);
    // Each client that is cut off makes one.
    if (said.length > mostLinesTold) said.shift();
  });
  createInterface({ input: child.stdout }).on("line", (line) => onLogLine?.(line));
  const tidy = () => {
    watch.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  // It may not have started at all, which shows below.
  const ended = once(child, "exit").then(tidy, tidy);
  const failure = () => {
    const how = child.signalCode ?? (child.exitCode === null ? "" : `exit code ${child.exitCode}`);
    return new UserError(
      `HAProxy ${program.version} ended${how === "" ? "" : ` (${how})`}:\n${said.join("\n")}`,
    );
  };
  const listening = await isListening(child, settings.listener.port);
  if (!listening) {
    child.kill("SIGKILL");
    await ended;
    throw failure();
  }
  void ended.then(() => {
    if (!stopping) onExit?.(failure());
  });
  return {
    pid: child.pid ?? 0,
    async stop() {
      stopping = true;
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** HAProxy does not notice that whoever started it is gone: a shell does, at the end of what it reads from this process. */
function endWithThisProcess({ pid }: ChildProcess): ChildProcess {
  const script = pid === undefined ? "exit" : `read -r _; kill ${pid}`;
  return spawn("/bin/sh", ["-c", script], { stdio: ["pipe", "ignore", "ignore"], detached: true });
}

/** Whether the process takes connections before it ends. */
async function isListening(child: ChildProcess, port: number): Promise<boolean> {
  let failed = false;
  child.once("error", () => {
    failed = true;
  });
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(10)) {
    if (failed || child.exitCode !== null || child.signalCode !== null) return false;
    if (await takesConnections(port)) return true;
  }
  return false;
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    }).on("error", () => resolve(false));
  });
}
