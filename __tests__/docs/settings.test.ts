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
  "Everything that you can set in `env/<name>.ts`: units, defaults and the reason of each default. [Configure an environment](../configure.md) explains how to change an environment.",
  [
    "- `npm run env -- <name>` prints all values of an environment, and whether its file or a default sets them.",
    "- A setting without a default is *required*, and *none* means that it is optional.",
    '- Words in parentheses behind a setting are the kinds that have it: `keyArn` (`existing`) needs `kind: "existing"`.',
    "- With kind `managed` the stack creates the resource. With kind `existing` you name a resource, and the stack looks it up.",
    "- `[]` stands for the items of a list, and `*` for a key that you choose.",
    "- You can override a [Terraform variable](variables.md) at plan time, without a change of the file.",
  ].join("\n"),
];

const betweenEnvironments = [
  "## Rules between environments",
  [
    "- Two environments cannot use the same bucket, Terraform state or managed role, or the same `namePrefix` in one account. They can use the same existing VPC endpoint, key or role.",
    "- Two environments cannot release to the same environment, or manage the same logging role or identity provider of an account.",
    "- `delivery.releases` names environments with `backend.kind` `tfe`. `delivery.plans` names those with `apply` `automatic`, and with a `planTeam` if they are managed.",
    "- `delivery.verification.environments` names environments of `delivery.releases` with a `proxy.url`.",
  ].join("\n"),
];

const bucketNames = ["## Bucket names", prose(`${sentence(valuesText(bucketName))}.`)];

function sentence(text: string): string {
  return `${text[0]?.toUpperCase()}${text.slice(1)}`;
}
