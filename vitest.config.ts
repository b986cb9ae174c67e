import { defineConfig } from "vitest/config";
import { needMore, shared, slow } from "./vitest.lanes.ts";

// Vitest and knip read their configuration from a default export.
// biome-ignore lint/style/noDefaultExport: the tool requires it
export default defineConfig({
  test: {
    ...shared,
    provide: { simulationScale: 0.1 },
    projects: [
      {
        extends: true,
        test: {
          name: "fast",
          include: ["__tests__/**/*.test.ts"],
          exclude: [...needMore, ...slow],
          // As in vitest.fast.config.ts.
          isolate: false,
        },
      },
      { extends: true, test: { name: "slow", include: slow } },
    ],
  },
});
