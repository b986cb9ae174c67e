import { describe, expect, it } from "vitest";
import { isJsonObject, type Json } from "../../openapi/json.ts";
import { resolvePointer } from "../../openapi/json-pointer.ts";
import { lintDocument, rules } from "../../openapi/lint-document.ts";
import type { Rule } from "../../openapi/rule.ts";
import { s3Document, s3DocumentWith } from "../openapi/documents.ts";
import type { Case } from "../openapi/rules/cases/case.ts";
import { allowed, broken } from "../openapi/rules/cases.ts";
import { code, expectReferencePage, table } from "../support/reference-page.ts";

const introduction = [
  "# Lint rules",
  "The rules that check the OpenAPI documents of `specs/`, each with examples.",
  "`npm run spec -- lint` and every synthesis apply them. An **error** stops the synthesis: API Gateway would refuse the document, or it would not do what it seems to do. Only the lint prints a **warning**. `npm run spec -- lint --fix` corrects findings that have only one correction.",
  "The examples change one place of a small document, an S3 integration without findings. A place is a JSON pointer.",
];

const overview = table(
  ["rule", "severity", "`--fix`"],
  rules.map(({ id, severity = "error", fix }) => [
    `[${id}](#${id})`,
    severity,
    fix === undefined ? "" : "yes",
  ]),
);

const block = (value: Json) => `\`\`\`json\n${excerpt(value)}\n\`\`\``;

/** Long texts are cut: examples show a form. */
function excerpt(value: Json): string {
  const text = JSON.stringify(value, null, 2);
  return text.length > 600 ? `${text.slice(0, 120)}…` : text;
}

function describeChange({ change: [pointer, value] }: Case): string {
  const place = pointer === "" ? "The whole document" : code(pointer);
  return value === undefined ? `${place} is removed.` : `${place}:\n\n${block(value)}`;
}

function failing(rule: Rule): string {
  const example = broken.find((each) => each.rule === rule.id) ?? expect.fail(`${rule.id} has no example`);
  const found = lintDocument(s3DocumentWith(...example.change)).find((problem) => problem.rule === rule.id);
  const message = found?.message ?? expect.fail(`${rule.id} does not find its example`);
  return `**Finding**: the document ${example.breaks}. ${describeChange(example)}\n\n> ${message}`;
}

/** A similar document, or what the sound document has in place of the failing example. */
function passing(rule: Rule): string {
  const example = allowed.find((each) => each.rule === rule.id);
  if (example !== undefined)
    return `**No finding**: the document ${example.breaks}. ${describeChange(example)}`;
  const pointer = broken.find((each) => each.rule === rule.id)?.change[0] ?? "";
  const sound = resolvePointer(s3Document(), pointer);
  if (sound === undefined) return "**No finding** without this part.";
  const shown = isJsonObject(sound) ? Object.fromEntries(Object.entries(sound).slice(0, 6)) : sound;
  return `**No finding**:\n\n${block(shown)}`;
}

function section(rule: Rule): string[] {
  const { id, severity = "error", why, link } = rule;
  const kind = severity === "error" ? "Error" : "Warning";
  const fixed = rule.fix === undefined ? "" : " `--fix` corrects it if there is only one correction.";
  return [`## ${id}`, `${kind}. ${why} ([source](${link}))${fixed}`, failing(rule), passing(rule)];
}

describe("docs/reference/lint-rules.md", () => {
  it("has every rule, with an example that has the finding and one that has not", async () => {
    await expectReferencePage("lint-rules.md", [...introduction, overview, ...rules.flatMap(section)]);
  });
});
