// Lets Terraform validate every synthesized stack, without state and credentials.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { command } from "../cli/command.ts";
import { checkTerraform, findProviderMirror } from "../cli/terraform/check-terraform.ts";
import { initializeStack, runTerraform, terraformWords } from "../cli/terraform/initialize-stack.ts";
import { UserError } from "../contract/user-error.ts";

const help = `usage: npm run validate

Runs terraform init -backend=false and terraform validate on every stack that "npm run synth" has written. Requires no
credentials and no state. Without a provider registry, set TF_PLUGIN_DIR to the folder of a provider mirror.`;

export const main = command({ help }, async (_, context) => {
  const env: NodeJS.ProcessEnv = { CHECKPOINT_DISABLE: "1", ...context.env };
  const directory = join(env["CDKTF_OUTDIR"] || "cdktf.out", "stacks");
  const stacks = existsSync(directory) ? readdirSync(directory).toSorted() : [];
  if (stacks.length === 0) throw new UserError(`${directory} is empty. Synthesize first: npm run synth.`);
  const mirror = findProviderMirror(env, env["INIT_CWD"] ?? process.cwd());
  await checkTerraform(env);
  let failures = 0;
  for (const stack of stacks) {
    const problem = await validate(join(directory, stack), mirror, env);
    context.print(`${stack}: ${problem ?? "valid"}`);
    if (problem !== undefined) failures += 1;
  }
  return failures > 0 ? 1 : 0;
});

/** What Terraform says against the stack, or undefined. */
async function validate(
  directory: string,
  mirror: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  try {
    await initializeStack(directory, mirror, env);
    await runTerraform(directory, ["validate", "-no-color"], env);
    return undefined;
  } catch (error) {
    return `not valid\n${terraformWords(error).replaceAll(/^/gm, "  ")}`;
  }
}
