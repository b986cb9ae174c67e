// Sets up the logging role of a whole account and region: docs/decisions/029-what-belongs-to-the-account.md.

import { dirname, join } from "node:path";
import { type Arguments, type Command, type CommandContext, command } from "../cli/command.ts";
import { synthesize } from "../cli/synthesize.ts";
import { describeAdoptions, findAdoptions, writeAdoptions } from "../cli/terraform/adopt-logging-role.ts";
import { ask, checkRemovable, checkSettable } from "../cli/terraform/check-account-stack.ts";
import { checkAwsAccount } from "../cli/terraform/check-aws-account.ts";
import { describeAccount, readLoggingRoleArn } from "../cli/terraform/check-gateway-account.ts";
import { checkTerraform, findProviderMirror } from "../cli/terraform/check-terraform.ts";
import { initializeTerraform } from "../cli/terraform/initialize-terraform.ts";
import { refuseWorkspace } from "../cli/terraform/refuse-workspace.ts";
import { runAttached } from "../cli/terraform/run-attached.ts";
import { noteStatePlace, refuseSecondState } from "../cli/terraform/state-places.ts";
import type { TerraformSteps } from "../cli/terraform/terraform-steps.ts";
import { accountStackName } from "../contract/gateway-logging.ts";
import { UserError } from "../contract/user-error.ts";
import { loadEnvironment } from "../env/load-environment.ts";
import { loggingRoleManager } from "../env/logging-role-manager.ts";
import type { Environment, RegisteredEnvironments } from "../env/schema.ts";

const help = (
  names: readonly string[],
) => `usage: npm run account -- <environment> [--auto-approve] [--destroy]

Creates API Gateway's logging role, and sets it for the whole account and region. Run it once, before the first apply, for the
environment that manages the role (one of ${names.join(", ")}). If another role is set already, the command changes nothing
and ends with an error. If the role exists already, from an earlier run or version, the command imports it.

  npm run account -- dev
  npm run account -- dev --destroy      # after all environments are destroyed

  --auto-approve   do not ask before the change
  --destroy        empty the setting and delete the role. Refused while a stage logs with it

It needs credentials of the account, and TF_PLUGIN_DIR if there is no registry, as npm run apply does.`;

export const main = accountCommand({ synthesize, run: runAttached, projectRoot: process.cwd() });

export function accountCommand(steps: TerraformSteps): Command {
  return command(
    {
      help,
      positionals: [1, 1],
      missing: "Name an environment.",
      options: { "auto-approve": "flag", destroy: "flag" },
    },
    (args, context) => {
      const environment = loadEnvironment(args.positionals[0], context.environments);
      refuseOther(environment, context.environments);
      // No calls to HashiCorp's version service.
      const env = { CHECKPOINT_DISABLE: "1", ...context.env };
      return run(environment, args, { ...context, env }, steps);
    },
  );
}

async function run(
  environment: Environment,
  args: Arguments,
  { env, print, printError }: CommandContext,
  steps: TerraformSteps,
): Promise<number> {
  const { name } = environment;
  const logging = managedLogging(environment);
  refuseWorkspace(name, env);
  const mirror = findProviderMirror(env, env["INIT_CWD"] ?? process.cwd());
  await checkTerraform(env);
  const ofEnvironment = await steps.synthesize(name, env);
  if (!ofEnvironment) return 1;
  const stack = accountStackName(name);
  const directory = join(dirname(ofEnvironment), stack);
  const places = { stack, backend: logging.backend, directory, projectRoot: steps.projectRoot };
  refuseSecondState(places);
  const warning = await checkAwsAccount(environment, env);
  if (warning) printError(warning);
  const told = await prepare(environment, directory, { isDestroying: args.isSet("destroy"), env });
  if (told !== undefined) print(told);
  const terraform = (action: string, given: readonly string[]) =>
    steps.run("terraform", [`-chdir=${directory}`, action, ...given], { ...env, TF_IN_AUTOMATION: "1" });
  const init = (given: readonly string[]) => terraform("init", given);
  const failed = await initializeTerraform({ mirror, args: [], printError, init });
  if (!args.isSet("destroy")) noteStatePlace(places);
  const approval = args.isSet("auto-approve") ? ["-auto-approve"] : [];
  if (failed || args.isSet("destroy")) return failed || terraform("destroy", approval);
  const code = await terraform("apply", approval);
  if (code !== 0) printError(describeFailedApply(name));
  return code;
}

const describeFailedApply = (name: string) =>
  `The apply did not finish. If you did not confirm it, nothing was changed. Otherwise run "npm run account -- ${name}" again: it imports what exists already, and creates the rest.`;

function refuseOther(environment: Environment, registered: RegisteredEnvironments): void {
  const { name, roles } = environment;
  const manager =
    roles.gatewayLogging.kind === "existing" ? loggingRoleManager(environment, registered) : undefined;
  if (manager === undefined) return;
  throw new UserError(
    `env/${name}.ts uses API Gateway's logging role ${roles.gatewayLogging.name} as existing. env/${manager}.ts manages the role of this account and region. Run the command for that environment: npm run account -- ${manager}`,
  );
}

function managedLogging({ name, roles: { gatewayLogging } }: Environment) {
  if (gatewayLogging.kind === "managed") return gatewayLogging;
  throw new UserError(
    `env/${name}.ts declares API Gateway's logging role ${gatewayLogging.name} as existing. Its owner sets it up, so there is nothing to do here.`,
  );
}

/** Looks at the account's setting before anything changes; gives what to tell. */
async function prepare(
  environment: Environment,
  directory: string,
  { isDestroying, env }: { readonly isDestroying: boolean; readonly env: NodeJS.ProcessEnv },
): Promise<string | undefined> {
  const what = `which role API Gateway logs with in ${describeAccount(environment)}`;
  const arn = await ask(what, () => readLoggingRoleArn(environment, env));
  if (isDestroying) {
    writeAdoptions(directory, []);
    return checkRemovable(arn, environment, env);
  }
  await ask(what, () => checkSettable(arn, environment, env));
  const found = await ask("what exists of the role", () => findAdoptions(arn, environment, env));
  writeAdoptions(directory, found);
  return describeAdoptions(found, environment);
}
