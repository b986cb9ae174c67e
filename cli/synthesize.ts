import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ingestionStackName } from "../domain/names.ts";

/**
 * Synthesizes all environments, as `npm run synth` does, and returns the directory of one of them.
 * @returns undefined if the synthesis failed and printed its errors
 * @throws the signal's reason if it aborts, after the synthesis has been stopped
 */
export async function synthesize(
  environment: string,
  env: NodeJS.ProcessEnv = process.env,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const outdir = env["CDKTF_OUTDIR"] || "cdktf.out";
  mkdirSync(outdir, { recursive: true });
  // Its output is the list of all stacks' directories, which nobody needs here.
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
