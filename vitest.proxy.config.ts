import { defineConfig } from "vitest/config";
import { shared } from "./vitest.lanes.ts";

// biome-ignore lint/style/noDefaultExport: the tool requires it
export default defineConfig({
  test: {
    ...shared,
    include: ["__tests__/proxy/haproxy/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
