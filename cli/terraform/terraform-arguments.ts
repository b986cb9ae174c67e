import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { UserError } from "../../contract/user-error.ts";
import { wrongCommandLine } from "../command.ts";

const ACTIONS = ["plan", "apply", "destroy"] as const;
export type Action = (typeof ACTIONS)[number];

export interface TerraformArguments {
  readonly action: Action;
  readonly environment: string;
  /** For Terraform, in the order they were given. */
  readonly rest: readonly string[];
}

const usage = "usage: npm run plan|apply|destroy -- <environment> [argument of Terraform …]";

export const help = (environmentNames: readonly string[]) => `${usage}

Synthesizes, runs terraform init, and then Terraform's plan, apply or destroy for one environment: ${environmentNames.join(", ")}.
Everything after the environment goes to Terraform unchanged, with one dash or two.

  npm run plan -- dev
  npm run plan -- dev --var-file=mine.tfvars --var log_retention_days=3
  npm run apply -- dev --auto-approve
  npm run plan -- dev -out=dev.tfplan && npm run apply -- dev dev.tfplan
  TF_CLI_ARGS_init=-migrate-state npm run plan -- test

A relative path of --var-file starts in the folder where you call npm. Paths of -out and of a saved plan start in the stack's
folder.

  TF_PLUGIN_DIR                  folder of a provider mirror, if there is no registry
  TF_CLI_ARGS_init               arguments of "terraform init": -upgrade, -migrate-state, -reconfigure
  CDKTF_OUTDIR                   another output folder than cdktf.out; a local state lies beside it (docs/deploy.md#local)
  AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL and AWS's other variables    as in every AWS tool

Exit code: Terraform's own, 2 for a wrong command line, 1 if something it needs is missing.
"terraform plan -help" lists Terraform's arguments.`;

interface TerraformArgumentsContext {
  readonly environmentNames: readonly string[];
  /** Where npm was called: relative files start there. */
  readonly callerDirectory: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Terraform's options that npm keeps for itself, as `npm_config_…`, when the `--` is missing. */
const SWALLOWED = [
  "auto_approve",
  "compact_warnings",
  "destroy",
  "detailed_exitcode",
  "exclude",
  "generate_config_out",
  "input",
  "lock_timeout",
  "out",
  "parallelism",
  "refresh",
  "refresh_only",
  "state",
  "target",
  "var",
  "var_file",
];

/**
 * Reads the command line; undefined if it asks for help.
 * @throws UserError with exit code 2 when it is wrong
 */
export function readArguments(
  argv: readonly string[],
  { environmentNames, callerDirectory, env }: TerraformArgumentsContext,
): TerraformArguments | undefined {
  if (argv.some((argument) => ["-h", "-help", "--help"].includes(argument))) {
    return undefined;
  }
  const [action, environment, ...rest] = argv;
  if (environment === "help" && rest.length === 0) return undefined;
  if (!isAction(action)) {
    throw usageError(`Name an action, one of ${ACTIONS.join(", ")}. Got: ${action ?? "nothing"}.`);
  }
  const swallowed = findSwallowed(env).map((option) => `--${option.replaceAll("_", "-")}`);
  if (swallowed.length > 0) {
    throw usageError(
      `npm reads ${swallowed.join(", ")} as its own option. Write -- before it: "npm run ${action} -- <environment> ${swallowed.join(" ")} …".`,
    );
  }
  if (!environment || !environmentNames.includes(environment)) {
    const asked = environment ? `There is no environment "${environment}"` : "Name an environment";
    throw usageError(`${asked}: npm run ${action} -- ${environmentNames.join("|")} […].`);
  }
  return { action, environment, rest: resolveVariableFiles(rest, callerDirectory) };
}

function findSwallowed(env: NodeJS.ProcessEnv): string[] {
  // npm takes --replace for an abbreviation of an option of its own, which names a host.
  const isReplacing = env["npm_config_replace_registry_host"]?.startsWith("aws_");
  return [
    ...SWALLOWED.filter((option) => env[`npm_config_${option}`] !== undefined),
    ...(isReplacing ? ["replace"] : []),
  ];
}

function isAction(text: string | undefined): text is Action {
  return ACTIONS.some((action) => action === text);
}

function usageError(problem: string): UserError {
  return wrongCommandLine(`${problem} See --help.`, usage);
}

/** Terraform itself would look for the files in the stack's directory. */
function resolveVariableFiles(args: readonly string[], from: string): string[] {
  return args.map((argument, index) => {
    const [, option, inline] = /^(--?var-file)=(.*)$/s.exec(argument) ?? [];
    if (option && inline) {
      return `${option}=${existingFile(inline, from)}`;
    }
    return /^--?var-file$/.test(args[index - 1] ?? "") ? existingFile(argument, from) : argument;
  });
}

function existingFile(path: string, from: string): string {
  const file = resolve(from, path);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw usageError(`--var-file ${path}: there is no file ${file}.`);
  }
  return file;
}
