import { cpus } from "node:os";
import { UserError } from "../../contract/user-error.ts";
import { type Benchmark, print, type Result, run } from "./measure.ts";

/** Why this machine cannot tell. */
export interface NotMeasured {
  readonly notMeasured: string;
}

/** By name, each started only when its turn comes. */
export type Benchmarks = Readonly<Record<string, () => Promise<Benchmark | NotMeasured>>>;

type Output = Pick<Console, "log" | "table" | "error">;

interface Refused {
  readonly refused: string;
}

/**
 * Prints each of them, and all of them as one line of JSON. Returns the exit code: 1 where numbers cannot be right,
 * which are not reported then. A missed target is a result like any other.
 */
export async function runBenchmarks(
  benchmarks: Benchmarks,
  names: readonly string[],
  output: Output,
): Promise<0 | 1> {
  const results: Result[] = [];
  const notMeasured: Record<string, string> = {};
  const refused: Record<string, string> = {};
  for (const [name, start] of Object.entries(benchmarks)) {
    if (!names.includes(name)) continue;
    const outcome = await runOne(start);
    if ("notMeasured" in outcome) {
      output.log(`\n${name} is not measured: ${outcome.notMeasured}`);
      notMeasured[name] = outcome.notMeasured;
    } else if ("refused" in outcome) {
      output.error(`\n${name} is not reported, because its numbers cannot be right:\n${outcome.refused}`);
      refused[name] = outcome.refused;
    } else {
      print(outcome, output);
      results.push(outcome);
    }
  }
  const environment = { node: process.version, cpus: cpus().length };
  output.log(JSON.stringify({ ...environment, results, notMeasured, refused }));
  if (Object.keys(refused).length === 0) return 0;
  output.error(`Not reported, see above: ${Object.keys(refused).join(", ")}.`);
  return 1;
}

async function runOne(start: Benchmarks[string]): Promise<Result | NotMeasured | Refused> {
  try {
    const benchmark = await start();
    if ("notMeasured" in benchmark) return benchmark;
    return await run(benchmark).finally(() => benchmark.stop?.());
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { refused: error.message };
  }
}
