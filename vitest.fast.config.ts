import { defineConfig } from "vitest/config";
import { needMore, shared, slow } from "./vitest.lanes.ts";

// biome-ignore lint/style/noDefaultExport: the tool requires it
export default defineConfig({
  test: {
    ...shared,
    include: ["__tests__/**/*.test.ts"],
    // Loading the sources for each file anew would take as long as half of the tests.
    isolate: false,
    exclude: [...needMore, ...slow],
  },
});
