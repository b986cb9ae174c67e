import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PlanTest, planTestOf, ruleKey } from "../../cli/plan-tests/plan-test.ts";
import { readStack, type StackFacts } from "../../cli/plan-tests/read-stack.ts";
import { runPlanTest } from "../../cli/plan-tests/run-plan-test.ts";
import { initializeStack } from "../../cli/terraform/initialize-stack.ts";
import { branches, synthesizeWith } from "../stacks/ingestion/third-api.ts";
import { environmentNames, synthesizedFolder, synthesizedStack } from "../support/environments.ts";
import { findPluginDirectory } from "../support/terraform.ts";
import { brokenRules } from "../support/terraform-conditions.ts";

const env = { ...process.env, TF_CLI_CONFIG_FILE: "/dev/null", CHECKPOINT_DISABLE: "1" };
let outdir: string;
let directory: string;
let stack: StackFacts;

beforeAll(() => {
  outdir = mkdtempSync(join(tmpdir(), "plans-"));
  directory = join(outdir, "third-prod");
  mkdirSync(directory);
  const external = {
    kind: "external",
    arn: "arn:aws:lambda:us-east-1:999999999999:function:branches",
  } as const;
  const { text, variableValues } = synthesizeWith({
    bindings: { ...branches.bindings, "function.branches": external },
  });
  writeFileSync(join(directory, "cdk.tf.json"), text);
  writeFileSync(join(directory, "third-prod.auto.tfvars.json"), JSON.stringify(variableValues));
  stack = readStack(directory);
});
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

describe(planTestOf, () => {
  it("breaks by each value the one rule that it is for, as Terraform computes it", async () => {
    const stacks = [
      ...environmentNames.map(synthesizedStack),
      join(synthesizedFolder(), "stacks", "delivery-test"),
    ];
    const seen = new Set<string>();
    const runs = [stack, ...stacks.map(readStack)].flatMap((each) => {
      // A rule that several stacks have is looked at once: Terraform takes long for the patterns of tags.
      const { run, "//": proof } = planTestOf(each, seen);
      for (const rule of each.variables.flatMap((variable) => variable.rules)) seen.add(ruleKey(rule));
      return Object.entries(proof.broken).map(([name, expected]) => ({
        stack: each,
        values: run[name]?.variables ?? {},
        of: Object.keys(expected).map((address) => address.replace("var.", "")),
        expected: Object.values(expected).toSorted(),
      }));
    });
    const ofRules = runs.filter(({ values }) => Object.keys(values).length > 0);

    const broken = await brokenRules(ofRules);

    expect(broken.map((messages) => messages.toSorted())).toEqual(ofRules.map(({ expected }) => expected));
    expect(broken.flat().length).toBeGreaterThan(110);
  });
});

/** A test of the whole stack's plan, and of these of its conditions alone. */
function testOf(isTried: (address: string) => boolean): PlanTest {
  const rules = stack.variables.flatMap((variable) => variable.rules);
  const lookUps = stack.lookUps.map((lookUp) =>
    isTried(lookUp.address) ? lookUp : { ...lookUp, postconditions: [] },
  );
  const others = new Set(rules.filter(({ address }) => !isTried(address)).map(ruleKey));
  return planTestOf({ ...stack, lookUps }, others);
}

const run = (test: PlanTest) => runPlanTest(directory, test, { mirror: findPluginDirectory(), env });

/** Runs a test while one condition is not in the configuration. */
async function runWithout(message: string, test: PlanTest): Promise<string[]> {
  const file = join(directory, "cdk.tf.json");
  const text = readFileSync(file, "utf8");
  const conditions = (_: string, value: unknown) =>
    Array.isArray(value) ? value.filter((each) => each?.error_message !== message) : value;
  writeFileSync(file, JSON.stringify(JSON.parse(text, conditions), null, 2));
  try {
    return await run(test);
  } finally {
    writeFileSync(file, text);
  }
}

describe(runPlanTest, () => {
  it("plans prod with an API of somebody else's, and sees it refuse what that looks up and is given", async () => {
    const test = testOf((address) => /^var\.branches_|^data\./.test(address));

    expect(test["//"]).toMatchObject({ rules: 10, postconditions: 14, unproven: [] });
    expect(await run(test)).toEqual([]);
  });

  it.each([
    ["var.proxy_addresses", "proxy_addresses must be at most 100 CIDR blocks"],
    ["data.aws_kms_key.encryption_key", "The key ${self.arn} must be enabled"],
  ])("fails where a condition of %s is gone, and says which", async (address, beginning) => {
    const test = testOf((each) => each === address);
    const [message = expect.fail("no such condition")] = Object.values(test["//"].broken)
      .flatMap((each) => Object.values(each))
      .filter((each) => each.startsWith(beginning));

    const problems = await runWithout(message, test);

    expect(problems[0]).toContain(`The checkable object, ${address}, was expected to report an error`);
    expect(problems[0]).toContain(`This rule should have failed: ${message}`);
  });
});

describe(initializeStack, () => {
  it("asks no backend that a plan of the stack has used", async () => {
    const used = join(outdir, "used");
    const s3 = { bucket: "state", key: "items.tfstate", region: "eu-central-1" };
    mkdirSync(join(used, ".terraform"), { recursive: true });
    writeFileSync(join(used, "cdk.tf.json"), JSON.stringify({ terraform: { backend: { s3 } } }));
    // As Terraform writes it at init.
    const record = JSON.stringify({ version: 3, backend: { type: "s3", config: s3, hash: 1 } });
    writeFileSync(join(used, ".terraform", "terraform.tfstate"), record);

    // Nobody answers there.
    await initializeStack(used, undefined, { ...env, AWS_ENDPOINT_URL: "http://127.0.0.1:1" });

    expect(readFileSync(join(used, ".terraform", "terraform.tfstate"), "utf8")).toBe(record);
  });
});
