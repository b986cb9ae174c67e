import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CommandError } from "../command-error.ts";
import { hashStack } from "./pack-stack.ts";

/** What was built once, and is released to one environment after the other. */
const manifestSchema = z.object({
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  /** SHA-256 of each stack's directory, by its name. */
  stacks: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
});
export type ReleaseManifest = z.infer<typeof manifestSchema>;

const fileName = "release.json";

/** Writes down what lies in the output directory. */
export function writeManifest(outdir: string, commit: string, stacks: readonly string[]): ReleaseManifest {
  const manifest = manifestSchema.parse({
    commit,
    stacks: Object.fromEntries(stacks.map((stack) => [stack, hashStack(join(outdir, "stacks", stack))])),
  });
  writeFileSync(join(outdir, fileName), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/**
 * The manifest of an output directory, if its stack is still what was written down.
 * @throws CommandError where there is none, it is damaged, or the stack has changed since
 */
export function checkManifest(outdir: string, stack: string): ReleaseManifest {
  const file = join(outdir, fileName);
  if (!existsSync(file)) {
    throw new CommandError(`There is no ${file}. Build first: npm run synth, then npm run release -- build.`);
  }
  const result = manifestSchema.safeParse(parseJson(readFileSync(file, "utf8")));
  if (!result.success) throw new CommandError(`${file} is damaged. Build again: npm run release -- build.`);
  const expected = result.data.stacks[stack];
  if (expected === undefined || !existsSync(join(outdir, "stacks", stack))) {
    throw new CommandError(
      `${file} has no stack ${stack}. Build again: npm run synth, then npm run release -- build.`,
    );
  }
  const actual = hashStack(join(outdir, "stacks", stack));
  if (actual !== expected) {
    throw new CommandError(
      `${join(outdir, "stacks", stack)} is not what was built: its SHA-256 is ${actual}, ${file} says ${expected}. Release what was built, or build again.`,
    );
  }
  return result.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
