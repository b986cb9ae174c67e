// From an empty folder to a verified record on moto, with the time of each step.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BootstrapOptions, bootstrapSteps } from "../cli/bootstrap/bootstrap-steps.ts";
import { checkBootstrap } from "../cli/bootstrap/check-bootstrap.ts";
import { childEnvironment } from "../cli/bootstrap/child-environment.ts";
import { runSteps } from "../cli/bootstrap/run-steps.ts";
import type { LoggedProcess } from "../cli/bootstrap/start-logged.ts";
import { type Arguments, command, wrongCommandLine } from "../cli/command.ts";
import { stopSignal } from "../cli/stop-request.ts";

const help = `usage: npm run bootstrap [-- [<name>] [--tests fast|none] [--packages install|linked] [--keep]]

Measures the time from an empty folder to a verified record. Copies the project, adds an environment <name> (default: trial),
synthesizes, tests, plans and applies it to moto, runs the applied stack, and sends a small and a large record through it.
Prints the time of each step. It makes no calls to AWS. Moto replaces AWS, but does not run API Gateway, Lambda and the
network.

  --tests fast|none            fast (default) includes "npm run test:fast" and "npm run test:plans"; none omits them
  --packages install|linked    install (default) runs npm ci; linked uses the packages of this checkout
  --keep                       keeps the folder with the copy and the output of each step, and prints its path

Requires git, Terraform and Python 3 with moto (README.md). Without a provider registry, set TF_PLUGIN_DIR to the folder of a
provider mirror.`;

export const main = command(
  {
    help,
    positionals: [0, 1],
    missing: "The name is empty.",
    options: { tests: "text", packages: "text", keep: "flag" },
  },
  async (args, { env, environments, print, printError }) => {
    const name = args.positionals[0] ?? "trial";
    const chosen = { tests: choice(args, "tests", TESTS), packages: choice(args, "packages", PACKAGES) };
    const from = await checkBootstrap(name, environments, env);
    const signal = stopSignal();
    const folder = mkdtempSync(join(tmpdir(), "bootstrap-"));
    const processes: LoggedProcess[] = [];
    const onStart = (started: LoggedProcess) => processes.unshift(started);
    try {
      const options = { root: process.cwd(), folder, name, from, env: childEnvironment(env), onStart };
      await runSteps(bootstrapSteps({ ...options, ...chosen }), { print, signal });
      return 0;
    } finally {
      for (const each of processes) await each.stop();
      if (args.isSet("keep")) printError(`Kept: ${folder}`);
      else rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  },
);

const TESTS: readonly BootstrapOptions["tests"][] = ["fast", "none"];
const PACKAGES: readonly BootstrapOptions["packages"][] = ["install", "linked"];

/** The first of the choices where the command line makes none. */
function choice<Choice extends string>(args: Arguments, option: string, choices: readonly Choice[]): Choice {
  const given = args.text(option) ?? choices[0];
  const found = choices.find((each) => each === given);
  if (found === undefined) throw wrongCommandLine(`--${option} ${given}: use ${choices.join(" or ")}.`, help);
  return found;
}
