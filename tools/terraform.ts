// Plans, applies or destroys one environment; docs/decisions/009-plan-and-apply.md tells why with Terraform itself.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { loadEnvironment } from "../env/load-environment.ts";
import { checkAwsAccount } from "./check-aws-account.ts";
import { checkTerraform, findProviderMirror } from "./check-terraform.ts";
import { checkTerraformLogin } from "./check-terraform-login.ts";
import { CommandError } from "./command-error.ts";
import { runAttached } from "./run-attached.ts";
import { help, readArguments } from "./terraform-arguments.ts";

// No calls to HashiCorp's version service.
const env: NodeJS.ProcessEnv = { CHECKPOINT_DISABLE: "1", ...process.env };
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
  const mirror = findProviderMirror(env, callerDirectory);
  await checkTerraform(env);
  if (environment.backend.kind === "tfe") {
    checkTerraformLogin(environment.name, environment.backend.hostname, env);
  } else {
    await checkAwsAccount(environment, env);
  }
  const directory = join(env["CDKTF_OUTDIR"] ?? "cdktf.out", "stacks", `proposals-${environment.name}`);
  return (
    synthesize() ||
    (await initialize(directory, mirror, asked.rest)) ||
    (await terraform(directory, asked.action, asked.rest))
  );
}

/** What it prints are the directories of all stacks; errors are shown. */
function synthesize(): number {
  const { status } = spawnSync(process.execPath, ["tools/run.mjs", "main.ts"], {
    stdio: ["ignore", "ignore", "inherit"],
    env,
  });
  return status ?? 1;
}

async function initialize(directory: string, mirror: string | undefined, rest: readonly string[]) {
  const code = await terraform(directory, "init", [
    ...(process.stdin.isTTY ? [] : ["-input=false"]),
    ...(mirror ? [`-plugin-dir=${mirror}`] : []),
    ...rest.filter((argument) => /^--?no-color$/.test(argument)),
  ]);
  if (code !== 0 && !mirror) {
    console.error(
      "Where there is no provider registry, set TF_PLUGIN_DIR to the folder of a provider mirror.",
    );
  }
  return code;
}

function terraform(directory: string, command: string, args: readonly string[]): Promise<number> {
  // Without its hints of what to run next, which name Terraform's own commands.
  const quiet = command === "init" ? { TF_IN_AUTOMATION: "1" } : {};
  return runAttached("terraform", [`-chdir=${directory}`, command, ...args], { ...env, ...quiet });
}
