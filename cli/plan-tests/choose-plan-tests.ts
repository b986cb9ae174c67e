import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as z from "zod";
import { type PlanTest, planOf, planTestFile, planTestOf, ruleKey } from "./plan-test.ts";
import { readStack } from "./read-stack.ts";

export interface ChosenTest {
  readonly directory: string;
  readonly test: PlanTest;
  /** How many of the stack's rules are broken in another stack's test alone. */
  readonly shared: number;
  /** Whether it breaks nothing. */
  readonly plansOnly: boolean;
}

const manifestSchema = z.object({ stacks: z.record(z.string(), z.unknown()) });

/**
 * Tests of the stacks that were synthesized last, of these environments or of all. A rule that several have is broken in the
 * first one alone.
 * @returns `untested` names stacks that have none
 */
export function choosePlanTests(
  outdir: string,
  environments: readonly string[],
  { plansOnly }: Pick<ChosenTest, "plansOnly">,
) {
  const manifest: unknown = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8"));
  const directories = Object.keys(manifestSchema.parse(manifest).stacks)
    .filter((name) => environments.length === 0 || environments.some((each) => name.endsWith(`-${each}`)))
    .map((name) => join(outdir, "stacks", name));
  const hasTest = (directory: string) => existsSync(join(directory, planTestFile(basename(directory))));
  const broken = new Set<string>();
  const tests = directories.filter(hasTest).map((directory): ChosenTest => {
    const stack = readStack(directory);
    const keys = stack.variables.flatMap(({ rules }) => rules).map(ruleKey);
    const test = plansOnly ? planOf(stack) : planTestOf(stack, broken);
    const shared = keys.filter((key) => broken.has(key)).length;
    for (const key of keys) broken.add(key);
    return { directory, test, shared, plansOnly };
  });
  return { tests, untested: directories.filter((each) => !hasTest(each)).map((each) => basename(each)) };
}
