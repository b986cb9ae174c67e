import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// Vitest and knip read their configuration from a default export.
// biome-ignore lint/style/noDefaultExport: the tool requires it
export default defineConfig({
  test: {
    maxWorkers: availableParallelism(),
    globalSetup: ["__tests__/support/fixture-project.ts"],
    // What the functions log is shown for failing tests only.
    silent: "passed-only",
    include: ["__tests__/**/*.test.ts"],
    // Need Terraform and a provider mirror, HAProxy or git: `npm run test:terraform`, `test:proxy`, `test:buildspecs`.
    exclude: ["__tests__/terraform/**", "__tests__/proxy/haproxy/**", "__tests__/buildspecs/**"],
  },
});
