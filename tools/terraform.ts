// Plans, applies or destroys one environment; docs/decisions/009-plan-and-apply.md tells why with Terraform itself.

import { type Command, reportUserErrors } from "../cli/command.ts";
import { synthesize } from "../cli/synthesize.ts";
import {
  isOfDestroy,
  refuseProtected,
  tellAfterDestroy,
  wantsJson,
} from "../cli/terraform/around-destroy.ts";
import { checkAwsAccount } from "../cli/terraform/check-aws-account.ts";
import { checkBeforeDestroy } from "../cli/terraform/check-before-destroy.ts";
import { checkBeforePlan, describeUnlooked } from "../cli/terraform/check-before-plan.ts";
import { checkTerraform, findProviderMirror } from "../cli/terraform/check-terraform.ts";
import { checkTerraformLogin } from "../cli/terraform/check-terraform-login.ts";
import { initializeTerraform } from "../cli/terraform/initialize-terraform.ts";
import { refuseWorkspace } from "../cli/terraform/refuse-workspace.ts";
import { runAttached } from "../cli/terraform/run-attached.ts";
import { noteStatePlace, refuseSecondState } from "../cli/terraform/state-places.ts";
import { help, readArguments, type TerraformArguments } from "../cli/terraform/terraform-arguments.ts";
import type { TerraformSteps } from "../cli/terraform/terraform-steps.ts";
import { ingestionStackName } from "../domain/names.ts";
import { loadEnvironment } from "../env/load-environment.ts";
import type { Environment, RegisteredEnvironments } from "../env/schema.ts";

/** What is done for one environment, and with what. */
interface Task {
  readonly asked: TerraformArguments;
  readonly env: NodeJS.ProcessEnv;
  readonly environments: RegisteredEnvironments;
  /** Where npm was called. */
  readonly callerDirectory: string;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
  readonly steps: TerraformSteps;
}

export const main = terraformCommand({ synthesize, run: runAttached, projectRoot: process.cwd() });

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
    const { environments, print, printError } = context;
    return run(environment, { asked, env, environments, callerDirectory, print, printError, steps });
  });
}

async function run(environment: Environment, task: Task): Promise<number> {
  const { asked, env, callerDirectory } = task;
  const mirror = findProviderMirror(env, callerDirectory);
  await checkTerraform(env);
  const directory = await task.steps.synthesize(environment.name, env);
  if (!directory) return 1;
  const stack = ingestionStackName(environment.name);
  const places = { stack, backend: environment.backend, directory, projectRoot: task.steps.projectRoot };
  refuseSecondState(places);
  await checkAccess(environment, task);
  const failed = await initialize(directory, mirror, task);
  if (failed) return failed;
  if (isOfDestroy(asked)) tell(await checkBeforeDestroy(directory, environment.name, env), task);
  if (asked.action === "apply") noteStatePlace(places);
  const code = await terraform(directory, asked.action, task);
  tellAfterDestroy(environment, { ...task, code });
  return code;
}

function tell(warning: string | undefined, { printError }: Task): void {
  if (warning !== undefined) printError(warning);
}

async function checkAccess(environment: Environment, task: Task): Promise<void> {
  const { asked, env, environments, printError } = task;
  const because = await checkCredentials(environment, task);
  if (isOfDestroy(asked)) return;
  if (because !== undefined) {
    printError(describeUnlooked(environment, because));
    return;
  }
  for (const warning of await checkBeforePlan(environment, env, environments)) printError(warning);
}

/** Gives the reason why nothing of the account can be looked at from here, if there is one. */
async function checkCredentials(environment: Environment, task: Task): Promise<string | undefined> {
  if (environment.backend.kind === "tfe") {
    checkTerraformLogin(environment.name, environment.backend.hostname, task.env);
    return `because Terraform Enterprise runs ${environment.name} with its own credentials`;
  }
  const warning = await checkAwsAccount(environment, task.env);
  tell(warning, task);
  return warning && "because the account of the credentials is unknown";
}

function initialize(directory: string, mirror: string | undefined, task: Task): Promise<number> {
  const init = (args: readonly string[]) => terraform(directory, "init", task, args);
  return initializeTerraform({ mirror, args: task.asked.rest, printError: task.printError, init });
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
