import { defineConfig } from "vitest/config";

// biome-ignore lint/style/noDefaultExport: the tool requires it
export default defineConfig({
  test: {
    include: ["__tests__/domain-swap/**/*.test.ts"],
    // It runs the demonstration, the fast tests and the simulations of another domain.
    testTimeout: 900_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    // A step that fails leaves nothing to stand on for the next.
    bail: 1,
  },
});
