import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

/** Runs Terraform in a stack's directory, without its state; what it rejects with has `stdout` and `stderr`. */
export function runTerraform(directory: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const options = { env: withoutBackend(directory, env), maxBuffer: 67_108_864 };
  return promisify(execFile)("terraform", [`-chdir=${directory}`, ...args], options);
}

/** A backend that a plan has used is asked again by `init -backend=false` too: such a stack gets a second data directory. */
function withoutBackend(directory: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const data = resolve(directory, env["TF_DATA_DIR"] || ".terraform");
  return existsSync(join(data, "terraform.tfstate"))
    ? { ...env, TF_DATA_DIR: join(data, "without-backend") }
    : env;
}

/** Fetches the providers of a stack, and neither its state nor credentials. */
export async function initializeStack(
  directory: string,
  mirror: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const providers = mirror ? [`-plugin-dir=${mirror}`] : [];
  await runTerraform(directory, ["init", "-backend=false", "-input=false", "-no-color", ...providers], env);
}

/** What a failed run of Terraform says. */
export function terraformWords(error: unknown): string {
  const { stderr, message } = error as { readonly stderr?: string; readonly message: string };
  return stderr?.trim() || message;
}
