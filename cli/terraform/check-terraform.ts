import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../../contract/user-error.ts";

/** The stack's `required_version`. */
export const MINIMUM_TERRAFORM = "1.10.0";

const INSTALL = `Install ${MINIMUM_TERRAFORM} or newer (https://developer.hashicorp.com/terraform/install).`;

const AWS_PROVIDER = join("registry.terraform.io", "hashicorp", "aws");

/** @throws UserError when Terraform is missing, does not run or is too old */
export async function checkTerraform(env: NodeJS.ProcessEnv): Promise<void> {
  const version = await readTerraformVersion(env);
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [neededMajor = 0, neededMinor = 0] = MINIMUM_TERRAFORM.split(".").map(Number);
  if (major < neededMajor || (major === neededMajor && minor < neededMinor)) {
    throw new UserError(`Terraform ${version} on PATH is too old. ${INSTALL}`);
  }
}

/**
 * Such as `1.11.4`, without what marks a pre-release.
 * @throws UserError when Terraform is missing, does not run or is something else
 */
export async function readTerraformVersion(env: NodeJS.ProcessEnv): Promise<string> {
  const version = /"terraform_version":\s*"(\d+\.\d+\.\d+)/.exec(await runVersion(env))?.[1];
  if (version !== undefined) return version;
  throw new UserError(`"terraform" on PATH does not answer as Terraform does. ${INSTALL}`);
}

async function runVersion(env: NodeJS.ProcessEnv): Promise<string> {
  // Arguments for every command are none for this one.
  const { TF_CLI_ARGS: _all, TF_CLI_ARGS_version: _own, ...rest } = env;
  try {
    const { stdout } = await promisify(execFile)("terraform", ["version", "-json"], { env: rest });
    return stdout;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new UserError(`Terraform is not on PATH. ${INSTALL}`, { cause: error });
    }
    throw new UserError(`"terraform version -json" failed: ${String(error)}`, { cause: error });
  }
}

/**
 * The provider mirror that `TF_PLUGIN_DIR` names; a relative path starts at `from`.
 * @throws UserError when the folder holds no AWS provider
 */
export function findProviderMirror(env: NodeJS.ProcessEnv, from: string): string | undefined {
  const named = env["TF_PLUGIN_DIR"];
  if (!named) {
    return undefined;
  }
  const mirror = resolve(from, named);
  if (!existsSync(join(mirror, AWS_PROVIDER))) {
    throw new UserError(
      `TF_PLUGIN_DIR names ${mirror}, which holds no ${AWS_PROVIDER}: set it to a folder made by "terraform providers mirror <folder>", or unset it to use the registry.`,
    );
  }
  return mirror;
}
