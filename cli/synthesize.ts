import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ingestionStackName } from "../domain/names.ts";

/**
 * Synthesizes every environment, as `npm run synth` does, and gives the directory of one of them.
 * @returns undefined if it failed; its errors were shown then
 * @throws the signal's reason once it aborts; nothing goes on then
 */
export async function synthesize(
  environment: string,
  env: NodeJS.ProcessEnv = process.env,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const outdir = env["CDKTF_OUTDIR"] || "cdktf.out";
  mkdirSync(outdir, { recursive: true });
  // What it prints are the directories of all stacks.
  const child = spawn(process.execPath, ["cli/run.mjs", "main.ts"], {
    stdio: ["ignore", "ignore", "inherit"],
    env,
  });
  const end = () => child.kill();
  signal?.addEventListener("abort", end);
  const [code] = await once(child, "exit");
  signal?.removeEventListener("abort", end);
  signal?.throwIfAborted();
  return code === 0 ? join(outdir, "stacks", ingestionStackName(environment)) : undefined;
}
