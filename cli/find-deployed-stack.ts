import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../contract/user-error.ts";
import { ingestionStackName } from "../domain/names.ts";
import type { Environment } from "../env/schema.ts";
import { type DeployedStack, parseDeployedStack } from "../operations/deployed-stack.ts";
import { fromCaller, readInput } from "./caller-files.ts";
import type { Arguments } from "./command.ts";
import { readLocalRun } from "./local-run.ts";
import { readTerraform } from "./terraform/read-terraform.ts";

/** Of the commands that operate an applied stack. */
export const deployedStackOptions = { outputs: "text", local: "flag" } as const;

export const deployedStackHelp = `\
  --outputs <file>   a file with the output of "terraform output -json", or written by "npx cdktf output --outputs-file"; "-" is
                     standard input. By default, the command calls Terraform in the stack's directory of this checkout
  --local            the local service that "npm start -- <environment>" runs`;

/**
 * The stack that an environment has been applied as.
 * @throws UserError where its outputs cannot be read, or are of another environment
 */
export async function findDeployedStack(
  environment: Environment,
  { text, isSet }: Pick<Arguments, "text" | "isSet">,
  env: NodeJS.ProcessEnv,
): Promise<DeployedStack> {
  const file = text("outputs");
  if (isSet("local")) {
    if (file !== undefined) throw new UserError("Give --local or --outputs, not both.", { exitCode: 2 });
    const { run, outputs, source } = readLocalRun(environment.name, env);
    return parseDeployedStack(outputs, source, environment, run);
  }
  if (file !== undefined) return parseDeployedStack(readOutputs(file, env), nameOf(file), environment);
  const directory = stackDirectory(environment.name, env);
  const outputs = await readTerraform(directory, ["output", "-json"], env);
  if (Object.keys(JSON.parse(outputs)).length === 0) {
    throw new UserError(
      `The state of ${environment.name} has no outputs: the environment is not applied. Apply it: npm run apply -- ${environment.name}`,
    );
  }
  return parseDeployedStack(outputs, `"terraform output -json" in ${directory}`, environment);
}

export function stackDirectory(environment: string, env: NodeJS.ProcessEnv): string {
  return join(env["CDKTF_OUTDIR"] || "cdktf.out", "stacks", ingestionStackName(environment));
}

function readOutputs(file: string, env: NodeJS.ProcessEnv): string {
  if (file === "-") return readFileSync(process.stdin.fd, "utf8");
  if (!existsSync(fromCaller(file, env))) {
    throw new UserError(
      `There is no file ${file}. Write it with "terraform output -json > ${file}", in the stack's directory, or with "npx cdktf output <stack> --outputs-file ${file}".`,
    );
  }
  return readInput(file, env);
}

function nameOf(file: string): string {
  return file === "-" ? "Standard input" : file;
}
