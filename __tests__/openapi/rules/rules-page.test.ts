import { describe, expect, it } from "vitest";
import { isJsonObject, type Json } from "../../../openapi/json.ts";
import { resolvePointer } from "../../../openapi/json-pointer.ts";
import { lintDocument, rules } from "../../../openapi/lint-document.ts";
import type { Rule } from "../../../openapi/rule.ts";
import { s3Document, s3DocumentWith } from "../documents.ts";
import type { Case } from "./cases/case.ts";
import { allowed, broken } from "./cases.ts";

const introduction = [
  "# Rules of the lint",
  "`npm run spec -- lint` and every synthesis check the documents of `specs/` by these rules. An **error** keeps a document from being deployed: API Gateway refuses it, or it does something else than it seems to. A **warning** is shown by the lint alone. What can be mended in one way only, `npm run spec -- lint --fix` mends.",
  "The examples are of one small document, an S3 integration that breaks no rule. A failing one says what was changed, and what the lint answers; a passing one, what may look alike and is fine.",
  "This page is written from the rules and their tests: `npx vitest run __tests__/openapi/rules -u`.",
];

const code = (text: string) => `\`${text}\``;
const block = (value: Json) => `\`\`\`json\n${excerpt(value)}\n\`\`\``;

/** Long texts are cut: examples show a form. */
function excerpt(value: Json): string {
  const text = JSON.stringify(value, null, 2);
  return text.length > 600 ? `${text.slice(0, 120)}…` : text;
}

function describeChange({ change: [pointer, value] }: Case): string {
  if (value === undefined) return `${code(pointer)} taken away`;
  const place = pointer === "" ? "the document" : code(pointer);
  return `${place} set to\n\n${block(value)}`;
}

function failing(rule: Rule): string {
  const example = broken.find((each) => each.rule === rule.id) ?? expect.fail(`${rule.id} has no example`);
  const found = lintDocument(s3DocumentWith(...example.change)).find((problem) => problem.rule === rule.id);
  const message = found?.message ?? expect.fail(`${rule.id} does not find its example`);
  return `**Fails**, it ${example.breaks}: ${describeChange(example)}\n\n> ${message}`;
}

/** What looks alike, or what stands in the failing example's place in the sound document. */
function passing(rule: Rule): string {
  const example = allowed.find((each) => each.rule === rule.id);
  if (example !== undefined) return `**Passes**, it ${example.breaks}: ${describeChange(example)}`;
  const pointer = broken.find((each) => each.rule === rule.id)?.change[0] ?? "";
  const sound = resolvePointer(s3Document(), pointer);
  if (sound === undefined) return "**Passes** without it.";
  const shown = isJsonObject(sound) ? Object.fromEntries(Object.entries(sound).slice(0, 6)) : sound;
  return `**Passes** as\n\n${block(shown)}`;
}

function section(rule: Rule): string[] {
  const { id, severity = "error", why, link } = rule;
  const mended = rule.fix === undefined ? "" : " `--fix` mends it where there is one way to.";
  return [`## ${id}`, `${severity}: ${why} ([source](${link}))${mended}`, failing(rule), passing(rule)];
}

describe("docs/reference/lint-rules.md", () => {
  it("has every rule, with an example that fails and one that passes", async () => {
    const page = [...introduction, ...rules.flatMap(section)].join("\n\n");

    await expect(`${page}\n`).toMatchFileSnapshot("../../../docs/reference/lint-rules.md");
  });
});
