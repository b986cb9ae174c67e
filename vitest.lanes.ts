import { availableParallelism } from "node:os";

/** Need Terraform and a provider mirror, HAProxy or git, or run these tests again: `npm run test:terraform` and its like. */
export const needMore = [
  "__tests__/terraform/**",
  "__tests__/proxy/haproxy/**",
  "__tests__/buildspecs/**",
  "__tests__/edits/**",
];

/** The long simulations: a tenth of each in `npm test`, all of it in `npm run test:invariants`. */
export const simulations = "__tests__/functions/invariants/**/*.test.ts";

/** Start processes, servers or many runs: `npm run test:fast` leaves them to `npm test`. */
export const slow = [
  simulations,
  "__tests__/functions/build-bundle.test.ts",
  "__tests__/local/cloudwatch/alarms.test.ts",
  "__tests__/local/run-stack.test.ts",
  "__tests__/main.test.ts",
  "__tests__/stacks/openapi/import/round-trip.test.ts",
  "__tests__/tools/local.test.ts",
  "__tests__/tools/release.test.ts",
  "__tests__/tools/release/run.test.ts",
  "__tests__/tools/terraform.test.ts",
];

export const shared = {
  // What the functions log is shown for failing tests only.
  silent: "passed-only" as const,
  // vitest itself leaves one core free.
  maxWorkers: availableParallelism(),
  globalSetup: ["__tests__/support/fixture-project.ts"],
};
