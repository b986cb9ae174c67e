import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify, stripVTControlCharacters } from "node:util";
import { UserError } from "../../contract/user-error.ts";

/**
 * What a command of Terraform that only reads prints, such as `output -json`, in a stack's directory after its `init`.
 * @throws UserError with Terraform's own words where it fails, or where the directory was never initialized
 */
export async function readTerraform(
  directory: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const command = `terraform -chdir=${directory} ${args.join(" ")}`;
  if (!existsSync(directory)) {
    throw new UserError(
      `There is no ${directory}: plan or apply the environment from this checkout first (docs/deploy.md).`,
    );
  }
  try {
    const { stdout } = await promisify(execFile)("terraform", [`-chdir=${directory}`, ...args], {
      env: { CHECKPOINT_DISABLE: "1", ...env },
      maxBuffer: 256 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new UserError("Terraform is not on PATH: install it, or give --outputs <file>.", {
        cause: error,
      });
    }
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
    throw new UserError(
      `"${command}" failed. If the folder is not initialized, run npm run plan first. For the local service that npm start runs, add --local.\n${stripVTControlCharacters(said)}`,
      { cause: error },
    );
  }
}
