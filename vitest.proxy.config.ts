import { defineConfig } from "vitest/config";
import { shared } from "./vitest.lanes.ts";

/** Hold how soon a client is answered while hundreds of others are busy: nothing may run beside them. */
const alone = ["__tests__/proxy/haproxy/{lock-out,time-limits}.test.ts"];

// biome-ignore lint/style/noDefaultExport: the tool requires it
export default defineConfig({
  test: {
    ...shared,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "proxy",
          include: ["__tests__/proxy/haproxy/**/*.test.ts"],
          exclude: alone,
          sequence: { ...shared.sequence, groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "proxy-alone",
          include: alone,
          fileParallelism: false,
          sequence: { ...shared.sequence, groupOrder: 1 },
        },
      },
    ],
  },
});
