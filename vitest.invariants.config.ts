import { defineConfig } from "vitest/config";
import { shared, simulations } from "./vitest.lanes.ts";

// biome-ignore lint/style/noDefaultExport: the tool requires it
export default defineConfig({
  test: {
    ...shared,
    include: [simulations],
    // They end what hangs, and measure nothing: beside other work, everything takes several times as long.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    provide: { simulationScale: 1 },
  },
});
