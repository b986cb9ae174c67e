// Measures this project against floors that are measured in the same run.
import { benchCommand } from "../cli/bench/bench-command.ts";
import { bundleSize } from "../cli/bench/bundle-size.ts";
import { coldStart } from "../cli/bench/cold-start.ts";
import { hostile } from "../cli/bench/hostile.ts";
import { ingest } from "../cli/bench/ingest.ts";
import { memory } from "../cli/bench/memory.ts";
import { payload } from "../cli/bench/payload.ts";
import { proxy } from "../cli/bench/proxy.ts";
import { synth } from "../cli/bench/synth.ts";

export const main = benchCommand({
  payload,
  hostile,
  memory: () => memory(),
  ingest,
  proxy,
  size: bundleSize,
  start: coldStart,
  synth,
});
