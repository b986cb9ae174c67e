import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../../contract/user-error.ts";

/** Of cdktn's own command line, which tells what the fork is made for. Its bindings want 22.11. */
export const MINIMUM_NODE = "22.19.0";

/** @throws UserError where a version is older than the fork needs */
export function checkNode(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [neededMajor = 0, neededMinor = 0] = MINIMUM_NODE.split(".").map(Number);
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return;
  throw new UserError(
    `cdktn needs Node.js ${MINIMUM_NODE} or newer, but this is ${version}. Put a newer Node.js on PATH, then run npm run synth:cdktn again.`,
  );
}

/** Installs what a lock file names into a folder; throws where that fails. */
export type InstallPackages = (folder: string, env: NodeJS.ProcessEnv) => Promise<void>;

/**
 * Installs the fork as cli/support/cdktn names it, below .cache/cdktn, unless it is there.
 * @returns its node_modules
 * @throws UserError where npm fails; nothing is left then
 */
export async function installFork(
  projectRoot: string,
  env: NodeJS.ProcessEnv,
  install: InstallPackages = npmCi,
): Promise<string> {
  const source = join(projectRoot, "cli", "support", "cdktn");
  const files = ["package.json", "package-lock.json"];
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(join(source, file)));
  const installations = join(projectRoot, ".cache", "cdktn");
  const name = hash.digest("hex").slice(0, 16);
  const folder = join(installations, name);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    try {
      for (const file of files) copyFileSync(join(source, file), join(unfinished, file));
      await install(unfinished, env);
      renameSync(unfinished, folder);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  // Half a gigabyte each.
  for (const other of readdirSync(installations).filter((each) => each !== name))
    rmSync(join(installations, other), { recursive: true });
  return join(folder, "node_modules");
}

/** It says why it fails also where it is called by "npm run --silent". */
const NPM_CI = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

async function npmCi(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  try {
    await promisify(execFile)("npm", NPM_CI, {
      cwd: folder,
      env: withoutCredentials(env),
      maxBuffer: 16_777_216,
    });
  } catch (error) {
    const { stderr = "" } = error as { stderr?: string };
    const told = stderr.split("\n").filter((line) => line.startsWith("npm error"));
    throw new UserError(
      `npm ci could not install cdktn. It needs an npm registry with the packages of cli/support/cdktn.\n${told.slice(0, 5).join("\n") || String(error)}`,
      { cause: error },
    );
  }
}

/** What packages have no business with. */
export function withoutCredentials(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(?:TFE_TOKEN|TF_TOKEN_.*|AWS_.*)$/.test(name)),
  );
}
