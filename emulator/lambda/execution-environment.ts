import { type ChildProcess, execFile, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { z } from "zod";
import type { FunctionResult } from "../api-gateway/messages.ts";

export interface ExecutionEnvironmentOptions {
  readonly functionName: string;
  readonly functionArn: string;
  /** The folder with the unpacked code. */
  readonly taskRoot: string;
  /** Such as `api.handler`. */
  readonly handler: string;
  /** All that the process sees of an environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly onLogLine: (line: string) => void;
}

/** From the project's root, where every entry runs: the entries themselves are bundled into a folder of their own. */
const bootstrap = resolve("emulator", "lambda", "function-bootstrap.mjs");

const megabyte = 1_048_576;
const memoryCheckMilliseconds = 50;
/** Lambda gives an environment that long to load its code before it calls it. */
const initTimeoutMilliseconds = 10_000;

const failureShape = { errorType: z.string(), errorMessage: z.string() };
const replySchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready") }),
  z.object({ kind: z.literal("broken"), ...failureShape }),
  z.object({ kind: z.literal("returned"), payload: z.string() }),
  z.object({ kind: z.literal("failed"), ...failureShape }),
]);
type Reply = z.infer<typeof replySchema>;

/** One process that runs a function's code for one event at a time, within its limits. */
export class ExecutionEnvironment {
  readonly #options: ExecutionEnvironmentOptions;
  readonly #process: ChildProcess;
  readonly #ready: Promise<Reply>;
  #memoryExceeded = false;
  #maxMemoryBytes = 0;

  constructor(options: ExecutionEnvironmentOptions) {
    this.#options = options;
    const { taskRoot, handler, functionArn, memoryMegabytes } = options;
    this.#process = fork(bootstrap, [taskRoot, handler, functionArn, `/aws/lambda/${options.functionName}`], {
      env: { ...options.environment },
      // Warnings would speak of this machine's Node.js, which is not Lambda's.
      execArgv: [`--max-old-space-size=${memoryMegabytes}`, "--disable-warning=Warning"],
      cwd: taskRoot,
      // Ctrl-C is for the parent, which stops it, or whose end it notices.
      detached: process.platform !== "win32",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", options.onLogLine);
    }
    this.#ready = this.#reply(initTimeoutMilliseconds);
    void this.#watchMemory();
  }

  /** Whether it can take another event: a timeout, a crash or too much memory ends it. */
  get alive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null && this.#process.connected;
  }

  /** The most memory that the process has had so far, as Lambda's reports tell it. */
  get maxMemoryBytes(): number {
    return this.#maxMemoryBytes;
  }

  async invoke(event: string): Promise<FunctionResult> {
    const { timeoutSeconds } = this.#options;
    const ready = await this.#ready;
    if (ready.kind !== "ready") {
      await this.stop();
      return failureOf(ready);
    }
    const requestId = randomUUID();
    const milliseconds = timeoutSeconds * 1000;
    const reply = this.#reply(milliseconds, requestId);
    this.#process.send({ requestId, event, deadline: Date.now() + milliseconds });
    const result = await reply;
    await this.#measureMemory();
    return result.kind === "returned" ? result : failureOf(result);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exit;
  }

  /** The next message of the process, or what became of it instead. */
  #reply(milliseconds: number, requestId = ""): Promise<Reply> {
    return new Promise((fulfil) => {
      const finish = (reply: Reply) => {
        clearTimeout(timer);
        this.#process.off("message", onMessage);
        this.#process.off("exit", onExit);
        this.#process.off("error", onError);
        fulfil(reply);
      };
      const onMessage = (message: unknown) => finish(replySchema.parse(message));
      const onError = (error: Error) => finish(failure("Runtime.ExitError", error.message));
      const onExit = (code: number | null, signal: NodeJS.Signals | null) =>
        finish(this.#exitReply(code, signal));
      const timer = setTimeout(() => {
        const seconds = (milliseconds / 1000).toFixed(2);
        finish(
          failure(
            "Sandbox.Timedout",
            `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
          ),
        );
        void this.stop();
      }, milliseconds);
      this.#process.on("message", onMessage).on("exit", onExit).on("error", onError);
    });
  }

  #exitReply(code: number | null, signal: NodeJS.Signals | null): Reply {
    if (this.#memoryExceeded) {
      return failure("Runtime.OutOfMemory", `More than ${this.#options.memoryMegabytes} MB were used`);
    }
    const how = signal === null ? `exit status ${code}` : `signal: ${signal}`;
    return failure("Runtime.ExitError", `Runtime exited with error: ${how}`);
  }

  async #measureMemory(): Promise<void> {
    this.#maxMemoryBytes = Math.max(this.#maxMemoryBytes, await residentBytes(this.#process.pid));
  }

  /** Of the whole process, as Lambda counts it: its heap's limit alone leaves the buffers out. */
  async #watchMemory(): Promise<void> {
    while (this.alive) {
      await this.#measureMemory();
      if (this.#maxMemoryBytes > this.#options.memoryMegabytes * megabyte) {
        this.#memoryExceeded = true;
        await this.stop();
      }
      await sleep(memoryCheckMilliseconds, undefined, { ref: false });
    }
  }
}

function failure(errorType: string, errorMessage: string): Reply {
  return { kind: "failed", errorType, errorMessage };
}

function failureOf(reply: Reply): FunctionResult {
  return "errorType" in reply
    ? { kind: "failed", errorType: reply.errorType, errorMessage: reply.errorMessage }
    : { kind: "failed", errorType: "Runtime.Unknown", errorMessage: "The process answered out of turn" };
}

const run = promisify(execFile);

/** The highest so far where the system tells it, else the present one; 0 for a process that is no more. */
async function residentBytes(pid: number | undefined): Promise<number> {
  try {
    if (process.platform === "linux") {
      const status = await readFile(`/proc/${pid}/status`, "utf8");
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
    }
    const { stdout } = await run("ps", ["-o", "rss=", "-p", String(pid)]);
    return Number(stdout) * 1024;
  } catch {
    return 0;
  }
}
