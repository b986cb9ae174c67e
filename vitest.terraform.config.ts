import { defineConfig } from "vitest/config";
import { shared } from "./vitest.lanes.ts";

// biome-ignore lint/style/noDefaultExport: the tool requires it
export default defineConfig({
  test: {
    ...shared,
    include: ["__tests__/terraform/**/*.test.ts"],
    // Terraform starts the provider, which takes seconds on a small machine.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Mostly they wait: Terraform for the provider, and the provider for what AWS would need time for.
    maxWorkers: 3,
  },
});
