import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { holds } from "../../../cli/plan-tests/conditions.ts";
import {
  planOf,
  planTestFile,
  planTestOf,
  ruleKey,
  writePlanTest,
} from "../../../cli/plan-tests/plan-test.ts";
import { type Rule, readStack, type StackFacts } from "../../../cli/plan-tests/read-stack.ts";
import { branches, synthesizeWith } from "../../stacks/ingestion/third-api.ts";
import { synthesizedFolder, synthesizedStack } from "../../support/environments.ts";

const folder = mkdtempSync(join(tmpdir(), "plan-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A stack's directory, of a configuration and of the values of its variables. */
function directoryOf(name: string, configuration: object, values: object): string {
  const directory = join(folder, name);
  mkdirSync(directory, { recursive: true });
  const terraform = { required_providers: { aws: { source: "hashicorp/aws" } } };
  writeFileSync(join(directory, "cdk.tf.json"), JSON.stringify({ terraform, ...configuration }));
  writeFileSync(join(directory, `${name}.auto.tfvars.json`), JSON.stringify(values));
  return directory;
}

/** Variables, each with the conditions that it must keep. */
const variables = (rules: Readonly<Record<string, readonly string[]>>, type = "number") => ({
  variable: Object.fromEntries(
    Object.entries(rules).map(([name, conditions]) => [
      name,
      {
        type,
        validation: conditions.map((each) => ({
          condition: `\${${each}}`,
          error_message: `${name}: ${each}`,
        })),
      },
    ]),
  ),
});

const place = { account_id: "111111111111", region: "eu-central-1" };
const testOf = (configuration: object, values: object) =>
  planTestOf(readStack(directoryOf("small", configuration, { ...place, ...values })));

function thirdApi(): string {
  const { text, variableValues } = synthesizeWith({
    bindings: {
      ...branches.bindings,
      "function.branches": {
        kind: "external",
        arn: "arn:aws:lambda:us-east-1:999999999999:function:branches",
      },
    },
  });
  return directoryOf("third", JSON.parse(text), variableValues);
}

const synthesized = join(synthesizedFolder(), "stacks");
const stacks = [...readdirSync(synthesized).map((name) => join(synthesized, name)), thirdApi()].map(
  readStack,
);

/** Rules of variables that do not hold, but for those that Terraform does not look at, since others failed before. */
function brokenRules(
  { variables: all, values }: StackFacts,
  changed: object,
  failing: readonly string[],
): Rule[] {
  const unseen = new Set<string>();
  const rules = all.flatMap((variable) => variable.rules);
  const speaksOf = (rule: Rule, name: string) =>
    rule.address !== name && new RegExp(`\\b${name.replace(".", "[.]")}\\b`).test(rule.condition);
  for (let before = -1; before < unseen.size; ) {
    before = unseen.size;
    for (const rule of rules)
      if ([...failing, ...unseen].some((name) => speaksOf(rule, name))) unseen.add(rule.address);
  }
  return rules.filter(
    (rule) => !unseen.has(rule.address) && !holds(rule.condition, { var: { ...values, ...changed } }),
  );
}

describe(planOf, () => {
  it.each(stacks)("plans a stack with what it looks up, and breaks nothing: $name", (stack) => {
    const { run, mock_provider, "//": proof } = planOf(stack);

    expect(run).toEqual({ plan: { command: "plan" } });
    expect(mock_provider).toEqual(planTestOf(stack).mock_provider);
    expect(proof).toEqual({ rules: 0, postconditions: 0, broken: {}, unproven: [] });
  });
});

describe(planTestOf, () => {
  it.each(stacks)("breaks each rule and each postcondition of a stack once: $name", (stack) => {
    const { "//": proof, run } = planTestOf(stack);

    const rules = stack.variables.flatMap((variable) => variable.rules);
    const postconditions = stack.lookUps.flatMap((lookUp) => lookUp.postconditions);
    const broken = Object.values(proof.broken).flatMap((each) => Object.values(each));
    expect(broken.toSorted()).toEqual([...rules, ...postconditions].map(({ message }) => message).toSorted());
    expect(proof).toMatchObject({ rules: rules.length, postconditions: postconditions.length, unproven: [] });
    expect(run["plan"]).toEqual({ command: "plan" });
  });

  it("names a rule that cannot be evaluated here as unproven, and breaks the others", () => {
    const rules = { count: ["var.count > 1"], size: ["provider::other::fits(var.size)", "var.size > 2"] };

    const { "//": proof } = testOf(variables(rules), { count: 5, size: 5 });

    expect(proof).toMatchObject({ rules: 2, unproven: ["size: provider::other::fits(var.size)"] });
  });

  it.each(stacks)("breaks in a run exactly what has to fail there: $name", (stack) => {
    const { "//": proof, run } = planTestOf(stack);

    for (const [name, { variables: given = {}, expect_failures: failing = [] }] of Object.entries(run)) {
      const expected = Object.entries(proof.broken[name] ?? {});
      expect(expected.map(([address]) => address)).toEqual(failing);
      if (Object.keys(given).length === 0) continue;
      const broken = brokenRules(stack, given, failing);
      expect(broken.map(({ address, message }) => [address, message]).toSorted()).toEqual(
        expected.toSorted(),
      );
    }
  });

  it("plans the stack with answers for which every postcondition holds", () => {
    const stack = readStack(synthesizedStack("prod"));
    const { mock_provider: mocked } = planTestOf(stack);
    const answers = new Map(mocked["aws"]?.override_data.map(({ target, values }) => [target, values]));

    const all = stack.lookUps.flatMap(({ address, postconditions }) =>
      postconditions.map(({ condition }) =>
        holds(condition, { self: answers.get(address) ?? {}, var: stack.values }),
      ),
    );

    expect(all).toEqual(Array.from({ length: 12 }, () => true));
  });

  it("changes other variables with one where a rule is not broken by it alone", () => {
    const { "//": proof, run } = testOf(
      variables({
        size: ["var.size >= 1 && var.size <= 9"],
        wait: ["var.wait >= 0", "var.size <= 5 || var.wait >= 1"],
        memory: ["var.memory >= var.size * 2 && var.memory <= 100"],
      }),
      { size: 1, wait: 0, memory: 4 },
    );

    const [name = ""] =
      Object.entries(proof.broken).find(([, each]) => each["var.wait"]?.startsWith("wait: var.size")) ?? [];
    expect(run[name]?.variables).toEqual({ wait: 0, size: 6, memory: 99 });
  });

  it("names a rule that no value is known to break alone, and what it does not try", () => {
    const { "//": proof } = testOf(
      {
        ...variables({
          size: ["var.size >= 3", "var.size >= 2", "var.size != 4711.5 || var.other == 1"],
          other: [],
        }),
        resource: {
          aws_sqs_queue: {
            queue: { lifecycle: { precondition: [{ condition: "${true}", error_message: "P." }] } },
          },
        },
        data: {
          aws_region: {
            here: { lifecycle: { postcondition: [{ condition: "${true}", error_message: "Q." }] } },
          },
        },
        output: { name: { value: "x", precondition: [{ condition: "${true}", error_message: "R." }] } },
        check: { health: {} },
      },
      { size: 5, other: 0 },
    );

    expect(proof.unproven).toEqual([
      "size: var.size >= 2",
      "data.aws_region.here: Q.",
      "aws_sqs_queue.queue: P.",
      "output.name: R.",
      "check.health",
    ]);
  });

  it("breaks what refers to another look-up in a run of its own: Terraform would not ask for it", () => {
    const postcondition = (condition: string) => ({
      lifecycle: { postcondition: [{ condition, error_message: condition }] },
    });
    const trusted = '${strcontains(self.assume_role_policy, "lambda")}';
    const network = '${self.load_balancer_type == "network"}';
    const lookUps = (name: string) => ({
      data: {
        aws_iam_role: { role: { name: "items", ...postcondition(trusted) } },
        aws_lb: { balancer: { name, ...postcondition(network) } },
      },
    });
    const broken = (name: string) => Object.values(testOf(lookUps(name), {})["//"].broken);

    const [role, balancer] = ["data.aws_iam_role.role", "data.aws_lb.balancer"];
    expect(broken("items")).toEqual([{ [role]: trusted, [balancer]: network }]);
    expect(broken("${data.aws_iam_role.role.name}")).toEqual([{ [role]: trusted }, { [balancer]: network }]);
  });

  it("leaves out what another stack's test breaks, and nothing else", () => {
    const stack = readStack(synthesizedStack("prod"));
    const others = readStack(synthesizedStack("uat"));
    const keys = others.variables.flatMap(({ rules }) => rules).map(ruleKey);

    const { "//": proof } = planTestOf(stack, new Set(keys));

    const own = stack.variables.flatMap(({ rules }) => rules).filter((rule) => !keys.includes(ruleKey(rule)));
    expect(proof.rules).toBe(own.length);
    expect(proof.postconditions).toBe(12);
  });
});

describe(writePlanTest, () => {
  it("writes beside the stack what terraform test finds there", () => {
    const directory = directoryOf("written", variables({ size: ["var.size >= 3"] }), { size: 5 });

    writePlanTest(directory);

    const written = JSON.parse(readFileSync(join(directory, planTestFile("written")), "utf8"));
    expect(planTestFile("written")).toBe(join("tests", "written.tftest.json"));
    expect(written).toEqual(JSON.parse(JSON.stringify(planTestOf(readStack(directory)))));
  });

  it("writes none for a stack with a provider of which it is not known what it answers", () => {
    const terraform = { required_providers: { tfe: { source: "hashicorp/tfe" } } };
    const directory = directoryOf("workspace", { terraform }, {});

    writePlanTest(directory);

    expect(existsSync(join(directory, "tests"))).toBe(false);
  });
});
