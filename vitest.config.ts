import { defineConfig } from "vitest/config";

// Vitest and knip read their configuration from a default export.
// biome-ignore lint/style/noDefaultExport: the tool requires it
export default defineConfig({
  test: {
    // What the functions log is shown for failing tests only.
    silent: "passed-only",
    include: ["__tests__/**/*.test.ts"],
    // They end what hangs, and measure nothing: beside other work, everything takes several times as long.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Need Terraform and a provider mirror, HAProxy or git: `npm run test:terraform`, `test:proxy`, `test:buildspecs`.
    exclude: ["__tests__/terraform/**", "__tests__/proxy/haproxy/**", "__tests__/buildspecs/**"],
  },
});
