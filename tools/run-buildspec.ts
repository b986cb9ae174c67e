// Runs the commands of a buildspec on this machine, as they are written, in the order of its phases.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { readArguments } from "./command-arguments.ts";
import { CommandError } from "./command-error.ts";

const help = `usage: node tools/run.mjs tools/run-buildspec.ts <buildspec>

Runs the commands of all phases with sh, each in this folder, and ends with the first that fails.`;

const phases = ["install", "pre_build", "build", "post_build"] as const;
const buildspecSchema = z.object({
  env: z.object({ variables: z.record(z.string(), z.coerce.string()).optional() }).optional(),
  phases: z.partialRecord(z.enum(phases), z.object({ commands: z.array(z.string()) })),
});

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  const { positionals, wantsHelp } = readArguments(args, { help, positionals: [1, 1], options: {} });
  if (wantsHelp) {
    console.log(help);
    return 0;
  }
  const [file = ""] = positionals;
  if (!existsSync(file)) throw new CommandError(`There is no file ${file}.`);
  const buildspec = buildspecSchema.parse(parse(readFileSync(file, "utf8")));
  const env = { ...buildspec.env?.variables, ...process.env };
  for (const command of phases.flatMap((phase) => buildspec.phases[phase]?.commands ?? [])) {
    console.log(`\n$ ${command}`);
    const { status } = spawnSync("sh", ["-c", command], { env, stdio: "inherit" });
    if (status !== 0) {
      console.error(`${file}: "${command}" failed (${status ?? "ended by a signal"}).`);
      return status ?? 1;
    }
  }
  return 0;
}
