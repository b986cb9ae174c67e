// Measures this project against floors that are measured in the same run.
import { benchCommand } from "./bench/bench-command.ts";
import { bundleSize } from "./bench/bundle-size.ts";
import { coldStart } from "./bench/cold-start.ts";
import { hostile } from "./bench/hostile.ts";
import { ingest } from "./bench/ingest.ts";
import { memory } from "./bench/memory.ts";
import { payload } from "./bench/payload.ts";
import { proxy } from "./bench/proxy.ts";
import { synth } from "./bench/synth.ts";

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
