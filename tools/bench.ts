// Measures this project against floors that are measured in the same run.
import { readBenchArguments } from "./bench/bench-arguments.ts";
import { bundleSize } from "./bench/bundle-size.ts";
import { coldStart } from "./bench/cold-start.ts";
import { hostile } from "./bench/hostile.ts";
import { ingest } from "./bench/ingest.ts";
import { memory } from "./bench/memory.ts";
import { payload } from "./bench/payload.ts";
import { proxy } from "./bench/proxy.ts";
import { type Benchmarks, runBenchmarks } from "./bench/run-benchmarks.ts";
import { synth } from "./bench/synth.ts";

const benchmarks: Benchmarks = {
  payload,
  hostile,
  memory: () => memory(),
  ingest,
  proxy,
  size: bundleSize,
  start: coldStart,
  synth,
};

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const wanted = readBenchArguments(args, Object.keys(benchmarks));
  if (wanted.help !== undefined) {
    console.log(wanted.help);
    return 0;
  }
  return runBenchmarks(benchmarks, wanted.names, console);
}
