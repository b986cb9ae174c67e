import { execFileSync } from "node:child_process";

// NODE_EXTRA_CA_CERTS costs Node 20 about 60 ms at every start.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;

/** Wall time of a whole process in milliseconds. */
export function timeProcess(file: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): number {
  const start = process.hrtime.bigint();
  execFileSync(file, args, { stdio: "ignore", env: { ...env, ...more } });
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** What a process writes, which is one number. */
export function numberOfProcess(args: readonly string[]): number {
  return Number(execFileSync(process.execPath, args, { encoding: "utf8", env }));
}
