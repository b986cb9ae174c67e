import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../contract/parse-json.ts";
import { initializeStack, runTerraform, terraformWords } from "../terraform/initialize-stack.ts";
import { type PlanTest, type Proof, planTestFile } from "./plan-test.ts";

/** Lines of `terraform test -json`: https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
const eventSchema = z.union([
  z.object({
    type: z.literal("diagnostic"),
    "@testrun": z.string().optional(),
    diagnostic: z.object({ severity: z.string(), summary: z.string(), detail: z.string() }),
  }),
  z.object({
    type: z.literal("test_run"),
    test_run: z.object({ run: z.string(), progress: z.string(), status: z.string().optional() }),
  }),
  z.object({ type: z.literal("test_summary"), test_summary: z.object({ status: z.string() }) }),
]);
type Event = z.infer<typeof eventSchema>;

/** In the folder of what Terraform makes itself: no part of the stack. */
const FOLDER = join(".terraform", "plan-test");

/**
 * Tests a stack's plan. Every provider is mocked: it asks nobody, and needs no credentials.
 * @returns what Terraform says against it, and of which run; nothing where the test passes
 */
export async function runPlanTest(
  directory: string,
  test: PlanTest,
  { mirror, env }: { readonly mirror: string | undefined; readonly env: NodeJS.ProcessEnv },
): Promise<string[]> {
  const { unproven } = test["//"];
  const problems = unproven.map(
    (rule) =>
      `No value is known that violates only this rule. Add one to cli/plan-tests/candidate-values.ts: ${rule}`,
  );
  try {
    await initializeStack(directory, mirror, env);
  } catch (error) {
    return [`terraform init: ${terraformWords(error)}`, ...problems];
  }
  mkdirSync(join(directory, FOLDER), { recursive: true });
  writeFileSync(join(directory, FOLDER, basename(planTestFile(basename(directory)))), JSON.stringify(test));
  const said = await runTerraform(
    directory,
    ["test", `-test-directory=${FOLDER}`, "-json", "-no-color"],
    env,
  ).catch((error: { readonly stdout?: string }) => {
    if (!error.stdout) throw error;
    return { stdout: error.stdout };
  });
  return [...problemsIn(said.stdout, test["//"]), ...problems];
}

/** What is wrong by the lines that Terraform printed. */
export function problemsIn(output: string, { broken }: Proof): string[] {
  const events = output.split("\n").flatMap((line): Event[] => {
    const event = eventSchema.safeParse(parseJson(line));
    return event.success ? [event.data] : [];
  });
  const errors = events.flatMap((event) =>
    event.type === "diagnostic" && event.diagnostic.severity === "error" ? [event] : [],
  );
  const problems = errors.map(({ diagnostic: { summary, detail }, "@testrun": run = "" }) => {
    const [, address = ""] = /object, (\S+), was expected to report an error/.exec(detail) ?? [];
    const rule = broken[run]?.[address];
    const where = run === "" ? "" : `run ${run}: `;
    return `${where}${summary}: ${detail}${rule === undefined ? "" : `\nThis rule should have failed: ${rule}`}`;
  });
  const skipped = events.flatMap((event) =>
    event.type === "test_run" && event.test_run.status === "skip" ? [event.test_run.run] : [],
  );
  if (problems.length > 0) {
    return skipped.length > 0
      ? [...problems, `Not tested, because an earlier run failed: ${skipped.join(", ")}`]
      : problems;
  }
  const isPassed = events.some(
    (event) => event.type === "test_summary" && event.test_summary.status === "pass",
  );
  return isPassed
    ? []
    : [`terraform test reported neither success nor an error. Its output: ${output.trim()}`];
}
