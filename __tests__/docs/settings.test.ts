import { describe, expect, it } from "vitest";
import * as z from "zod";
import { variableOf } from "../../env/field-notes.ts";
import { bucketName } from "../../env/field-types.ts";
import { environmentFields } from "../../env/fields.ts";
import { environmentRules } from "../../env/rules.ts";
import { code, expectReferencePage, table } from "../support/reference-page.ts";
import {
  descriptionOf,
  fillLabels,
  prose,
  type Setting,
  settingsOf,
  valuesText,
} from "../support/settings.ts";

const settings = settingsOf(environmentFields);
const groupOf = ({ path }: Setting) => /^\w+/.exec(path)?.[0] ?? "";
/** Top-level settings that are no groups. */
const isGeneral = ({ path }: Setting) => /^\w+$/.test(path) && path !== "apis";
const groups = [...new Set(settings.filter((each) => !isGeneral(each)).map(groupOf))];

function row({ path, kinds, description = "", values, default: standard, variable }: Setting): string[] {
  const name = variable === undefined ? undefined : variableOf(variable)?.name;
  return [
    `${code(path)}${kinds.length === 0 ? "" : ` (${kinds.map(code).join(", ")})`}`,
    description,
    values,
    standard,
    name === undefined ? "" : code(fillLabels(name, path)),
  ];
}

const settingsTable = (some: readonly Setting[]) =>
  table(["setting", "what it sets", "values", "default", "Terraform variable"], some.map(row));

/** Each role is compared with those before it; together that is one rule. */
const isRoleRule = (states: string) => states.includes("is another role than");

function rulesOf(group: string): string[] {
  const rules = environmentRules
    .filter(({ path, states }) => path[0] === group && !isRoleRule(states))
    .map(({ states }) => `- ${states}`);
  const roles =
    group === "roles"
      ? [
          "- All roles of an environment have different names: each role has only the permissions of its own task.",
        ]
      : [];
  const all = [...new Set([...rules, ...roles])];
  return all.length === 0 ? [] : [`Rules:\n\n${all.join("\n")}`];
}

describe("docs/reference/settings.md", () => {
  it("has a description of every setting", () => {
    expect(settings.filter(({ description }) => !description).map(({ path }) => path)).toEqual([]);
    expect(groups.filter((group) => !descriptionOf(field(group)))).toEqual([]);
  });

  it("has every setting, and every rule between settings", async () => {
    const sections = groups.flatMap((group) => [
      `## ${group}`,
      prose(descriptionOf(field(group)) ?? ""),
      settingsTable(settings.filter((each) => !isGeneral(each) && groupOf(each) === group)),
      ...rulesOf(group),
    ]);

    await expectReferencePage("settings.md", [
      ...introduction,
      "## General",
      settingsTable(settings.filter(isGeneral)),
      ...sections,
      ...betweenEnvironments,
      ...bucketNames,
    ]);
  });
});

function field(group: string): z.core.$ZodType {
  const { shape } = environmentFields;
  return Object.entries(shape).find(([key]) => key === group)?.[1] ?? z.never();
}

const introduction = [
  "# Settings of an environment",
  "All settings of `env/<name>.ts`, with their units, values and defaults. Behind a default stands its reason. [Configure an environment](../configure.md) explains how to change an environment.",
  [
    "- `npm run env -- <name>` prints all values of an environment, and whether its file or a default sets them.",
    "- In the column *default*, *required* means that you must set it if you use its group or kind. *none* means that you can leave it out.",
    '- A word in parentheses behind a setting is a `kind`. The setting exists only if the nearest group around it that has a `kind` has this one: `encryption.keyArn` (`existing`) needs `encryption.kind: "existing"`.',
    "- With kind `managed` the stack creates the resource. With kind `existing` you name a resource, and the stack looks it up.",
    "- `[]` stands for the items of a list, and `*` for a key that you choose.",
    "- You can override a [Terraform variable](variables.md) at plan time, without a change of the file.",
    "- `<api>`, `<placeholder>` and `<number>` stand for the name of an API, a placeholder of its OpenAPI document and a position in a list.",
  ].join("\n"),
];

const betweenEnvironments = [
  "## Rules between environments",
  [
    "- Two environments cannot use the same bucket, the same Terraform state or the same managed role. In one account, they cannot use the same `namePrefix`.",
    "- Two environments can use the same existing VPC endpoint, key or role.",
    "- Two environments cannot accept tokens with the same `proxy.authentication.issuer` and `audience`.",
    "- Builds of two environments cannot release to the same environment.",
    "- Only one environment manages the logging role of an account and region.",
    "- Only one environment manages the identity provider that a Terraform Enterprise has in an account.",
    '- Each environment in `delivery.releases` needs `backend.kind: "tfe"`.',
    '- Each environment in `delivery.plans` needs `backend.apply: "automatic"`, and if it has `backend.managed`, a `backend.managed.planTeam`.',
    "- Each environment in `delivery.verification.environments` is in `delivery.releases`, and has a `proxy.url`.",
  ].join("\n"),
];

const bucketNames = ["## Bucket names", prose(`${sentence(valuesText(bucketName))}.`)];

function sentence(text: string): string {
  return `${text[0]?.toUpperCase()}${text.slice(1)}`;
}
