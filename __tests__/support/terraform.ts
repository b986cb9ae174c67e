import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, sep } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const AWS_PROVIDER = join("registry.terraform.io", "hashicorp", "aws");

/**
 * The folder of a provider mirror that holds hashicorp/aws: `TF_PLUGIN_DIR`, else where Terraform itself looks,
 * else a folder among the machine's optional software.
 * @throws Error that says what to set when there is none
 */
export function findPluginDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment["TF_PLUGIN_DIR"];
  const optional = join(sep, "opt");
  const candidates = named
    ? [named]
    : [
        join(homedir(), ".terraform.d", "plugins"),
        join(sep, "usr", "local", "share", "terraform", "plugins"),
        ...(existsSync(optional) ? readdirSync(optional).map((name) => join(optional, name)) : []),
      ];
  const found = candidates.find((directory) => existsSync(join(directory, AWS_PROVIDER)));
  if (!found) {
    const where = named ? `TF_PLUGIN_DIR (${named})` : "the usual folders";
    throw new Error(
      `No mirror of the AWS provider in ${where}. Make one with "terraform providers mirror <folder>" and set TF_PLUGIN_DIR to that folder: it holds ${AWS_PROVIDER}.`,
    );
  }
  return found;
}

/**
 * Runs Terraform in a stack's directory, with no configuration of the user's.
 * @throws Error with Terraform's output when it fails, or with what to install when it is missing
 */
export async function terraform(
  directory: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  try {
    const { stdout } = await run("terraform", [`-chdir=${directory}`, ...args], {
      env: {
        ...process.env,
        ...environment,
        TF_CLI_CONFIG_FILE: "/dev/null",
        TF_IN_AUTOMATION: "1",
        TF_CLI_ARGS_plan: "-no-color",
        TF_CLI_ARGS_apply: "-no-color",
        TF_CLI_ARGS_destroy: "-no-color",
        CHECKPOINT_DISABLE: "1",
      },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new Error("Terraform is not installed: install version 1.10 or newer and put it on PATH.", {
        cause: error,
      });
    }
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`terraform ${args[0]} failed:\n${stdout}${stderr}`, { cause: error });
  }
}
