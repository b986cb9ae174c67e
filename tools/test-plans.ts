// Plans every synthesized stack with mocked providers; docs/decisions/028-plan-tests.md tells why.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { command, wrongCommandLine } from "../cli/command.ts";
import { planTestFile } from "../cli/plan-tests/plan-test.ts";
import { runPlanTest } from "../cli/plan-tests/run-plan-test.ts";
import { synthesize } from "../cli/synthesize.ts";
import { checkTerraform, findProviderMirror } from "../cli/terraform/check-terraform.ts";

const help = (names: readonly string[]) => `usage: npm run test:plans [-- <environment> …]

Synthesizes, and runs the test that lies beside each stack: terraform test, with a mocked provider. It plans the stack as it is,
and then breaks each rule of a variable and each condition of what is looked up, which must refuse it. Without an environment
(${names.join(", ")}), the stacks of all. It needs no credentials, no state and no account. TF_PLUGIN_DIR names the folder of a
provider mirror, where there is no registry.`;

/** Each takes most of a core. */
const AT_ONCE = 2;

export const main = command({ help, positionals: [0, 100] }, async ({ positionals }, context) => {
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
  const stacks = stacksOf(outdir, positionals);
  const mocked = stacks.filter((name) => existsSync(join(outdir, "stacks", name, planTestFile(name))));
  const failed: string[] = [];
  const waiting = mocked.values();
  const work = async () => {
    for (const name of waiting) {
      const { proof, problems } = await runPlanTest(join(outdir, "stacks", name), { mirror, env });
      const counts = `${proof.rules} rules; ${proof.postconditions} postconditions`;
      context.print(problems.length === 0 ? `${name}: plan ok; ${counts}` : `${name}: failed`);
      for (const problem of problems) context.print(problem.replaceAll(/^/gm, "  "));
      if (problems.length > 0) failed.push(name);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (const name of stacks.filter((each) => !mocked.includes(each))) {
    context.print(`${name}: not tried, since nothing is known to mock one of its providers with`);
  }
  return failed.length > 0 ? 1 : 0;
});

/** Those that were synthesized last, of these environments or of all. */
function stacksOf(outdir: string, environments: readonly string[]): string[] {
  const manifest = z.object({ stacks: z.record(z.string(), z.unknown()) });
  const { stacks } = manifest.parse(JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")));
  return Object.keys(stacks).filter(
    (name) =>
      environments.length === 0 || environments.some((environment) => name.endsWith(`-${environment}`)),
  );
}

/** Arguments that somebody wants for plans of their own, and values of variables, are none of a test's. */
function withoutArguments(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^TF_(CLI_ARGS|VAR_|WORKSPACE$)/.test(name));
  return { CHECKPOINT_DISABLE: "1", ...Object.fromEntries(kept) };
}
