import { availableParallelism } from "node:os";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Need Terraform and a provider mirror, HAProxy or git, or run these tests again: `npm run test:terraform` and its like. */
export const needMore = [
  "__tests__/terraform/**",
  "__tests__/proxy/haproxy/**",
  "__tests__/buildspecs/**",
  "__tests__/edits/**",
  "__tests__/domain-swap/**",
];

/** The long simulations: a tenth of each in `npm test`, all of it in `npm run test:invariants`. */
export const simulations = "__tests__/functions/invariants/**/*.test.ts";

/** Start processes, servers or many runs: `npm run test:fast` leaves them to `npm test`. */
export const slow = [
  simulations,
  "__tests__/cli/spec/import-guide.test.ts",
  "__tests__/functions/build-bundle.test.ts",
  "__tests__/emulator/cloudwatch/alarms.test.ts",
  "__tests__/emulator/callers.test.ts",
  "__tests__/operations/drill.test.ts",
  "__tests__/emulator/s3/memory.test.ts",
  "__tests__/emulator/further-apis.test.ts",
  "__tests__/emulator/run-stack.test.ts",
  "__tests__/main.test.ts",
  "__tests__/cli/spec/add.test.ts",
  "__tests__/cli/spec/survey.test.ts",
  "__tests__/deprecations.test.ts",
  "__tests__/emulator/lambda/function-process.test.ts",
  "__tests__/stacks/ingestion/third-api.test.ts",
  "__tests__/stacks/ingestion/third-api-bindings.test.ts",
  "__tests__/tools/bench/benchmarks.test.ts",
  "__tests__/tools/bench/memory.test.ts",
  "__tests__/tools/command-lines.test.ts",
  "__tests__/operations/verify/broken-services.test.ts",
  "__tests__/tools/verify.test.ts",
  "__tests__/openapi/import/planted-literals.test.ts",
  "__tests__/openapi/import/round-trip.test.ts",
  "__tests__/tools/local.test.ts",
  "__tests__/tools/start-added-api.test.ts",
  "__tests__/tools/release.test.ts",
  "__tests__/tools/release-verification.test.ts",
  "__tests__/tools/test-plans.test.ts",
  "__tests__/release/run.test.ts",
  "__tests__/stacks/variables/declare-variables.test.ts",
  "__tests__/functions/ingestion/payload/parse-payload.test.ts",
  "__tests__/functions/ingestion/payload/hostile-payloads.test.ts",
  "__tests__/tools/terraform.test.ts",
];

/** Those that take longest, longest first: started last, each would keep one worker busy while the others have nothing to do. */
const longest = [
  "__tests__/terraform/dev.test.ts",
  "__tests__/terraform/prod.test.ts",
  "__tests__/terraform/delivery.test.ts",
  "__tests__/terraform/bootstrap.test.ts",
  "__tests__/functions/invariants/erasure.test.ts",
  "__tests__/functions/invariants/load.test.ts",
  "__tests__/functions/invariants/callers.test.ts",
  "__tests__/functions/invariants/seeded-bugs.test.ts",
  "__tests__/tools/local.test.ts",
  "__tests__/emulator/cloudwatch/alarms.test.ts",
  "__tests__/functions/invariants/broken-bodies.test.ts",
  "__tests__/functions/invariants/hostile-payloads.test.ts",
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = longest.findIndex((file) => moduleId.endsWith(file));
      return index < 0 ? longest.length : index;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export const shared = {
  // A record that is missing fails, as one that differs: `-u` alone writes it.
  update: "none" as const,
  // The SDK's advice to move on from Node.js 20, which is supported here.
  env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  // What the functions log is shown for failing tests only.
  silent: "passed-only" as const,
  // vitest itself leaves one core free.
  maxWorkers: availableParallelism(),
  sequence: { sequencer: LongestFirst },
  // They end what hangs, and measure nothing: beside other work, everything takes several times as long.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  globalSetup: ["__tests__/support/fixture-project.ts"],
};
