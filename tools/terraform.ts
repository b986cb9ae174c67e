// Plans, applies or destroys one environment; docs/decisions/009-plan-and-apply.md tells why with Terraform itself.

import { type Command, reportUserErrors } from "../cli/command.ts";
import { synthesize } from "../cli/synthesize.ts";
import { refuseProtected, tellAfterDestroy, wantsJson } from "../cli/terraform/around-destroy.ts";
import { checkAwsAccount } from "../cli/terraform/check-aws-account.ts";
import { checkTerraform, findProviderMirror } from "../cli/terraform/check-terraform.ts";
import { checkTerraformLogin } from "../cli/terraform/check-terraform-login.ts";
import { runAttached } from "../cli/terraform/run-attached.ts";
import { help, readArguments, type TerraformArguments } from "../cli/terraform/terraform-arguments.ts";
import { UserError } from "../contract/user-error.ts";
import { loadEnvironment } from "../env/load-environment.ts";
import type { Environment } from "../env/schema.ts";

/** What is done for one environment, and with what. */
interface Task {
  readonly asked: TerraformArguments;
  readonly env: NodeJS.ProcessEnv;
  /** Where npm was called. */
  readonly callerDirectory: string;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
  readonly steps: TerraformSteps;
}

/** How it synthesizes, and starts Terraform. */
export interface TerraformSteps {
  readonly synthesize: (
    environment: string,
    env: NodeJS.ProcessEnv,
  ) => string | undefined | Promise<string | undefined>;
  readonly run: typeof runAttached;
}

export const main = terraformCommand({ synthesize, run: runAttached });

export function terraformCommand(steps: TerraformSteps): Command {
  return reportUserErrors(async (args, context) => {
    // No calls to HashiCorp's version service.
    const env: NodeJS.ProcessEnv = { CHECKPOINT_DISABLE: "1", ...context.env };
    const callerDirectory = env["INIT_CWD"] ?? process.cwd();
    const environmentNames = Object.keys(context.environments);
    const asked = readArguments(args, { environmentNames, callerDirectory, env });
    if (!asked) {
      context.print(help(environmentNames));
      return 0;
    }
    const environment = loadEnvironment(asked.environment, context.environments);
    refuseWorkspace(environment.name, env);
    refuseProtected(environment, asked);
    const { print, printError } = context;
    return run(environment, { asked, env, callerDirectory, print, printError, steps });
  });
}

async function run(environment: Environment, task: Task): Promise<number> {
  const { asked, env, callerDirectory } = task;
  const mirror = findProviderMirror(env, callerDirectory);
  await checkTerraform(env);
  const directory = await task.steps.synthesize(environment.name, env);
  if (!directory) return 1;
  await checkAccess(environment, task);
  const failed = await initialize(directory, mirror, task);
  if (failed) return failed;
  const code = await terraform(directory, asked.action, task);
  tellAfterDestroy(environment, { ...task, code });
  return code;
}

/** The state of another workspace would lie elsewhere, for local state in the generated directory itself. */
function refuseWorkspace(name: string, env: NodeJS.ProcessEnv): void {
  const workspace = env["TF_WORKSPACE"];
  if (workspace && workspace !== "default") {
    throw new UserError(
      `TF_WORKSPACE is "${workspace}": environments take the place of workspaces here. Unset it; "${name}" has a state of its own.`,
    );
  }
}

async function checkAccess(environment: Environment, { env, printError }: Task): Promise<void> {
  if (environment.backend.kind === "tfe") {
    checkTerraformLogin(environment.name, environment.backend.hostname, env);
    return;
  }
  const warning = await checkAwsAccount(environment, env);
  if (warning) {
    printError(warning);
  }
}

async function initialize(directory: string, mirror: string | undefined, task: Task): Promise<number> {
  const code = await terraform(directory, "init", task, [
    ...(process.stdin.isTTY ? [] : ["-input=false"]),
    ...(mirror ? [`-plugin-dir=${mirror}`] : []),
    ...task.asked.rest.filter((argument) => /^--?(?:no-color|input=.*)$/.test(argument)),
  ]);
  if (code !== 0 && !mirror) {
    task.printError(
      "If the provider could not be fetched: where there is no registry, set TF_PLUGIN_DIR to the folder of a provider mirror.",
    );
  }
  return code;
}

function terraform(
  directory: string,
  action: string,
  { asked, env, steps }: Task,
  args: readonly string[] = asked.rest,
): Promise<number> {
  // Without its hints of what to run next, which name Terraform's own commands.
  const quiet = action === "apply" || action === "destroy" ? {} : { TF_IN_AUTOMATION: "1" };
  // What asks for JSON reads nothing else from the standard output.
  const output = action === "init" && wantsJson(asked) ? "errors" : "output";
  return steps.run("terraform", [`-chdir=${directory}`, action, ...args], { ...env, ...quiet }, output);
}
