import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ingestionStackName, SMALL_API } from "../../domain/names.ts";
import { branches, synthesizeWith } from "../stacks/ingestion/third-api.ts";
import { environmentNames, synthesizedFolder } from "../support/environments.ts";
import { code, expectReferencePage, table } from "../support/reference-page.ts";
import type { Block } from "../support/synthesize.ts";

type Outputs = Readonly<Record<string, Block>>;

/** The outputs that some stacks do not have. */
const CONDITIONS: Readonly<Record<string, string>> = {
  external_permissions: "if an API uses a resource of another account",
};

/** The outputs of the stacks of one kind, in the tests' environments. */
function synthesized(stackName: (environment: string) => string): Outputs[] {
  const stacks = join(synthesizedFolder(), "stacks");
  const names = environmentNames.map(stackName);
  return readdirSync(stacks)
    .filter((name) => names.includes(name))
    .map((name) => JSON.parse(readFileSync(join(stacks, name, "cdk.tf.json"), "utf8")).output ?? {});
}

/** A stack with an API that uses a resource of another account. */
function withOtherAccount(): Outputs {
  const arn = "arn:aws:lambda:eu-central-1:999988887777:function:branch-api";
  const bindings = { ...branches.bindings, "function.branches": { kind: "external" as const, arn } };
  return synthesizeWith({ bindings }).json.output;
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "list";
  if (typeof value === "object") return "object";
  return /^\$\{var\.\w+_bytes\}$/.test(String(value)) ? "number" : "string";
}

function section(title: string, stacks: readonly Outputs[]): string[] {
  const names = [...new Set(stacks.flatMap((outputs) => Object.keys(outputs)))].toSorted();
  const rows = names.map((name) => {
    const having = stacks.flatMap((outputs) => outputs[name] ?? []);
    const present = having.length === stacks.length ? "always" : CONDITIONS[name];
    return [
      code(name),
      code(typeOf(having[0]?.["value"])),
      having.some(({ sensitive }) => sensitive === true) ? "yes" : "no",
      present ?? expect.fail(`${name} is missing in some stacks: say in which`),
      String(having[0]?.["description"] ?? expect.fail(`${name} has no description`)),
    ];
  });
  expect(rows.length).toBeGreaterThan(0);
  return [`## ${title}`, table(["output", "type", "sensitive", "present", "description"], rows)];
}

const ofEnvironment = ingestionStackName("<environment>").replace(SMALL_API, "<collection>");

describe("docs/reference/outputs.md", () => {
  it("has every output of every stack", async () => {
    expect(synthesized((name) => `workspace-${name}`).flatMap(Object.keys)).toEqual([]);

    await expectReferencePage("outputs.md", [
      "# Outputs",
      "The Terraform outputs of each stack. After an apply, this prints one of them:",
      `\`\`\`sh\nterraform -chdir=cdktf.out/stacks/${ofEnvironment} output next_steps\n\`\`\``,
      "`required_policies`, `required_settings` and `undetermined_permissions` are for the owners of existing resources. They are empty if the stack creates every resource.",
      ...section(`Stack ${code(ofEnvironment)}`, [...synthesized(ingestionStackName), withOtherAccount()]),
      ...section(
        "Stack `account-<environment>`",
        synthesized((name) => `account-${name}`),
      ),
      ...section(
        "Stack `delivery-<environment>`",
        synthesized((name) => `delivery-${name}`),
      ),
      "## Stack `workspace-<environment>`",
      "This stack has no outputs.",
    ]);
  });
});
