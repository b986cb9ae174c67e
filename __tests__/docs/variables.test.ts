import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type * as z from "zod";
import { ingestionStackName, SMALL_API } from "../../domain/names.ts";
import { variableOf } from "../../env/field-notes.ts";
import { fieldsOf, validationOf } from "../../env/formulas.ts";
import { formulas } from "../../env/rules.ts";
import { accountFields } from "../../stacks/variables/account-variables.ts";
import { conditionsOf } from "../../stacks/variables/conditions.ts";
import { typeOf } from "../../stacks/variables/declare-variables.ts";
import { deliveryFields } from "../../stacks/variables/delivery-variables.ts";
import { ingestionFields } from "../../stacks/variables/environment-variables.ts";
import { environmentNames, synthesizedFolder } from "../support/environments.ts";
import { code, expectReferencePage, table } from "../support/reference-page.ts";
import { fillLabels, prose, type Setting, settingsOf } from "../support/settings.ts";

interface Variable {
  readonly setting: Setting;
  readonly field: z.core.$ZodType;
  readonly name: string;
}

function variablesOf(fields: z.core.$ZodType): Variable[] {
  return settingsOf(fields).flatMap((setting) => {
    const field = setting.variable;
    const name = field === undefined ? undefined : variableOf(field)?.name;
    return field === undefined || name === undefined
      ? []
      : [{ setting, field, name: fillLabels(name, setting.path) }];
  });
}

/** What Terraform refuses, by itself and in relation to other variables of the stack. */
function validationsOf({ setting, field }: Variable, all: readonly Variable[]): string {
  const own = conditionsOf(field, "value").map(({ errorMessage }) => errorMessage);
  const between = formulas
    .filter((formula) => fieldsOf(formula)[0] === setting.path)
    .map((formula) => validationOf(formula, (path) => all.find((each) => each.setting.path === path)?.name))
    .flatMap((validation) => validation?.errorMessage ?? []);
  const messages = own.length + between.length > 0 ? [...own, ...between] : [setting.values];
  return [...new Set(messages)].map((each) => prose(each)).join("; ");
}

function section(title: string, fields: z.core.$ZodType): string[] {
  const all = variablesOf(fields);
  const rows = all.map((each) => [
    code(each.name),
    code(typeOf(each.field)),
    `${code(each.setting.path)}${each.setting.kinds.length === 0 ? "" : ` (${each.setting.kinds.map(code).join(", ")})`}`,
    each.setting.description ?? "",
    validationsOf(each, all),
  ]);
  return [`## ${title}`, table(["variable", "type", "setting", "description", "validation"], rows)];
}
const ofEnvironment = ingestionStackName("<environment>").replace(SMALL_API, "<collection>");

/** Of a name such as `<api>_stage_name`. */
const patternOf = ({ name }: Variable) => new RegExp(`^${name.replace(/<\w+>/g, "[a-z0-9_]+")}$`);

/** The names of the variables of the tests' environments. */
function synthesized(stackName: (environment: string) => string): string[] {
  const stacks = join(synthesizedFolder(), "stacks");
  const names = environmentNames.map(stackName);
  const files = readdirSync(stacks).filter((name) => names.includes(name));
  return files.flatMap((name) =>
    Object.keys(JSON.parse(readFileSync(join(stacks, name, "cdk.tf.json"), "utf8")).variable),
  );
}

describe("docs/reference/variables.md", () => {
  it.each([
    [ingestionStackName, ingestionFields],
    [(name: string) => `account-${name}`, accountFields],
    [(name: string) => `delivery-${name}`, deliveryFields],
  ])("misses no variable of the tests' environments", (stackName, fields) => {
    const names = synthesized(stackName);
    const patterns = variablesOf(fields).map(patternOf);

    expect(names).not.toEqual([]);
    expect(names.filter((name) => !patterns.some((pattern) => pattern.test(name)))).toEqual([]);
  });

  it("has every variable of every stack", async () => {
    await expectReferencePage("variables.md", [
      "# Terraform variables",
      "The Terraform variables of each stack, and the [setting](settings.md) that each one gets its value from.",
      [
        "- `npm run synth` writes the values of an environment to `<stack>.auto.tfvars.json` beside the stack's Terraform JSON.",
        "- To override a value, use `-var`, `-var-file` or a variable of the Terraform Enterprise workspace. Terraform checks it with the validation in the tables below.",
        "- No variable has a default, accepts null or is sensitive. A variable never contains a secret: it contains the secret's name, and a function or a build reads the secret at run time.",
        "- A stack has only the variables that the environment needs. A variable with a kind in parentheses exists only if the environment has chosen this kind.",
        "- In names, `<api>`, `<placeholder>` and `<number>` stand for the name of an API, a placeholder of its OpenAPI document and a position in a list. A placeholder is written in snake case: `bucket.fooBar` becomes `bucket_foo_bar`.",
      ].join("\n"),
      ...section(`Stack ${code(ofEnvironment)}`, ingestionFields),
      ...section("Stack `account-<environment>`", accountFields),
      ...section("Stack `delivery-<environment>`", deliveryFields),
      "## Stack `workspace-<environment>`",
      "This stack has no variables.",
    ]);
  });
});
