// Plans, applies or destroys one environment; docs/decisions/009-plan-and-apply.md tells why with Terraform itself.
import { loadEnvironment } from "../env/load-environment.ts";
import type { Environment } from "../env/schema.ts";
import { checkAwsAccount } from "./check-aws-account.ts";
import { checkTerraform, findProviderMirror } from "./check-terraform.ts";
import { checkTerraformLogin } from "./check-terraform-login.ts";
import { CommandError } from "./command-error.ts";
import { runAttached } from "./run-attached.ts";
import { synthesize } from "./synthesize.ts";
import { help, readArguments } from "./terraform-arguments.ts";

// No calls to HashiCorp's version service.
const env: NodeJS.ProcessEnv = { CHECKPOINT_DISABLE: "1", ...process.env };
const wantsJson = process.argv.some((argument) => /^--?json(?:=true)?$/.test(argument));
const callerDirectory = env["INIT_CWD"] ?? process.cwd();

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof CommandError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = error.exitCode;
}

async function run(argv: readonly string[]): Promise<number> {
  const asked = readArguments(argv, callerDirectory, env);
  if (!asked) {
    console.log(help);
    return 0;
  }
  const environment = loadEnvironment(asked.environment);
  refuseWorkspace(environment.name);
  const mirror = findProviderMirror(env, callerDirectory);
  await checkTerraform(env);
  const directory = synthesize(environment.name, env);
  if (!directory) {
    return 1;
  }
  await checkAccess(environment);
  return (
    (await initialize(directory, mirror, asked.rest)) ||
    (await terraform(directory, asked.action, asked.rest))
  );
}

/** The state of another workspace would lie elsewhere, for local state in the generated directory itself. */
function refuseWorkspace(name: string): void {
  const workspace = env["TF_WORKSPACE"];
  if (workspace && workspace !== "default") {
    throw new CommandError(
      `TF_WORKSPACE is "${workspace}": environments take the place of workspaces here. Unset it; "${name}" has a state of its own.`,
    );
  }
}

async function checkAccess(environment: Environment): Promise<void> {
  if (environment.backend.kind === "tfe") {
    checkTerraformLogin(environment.name, environment.backend.hostname, env);
    return;
  }
  const warning = await checkAwsAccount(environment, env);
  if (warning) {
    console.error(warning);
  }
}

async function initialize(directory: string, mirror: string | undefined, rest: readonly string[]) {
  const code = await terraform(directory, "init", [
    ...(process.stdin.isTTY ? [] : ["-input=false"]),
    ...(mirror ? [`-plugin-dir=${mirror}`] : []),
    ...rest.filter((argument) => /^--?(?:no-color|input=.*)$/.test(argument)),
  ]);
  if (code !== 0 && !mirror) {
    console.error(
      "If the provider could not be fetched: where there is no registry, set TF_PLUGIN_DIR to the folder of a provider mirror.",
    );
  }
  return code;
}

function terraform(directory: string, command: string, args: readonly string[]): Promise<number> {
  // Without its hints of what to run next, which name Terraform's own commands.
  const quiet = command === "apply" || command === "destroy" ? {} : { TF_IN_AUTOMATION: "1" };
  // What asks for JSON reads nothing else from the standard output.
  const output = command === "init" && wantsJson ? "errors" : "output";
  return runAttached("terraform", [`-chdir=${directory}`, command, ...args], { ...env, ...quiet }, output);
}
