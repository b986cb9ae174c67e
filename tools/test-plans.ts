// Plans every synthesized stack with mocked providers; docs/decisions/028-plan-tests.md tells why.

import { basename } from "node:path";
import { command, wrongCommandLine } from "../cli/command.ts";
import { type ChosenTest, choosePlanTests } from "../cli/plan-tests/choose-plan-tests.ts";
import { runPlanTest } from "../cli/plan-tests/run-plan-test.ts";
import { synthesize } from "../cli/synthesize.ts";
import { checkTerraform, findProviderMirror } from "../cli/terraform/check-terraform.ts";

const help = (names: readonly string[]) => `usage: npm run test:plans [-- <environment> …] [--plans-only]

Synthesizes, and runs terraform test on each stack with mocked providers. It first plans the stack as it is. Then it violates
each validation of a variable and each condition of a data source, one at a time: Terraform must refuse the plan for exactly
this reason. Without an environment (${names.join(", ")}), it tests all stacks. Requires no credentials, no state and no
account. Without a provider registry, set TF_PLUGIN_DIR to the folder of a provider mirror.

  --plans-only   only plans each stack as it is. A release uses this option: the build that checks the commit has
                 tested the rest.`;

/** Each takes most of a core. */
const AT_ONCE = 2;

const shape = { help, positionals: [0, 100], options: { "plans-only": "flag" } } as const;

export const main = command(shape, async ({ positionals, isSet }, context) => {
  const known = Object.keys(context.environments);
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw wrongCommandLine(`There is no environment "${unknown}". Known: ${known.join(", ")}.`, help(known));
  }
  const env = withoutArguments(context.env);
  const mirror = findProviderMirror(env, env["INIT_CWD"] ?? process.cwd());
  await checkTerraform(env);
  if ((await synthesize(known[0] ?? "", env)) === undefined) return 1;
  const outdir = env["CDKTF_OUTDIR"] || "cdktf.out";
  const { tests, untested } = choosePlanTests(outdir, positionals, { plansOnly: isSet("plans-only") });
  let failures = 0;
  const waiting = tests.values();
  const work = async () => {
    for (const chosen of waiting) {
      const problems = await runPlanTest(chosen.directory, chosen.test, { mirror, env });
      context.print(`${basename(chosen.directory)}: ${problems.length > 0 ? "failed" : describe(chosen)}`);
      for (const problem of problems) context.print(problem.replaceAll(/^/gm, "  "));
      if (problems.length > 0) failures += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (const name of untested) {
    context.print(`${name}: not tested, because this project has no mocked answers for one of its providers`);
  }
  return failures > 0 ? 1 : 0;
});

function describe({ test, shared, plansOnly }: ChosenTest): string {
  const { rules, postconditions } = test["//"];
  if (plansOnly) return "plan ok";
  const elsewhere = shared > 0 ? ` (${shared} of them tested in another stack)` : "";
  return `plan ok; ${rules + shared} rules${elsewhere}; ${postconditions} postconditions`;
}

/** Arguments that somebody wants for plans of their own, and values of variables, are none of a test's. */
function withoutArguments(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^TF_(CLI_ARGS|VAR_|WORKSPACE$)/.test(name));
  return { CHECKPOINT_DISABLE: "1", ...Object.fromEntries(kept) };
}
