import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { UserError } from "../../contract/user-error.ts";
import { environmentFields } from "../../env/fields.ts";
import { loadEnvironments } from "../../env/load-environment.ts";
import type { RegisteredEnvironments } from "../../env/schema.ts";
import { checkTerraform, findProviderMirror } from "../terraform/check-terraform.ts";

/**
 * Finds out early what a bootstrap would miss late.
 * @returns the environment to copy from: the first that keeps its state in a file and creates what it needs
 * @throws UserError that says what is missing, or wrong about the name
 */
export async function checkBootstrap(
  name: string,
  environments: RegisteredEnvironments,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  if (!environmentFields.shape.name.safeParse(name).success) {
    throw new UserError(
      `"${name}" is not a valid name of an environment. Use a lower-case letter, then 1 to 15 lower-case letters or digits.`,
      {
        exitCode: 2,
      },
    );
  }
  if (Object.hasOwn(environments, name)) {
    throw new UserError(`There is an environment ${name} already. Give a new name.`, { exitCode: 2 });
  }
  const from = loadEnvironments(environments).find(
    ({ backend, buckets, vpcEndpoint }) =>
      backend.kind === "local" && vpcEndpoint.kind === "managed" && buckets.intake.kind === "managed",
  );
  if (from === undefined) {
    throw new UserError(
      'No environment in env/ can be copied to run on moto: none has backend { kind: "local" } and a managed endpoint and bucket. Add an environment that has them, such as the shipped env/dev.ts.',
    );
  }
  await checkTerraform(env);
  findProviderMirror(env, env["INIT_CWD"] ?? process.cwd());
  await checkMoto(env);
  return from.name;
}

async function checkMoto(env: NodeJS.ProcessEnv): Promise<void> {
  const find = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("moto") is None)';
  try {
    await promisify(execFile)("python3", ["-c", find], { env });
  } catch (error) {
    throw new UserError(
      'Python 3 with moto is not on PATH. Moto replaces AWS here. Install it: pip install "moto[server]"',
      { cause: error },
    );
  }
}
