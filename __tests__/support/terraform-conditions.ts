import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { variablesIn } from "../../cli/plan-tests/conditions.ts";
import type { StackFacts } from "../../cli/plan-tests/read-stack.ts";
import { escapeTerraform } from "../../openapi/escape-terraform.ts";
import { terraform } from "./terraform.ts";

/** Values of a stack's variables, those of the stack itself for all that are not given. */
export interface Assigned {
  readonly stack: StackFacts;
  readonly values: Readonly<Record<string, unknown>>;
  /** Variables whose rules are computed; all with a rule that speaks of one of the values, where nothing is said. */
  readonly of?: readonly string[];
}

/** Messages of the rules that these values break, as Terraform computes them: all in one plan, which has no provider. */
export async function brokenRules(cases: readonly Assigned[]): Promise<string[][]> {
  const directory = mkdtempSync(join(tmpdir(), "conditions-"));
  try {
    const rules = cases.map(({ stack, values, of }) =>
      stack.variables
        .filter(({ name, rules: own }) => {
          const speaksOf = [name, ...own.flatMap(({ condition }) => variablesIn(condition))];
          return of?.includes(name) ?? speaksOf.some((each) => Object.hasOwn(values, each));
        })
        .flatMap((variable) => variable.rules),
    );
    const local = Object.fromEntries(
      cases.map(({ stack, values }, index) => {
        const named = new Set(rules[index]?.flatMap(({ condition }) => variablesIn(condition)));
        const all = Object.entries({ ...stack.values, ...values });
        return [`case_${index}`, escaped(Object.fromEntries(all.filter(([name]) => named.has(name))))];
      }),
    );
    const output = Object.fromEntries(
      rules.map((all, index) => [
        `case_${index}`,
        { value: all.map(({ condition }) => condition.replaceAll(/\bvar\./g, `local.case_${index}.`)) },
      ]),
    );
    writeFileSync(join(directory, "conditions.tf.json"), JSON.stringify({ locals: local, output }));
    await terraform(directory, ["init", "-input=false"]);
    await terraform(directory, ["plan", "-input=false", "-out=plan"]);
    const { planned_values } = JSON.parse(await terraform(directory, ["show", "-json", "plan"]));
    return rules.map((all, index) => {
      const results: unknown[] = planned_values.outputs[`case_${index}`].value;
      return all.filter((_, position) => results[position] !== true).map(({ message }) => message);
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Every text of a configuration is a template. */
function escaped(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, each) =>
    typeof each === "string" ? escapeTerraform(each) : each,
  );
}
