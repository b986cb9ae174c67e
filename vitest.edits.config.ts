import { defineConfig } from "vitest/config";

// biome-ignore lint/style/noDefaultExport: the tool requires it
export default defineConfig({
  test: {
    include: ["__tests__/edits/**/*.test.ts"],
    // Each synthesizes a copy of the project and runs its fast tests.
    testTimeout: 900_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
