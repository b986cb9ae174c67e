import { defineConfig } from "vitest/config";

// biome-ignore lint/style/noDefaultExport: the tool requires it
export default defineConfig({
  test: {
    include: ["__tests__/buildspecs/**/*.test.ts"],
    // What builds run, with every test: minutes.
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
    fileParallelism: false,
  },
});
