import { defineConfig } from "vitest/config";

// biome-ignore lint/style/noDefaultExport: the tool requires it
export default defineConfig({
  test: {
    globalSetup: ["__tests__/support/fixture-project.ts"],
    silent: "passed-only",
    include: ["__tests__/proxy/haproxy/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
