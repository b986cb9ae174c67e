import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Synthesizes every environment, as `npm run synth` does, and gives the directory of one of them.
 * @returns undefined if it failed; its errors were shown then
 */
export function synthesize(environment: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const outdir = env["CDKTF_OUTDIR"] ?? "cdktf.out";
  mkdirSync(outdir, { recursive: true });
  // What it prints are the directories of all stacks.
  const { status } = spawnSync(process.execPath, ["tools/run.mjs", "main.ts"], {
    stdio: ["ignore", "ignore", "inherit"],
    env,
  });
  if (status !== 0) return undefined;
  return join(outdir, "stacks", `proposals-${environment}`);
}
