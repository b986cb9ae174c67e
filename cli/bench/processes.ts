import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { type BuildOptions, build } from "esbuild";

/** Where benchmarks keep what they make. */
export const benchFolder = join(".cache", "bench");

/**
 * Without what changes how Node.js starts: NODE_EXTRA_CA_CERTS alone costs Node 20 about 60 ms each time. And with the
 * Node.js that runs here also below npm.
 */
const env: NodeJS.ProcessEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("NODE_"))),
  PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`,
};

/**
 * Wall time of a whole process in milliseconds. It is started by a small process of its own: a start costs the more,
 * the larger the process is that asks for it (ten milliseconds for 300 MB), and this one grows from table to table.
 * @throws Error with what the process said, where it fails
 */
export async function timeProcess(
  timer: string,
  command: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<number> {
  return Number(await outputOf([timer, ...command], more));
}

/** The script that `timeProcess` needs. */
export function bundleTimer(): Promise<string> {
  return bundleScript("cli/bench/timing-process.ts");
}

/** What a script of Node.js writes. */
export async function outputOf(args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...env, ...more } });
  return stdout;
}

/**
 * A TypeScript file, or the text of `options.stdin` under another name, as a script that Node.js can run, packages outside if
 * nothing else is said; returns its path.
 */
export async function bundleScript(entry: string, options: BuildOptions = {}): Promise<string> {
  mkdirSync(benchFolder, { recursive: true });
  const outfile = join(benchFolder, `${basename(entry, ".ts")}.mjs`);
  await build({
    ...(options.stdin === undefined && { entryPoints: [entry] }),
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    outfile,
    logLevel: "silent",
    ...options,
  });
  return outfile;
}
