// Measures this project against floors that are measured in the same run.

import { CommandError } from "../cli/command-error.ts";
import { bundleSize, coldStart } from "./bench/cold-start.ts";
import { hostile } from "./bench/hostile.ts";
import { ingest } from "./bench/ingest.ts";
import { environment, print, type Result, run } from "./bench/measure.ts";
import { memory } from "./bench/memory.ts";
import { payload } from "./bench/payload.ts";
import { proxy } from "./bench/proxy.ts";
import { synth } from "./bench/synth.ts";

const benchmarks: Readonly<Record<string, () => Promise<Result | undefined>>> = {
  payload: () => run(payload()),
  hostile: () => run(hostile()),
  memory: async () => run(await memory()),
  ingest: async () => {
    const { benchmark, stop } = await ingest();
    return run(benchmark).finally(stop);
  },
  proxy: async () => {
    const started = await proxy();
    return started && run(started.benchmark).finally(started.stop);
  },
  size: async () => run(await bundleSize()),
  start: async () => run(await coldStart()),
  synth: () => run(synth),
};

const help = `usage: npm run bench [-- <benchmark> …]

Runs benchmarks (${Object.keys(benchmarks).join(", ")}; all if none is named), each as a table of medians and a table of
ratios with their targets, and all of them as one line of JSON at the end.`;

const names = process.argv.slice(2);
// The function logs each payload.
console.info = () => {};
if (names.some((name) => !(name in benchmarks))) {
  throw new CommandError(help, { exitCode: 2 });
}
const results: Result[] = [];
for (const [name, measure] of Object.entries(benchmarks)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const result = await measure();
  if (result === undefined) {
    console.log(`\n${name} is not measured: HAProxy is not installed.`);
    continue;
  }
  print(result);
  results.push(result);
}
console.log(JSON.stringify({ ...environment(), results }));
