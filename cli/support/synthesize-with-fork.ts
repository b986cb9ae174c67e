import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { UserError } from "../../contract/user-error.ts";
import { withoutCredentials } from "./install-fork.ts";

export interface SynthesizeOptions {
  readonly projectRoot: string;
  readonly env: NodeJS.ProcessEnv;
  readonly outdir: string;
}

/** As `npm run synth` does. */
export async function synthesizeWithCdktf({ projectRoot, env, outdir }: SynthesizeOptions): Promise<void> {
  await runNode([join("cli", "run.mjs"), "main.ts"], { projectRoot, env, outdir });
}

/**
 * With cdktn and its bindings in the place of cdktf and its own. The bindings of Terraform Enterprise stay, on cdktn: the fork
 * has none in the npm registry.
 * @param packages the node_modules of the fork
 */
export async function synthesizeWithFork(packages: string, options: SynthesizeOptions): Promise<void> {
  const { projectRoot } = options;
  // Below the project, whose esbuild builds the functions.
  const bundle = join(dirname(packages), "main.mjs");
  try {
    await bundleWithFork(packages, projectRoot, bundle);
    const call = `process.exitCode = await (await import(${JSON.stringify(pathToFileURL(bundle).href)})).main([]);`;
    await runNode(["--input-type=module", "--eval", call], options);
  } finally {
    rmSync(bundle, { force: true });
  }
}

async function bundleWithFork(packages: string, projectRoot: string, outfile: string): Promise<void> {
  const { build, stop } = await import("esbuild");
  await build({
    absWorkingDir: projectRoot,
    entryPoints: ["main.ts"],
    outfile,
    bundle: true,
    external: ["esbuild"],
    alias: {
      cdktf: join(packages, "cdktn"),
      "@cdktf/provider-aws": join(packages, "@cdktn", "provider-aws"),
      // One tree of constructs for all of them.
      constructs: join(packages, "constructs"),
    },
    platform: "node",
    format: "esm",
    target: "node22",
    // The packages inside are CommonJS and call `require` for what Node.js itself provides.
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
    },
    logLevel: "silent",
  });
  await stop();
}

/** @throws UserError with what was said, where it ends with anything but 0 */
async function runNode(args: readonly string[], options: SynthesizeOptions): Promise<void> {
  const { projectRoot, env, outdir } = options;
  try {
    await promisify(execFile)(process.execPath, args, {
      cwd: projectRoot,
      env: { ...withoutCredentials(env), CDKTF_OUTDIR: outdir },
      maxBuffer: 16_777_216,
    });
  } catch (error) {
    const { stderr = "" } = error as { stderr?: string };
    throw new UserError(`Synthesis with ${basename(outdir)} failed:\n${stderr.trim() || String(error)}`, {
      cause: error,
    });
  }
}
