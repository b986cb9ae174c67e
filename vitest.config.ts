import { defineConfig } from "vitest/config";
import { needMore, shared } from "./vitest.lanes.ts";

// Vitest and knip read their configuration from a default export.
// biome-ignore lint/style/noDefaultExport: the tool requires it
export default defineConfig({
  test: {
    ...shared,
    include: ["__tests__/**/*.test.ts"],
    exclude: needMore,
    provide: { simulationScale: 0.1 },
  },
});
