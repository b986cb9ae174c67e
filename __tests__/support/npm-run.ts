import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** How a script of a checkout ended. Where it failed, `text` also has what it wrote to standard error. */
export interface ScriptRun {
  readonly code: number;
  readonly text: string;
}

/** Runs an npm script in a folder, as in every build. */
export async function npmRun(
  folder: string,
  [script = "", ...args]: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<ScriptRun> {
  const run = promisify(execFile)("npm", ["run", "--silent", script, "--", ...args], {
    cwd: folder,
    env: { ...ownVariables(), CI: "true", ...variables },
    maxBuffer: 64 * 1024 * 1024,
  });
  return run.then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    ({ code, stdout, stderr }) => ({ code, text: `${stdout}${stderr}`.slice(-20_000) }),
  );
}

/** Without those that npm and vitest give to what they start. */
function ownVariables(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|NODE_ENV$|INIT_CWD$|CDKTF_)/.test(name)),
  );
}

/** Tests of rooms that import neither an environment nor the domain, and read no document of either: no edit of them changes what they find. */
export const APART_FROM_EDITS = "__tests__/{emulator/{api-gateway,aws,lambda,s3},functions/notifier}/**";
