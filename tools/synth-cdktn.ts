// Compares the stacks that cdktf and its fork synthesize.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "../cli/command.ts";
import { compareSynthesis, type SynthesisComparison } from "../cli/support/compare-synthesis.ts";
import { checkNode, installFork, MINIMUM_NODE } from "../cli/support/install-fork.ts";
import { synthesizeWithCdktf, synthesizeWithFork } from "../cli/support/synthesize-with-fork.ts";

const help = `usage: npm run synth:cdktn

Synthesizes every environment with cdktf, which is archived, and with its fork cdktn, and compares each stack. Versions of the
libraries, blanks and the order of JSON keys do not count. Ends with 1 if a stack differs.

It needs Node.js ${MINIMUM_NODE} or newer and an npm registry: it installs the fork once, from cli/support/cdktn to .cache/cdktn.
It does not change this project's own packages. npm run check and the tests do not include it.`;

/** Of a stack that differs. */
const mostLines = 20;

export const main = command({ help }, async (_, { env, print }) => {
  checkNode(process.versions.node);
  const projectRoot = process.cwd();
  const packages = await installFork(projectRoot, env);
  const folder = mkdtempSync(join(tmpdir(), "synth-cdktn-"));
  try {
    const [one, other] = [join(folder, "cdktf"), join(folder, "cdktn")];
    await synthesizeWithCdktf({ projectRoot, env, outdir: one });
    await synthesizeWithFork(packages, { projectRoot, env, outdir: other });
    return report(compareSynthesis(one, other), print);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function report({ stacks, versions }: SynthesisComparison, print: (line: string) => void): number {
  const [cdktf, cdktn] = versions;
  print(`cdktf ${cdktf} and cdktn ${cdktn}:`);
  for (const [stack, lines] of Object.entries(stacks)) {
    print(`  ${stack}: ${lines.length === 0 ? "the same" : `${lines.length} differences`}`);
    for (const line of lines.slice(0, mostLines)) print(`    ${line}`);
    if (lines.length > mostLines) print(`    … and ${lines.length - mostLines} more`);
  }
  return Object.values(stacks).every((lines) => lines.length === 0) ? 0 : 1;
}
