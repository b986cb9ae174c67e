import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../contract/parse-json.ts";
import { initializeStack, runTerraform, terraformWords } from "../terraform/initialize-stack.ts";
import { type Proof, planTestFile } from "./plan-test.ts";

export interface PlanTestResult {
  readonly proof: Proof;
  /** What Terraform says against it, and of which run; nothing where the test passes. */
  readonly problems: readonly string[];
}

const proofSchema = z.object({
  rules: z.number(),
  postconditions: z.number(),
  broken: z.record(z.string(), z.record(z.string(), z.string())),
  unproven: z.array(z.string()),
});

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

/** Runs the test that synthesis wrote beside a stack. Every provider is mocked: it asks nobody, and needs no credentials. */
export async function runPlanTest(
  directory: string,
  { mirror, env }: { readonly mirror: string | undefined; readonly env: NodeJS.ProcessEnv },
): Promise<PlanTestResult> {
  const file = join(directory, planTestFile(basename(directory)));
  const proof = proofSchema.parse(JSON.parse(readFileSync(file, "utf8"))["//"]);
  const unproven = proof.unproven.map((rule) => `nothing is known that breaks it alone: ${rule}`);
  try {
    await initializeStack(directory, mirror, env);
  } catch (error) {
    return { proof, problems: [`terraform init: ${terraformWords(error)}`, ...unproven] };
  }
  const said = await runTerraform(directory, ["test", "-json", "-no-color"], env).catch(
    (error: { readonly stdout?: string }) => {
      if (!error.stdout) throw error;
      return { stdout: error.stdout };
    },
  );
  return { proof, problems: [...problemsIn(said.stdout, proof), ...unproven] };
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
    return `${where}${summary}: ${detail}${rule === undefined ? "" : `\nThat should have broken: ${rule}`}`;
  });
  const skipped = events.filter((event) => event.type === "test_run" && event.test_run.status === "skip");
  const summary = events.find((event) => event.type === "test_summary");
  const isPassed = summary?.test_summary.status === "pass";
  if (isPassed && problems.length === 0) return [];
  if (problems.length === 0) return ["Terraform says neither that the test passed nor why it did not"];
  return skipped.length > 0 ? [...problems, `${skipped.length} runs after it were not tried`] : problems;
}
