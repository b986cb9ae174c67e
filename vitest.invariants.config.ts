import { defineConfig } from "vitest/config";
import { shared, simulations } from "./vitest.lanes.ts";

// biome-ignore lint/style/noDefaultExport: the tool requires it
export default defineConfig({
  test: {
    ...shared,
    include: [simulations],
    provide: { simulationScale: 1 },
  },
});
