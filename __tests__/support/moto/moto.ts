import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";

const LAUNCHER = join(import.meta.dirname, "launch_moto.py");
const START_TIMEOUT_MS = 60_000;

/** One correction or refusal of the launcher. */
export interface MotoChange {
  readonly name: string;
  readonly reason: string;
  readonly reference: string;
}

/** A moto server of a test's own. */
export interface Moto {
  readonly endpoint: string;
  /** What the AWS SDK and Terraform need to use this server and nothing else. */
  readonly environment: Readonly<Record<string, string>>;
  /** Lets IAM decide about every call from now on, or about none. Policies' conditions are not evaluated. */
  enforceIam(enforced: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** What the launcher changes in moto's answers. */
export async function listMotoChanges(): Promise<MotoChange[]> {
  const { stdout } = await promisify(execFile)("python3", [LAUNCHER, "--list"]);
  return JSON.parse(stdout);
}

/**
 * Starts moto on a free loopback port, as the given account; `without` names changes to leave out.
 * @throws Error with what moto printed when it does not start
 */
export async function startMoto(accountId: string, without: readonly string[] = []): Promise<Moto> {
  const args = [LAUNCHER, "--until-stdin-ends", ...without.flatMap((name) => ["--without", name])];
  const server = spawn("python3", args, {
    env: { ...process.env, MOTO_ACCOUNT_ID: accountId, PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const endpoint = `http://127.0.0.1:${await readPort(server)}`;
  return {
    endpoint,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: "testing",
      AWS_SECRET_ACCESS_KEY: "testing",
      AWS_EC2_METADATA_DISABLED: "true",
    },
    async enforceIam(enforced) {
      // moto takes the number of calls that are free.
      await fetch(`${endpoint}/moto-api/reset-auth`, { method: "POST", body: enforced ? "0" : "inf" });
    },
    async stop() {
      if (server.exitCode === null) {
        server.kill("SIGKILL");
        await once(server, "exit");
      }
    },
  };
}

async function readPort(server: ChildProcessByStdio<Writable, Readable, Readable>): Promise<number> {
  let printed = "";
  server.stderr.on("data", (chunk) => {
    // The last lines tell why it did not start; a running server prints one for each request.
    printed = (printed + chunk).slice(-4_000);
  });
  const lines = createInterface({ input: server.stdout });
  // No `once` of node:events: it rejects on "error", whatever it waits for.
  const line = await new Promise<string>((resolve) => {
    lines.once("line", resolve);
    server.once("exit", () => resolve("it ended"));
    server.once("error", (error) => resolve(String(error)));
    // biome-ignore lint/plugin: a time limit
    setTimeout(resolve, START_TIMEOUT_MS, "it took too long").unref();
  });
  const port = /^listening on (\d+)$/.exec(line)?.[1];
  if (!port) {
    server.kill("SIGKILL");
    throw new Error(
      `moto did not start (${line}). Is it installed (pip install "moto[server]")?\n${printed}`,
    );
  }
  return Number(port);
}
