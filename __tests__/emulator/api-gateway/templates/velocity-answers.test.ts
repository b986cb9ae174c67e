import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { compileTemplate } from "../../../../emulator/api-gateway/templates/compile-template.ts";
import { utilities } from "../../../../emulator/api-gateway/templates/utilities.ts";
import { render } from "../../../../emulator/api-gateway/templates/velocity/render.ts";
import { createVariables } from "../../../../emulator/api-gateway/templates/velocity/scope.ts";
import { fromPlain } from "../../../../emulator/api-gateway/templates/velocity/values.ts";
import { createWork } from "../../../../emulator/api-gateway/templates/velocity/work.ts";
import { rendered } from "../../../support/mapping-template.ts";

const folder = new URL("../../../fixtures/velocity/", import.meta.url);

function read<Schema extends z.ZodType>(file: string, schema: Schema): z.infer<Schema> {
  return schema.parse(JSON.parse(readFileSync(new URL(file, folder), "utf8")));
}

const fails = z.literal(true).optional();
const answers = read(
  "answers.json",
  z.object({
    variables: z.record(z.string(), z.unknown()),
    cases: z.array(z.object({ template: z.string(), text: z.string().optional(), fails })),
  }),
);

function renderedBy(template: string): string {
  const { nodes, macros } = compileTemplate(template);
  const given = Object.entries(answers.variables).map(([name, value]) => [name, fromPlain(value)] as const);
  const variables = createVariables([...given, ["util", utilities]]);
  return render(nodes, { variables, macros, work: createWork(), depth: 0, render });
}

describe("templates that Apache Velocity 1.7 has rendered", () => {
  it("are more than two hundred", () => {
    expect(answers.cases.length).toBeGreaterThan(200);
  });

  it.each(answers.cases)("$template", ({ template, text }) => {
    if (text === undefined) expect(() => renderedBy(template)).toThrow();
    else expect(renderedBy(template)).toBe(text);
  });
});

const paths = read(
  "json-paths.json",
  z.object({
    document: z.string(),
    cases: z.array(
      z.object({
        path: z.string(),
        text: z.string().optional(),
        json: z.string().optional(),
        absent: z.literal(true).optional(),
        fails,
      }),
    ),
  }),
);

describe("paths that Jayway's JsonPath has followed", () => {
  it.each(paths.cases)("$path", ({ path, text, json, absent, fails: refused }) => {
    const template = `$input.path("${path}")|$input.json("${path}")`;
    if (refused) {
      expect(() => rendered(template, { body: paths.document })).toThrow("Internal server error");
      return;
    }
    // What is null or absent prints nothing in API Gateway.
    const printed = absent || text === "null" ? "" : text;
    expect(rendered(template, { body: paths.document }).text).toBe(`${printed}|${absent ? '""' : json}`);
  });
});

const patterns = read(
  "patterns.json",
  z.object({
    cases: z.array(
      z.object({
        pattern: z.string(),
        text: z.string(),
        by: z.string(),
        matches: z.boolean().optional(),
        all: z.string().optional(),
        first: z.string().optional(),
        split: z.array(z.string()).optional(),
        split2: z.array(z.string()).optional(),
        splitAll: z.array(z.string()).optional(),
        fails,
      }),
    ),
  }),
);

/** They are valid in Java, and refused here by name. */
const unsupported = new Set(["[a-z&&[^b]]", "a++", "(?>a)"]);

describe("patterns that java.util.regex has applied", () => {
  const ask = (call: string, { pattern, text, by }: (typeof patterns.cases)[number]) => {
    const body = JSON.stringify({ pattern, text, by });
    const set = '#set($b = $input.path("$"))#set($text = $b.text)#set($result = $text.';
    return rendered(`${set}${call})$result`, { body }).text;
  };
  const joined = (call: string, each: (typeof patterns.cases)[number]) => {
    const body = JSON.stringify(each);
    const loop = `#set($b = $input.path("$"))#foreach($part in $b.text.${call})[$part]#end`;
    return rendered(loop, { body }).text;
  };

  it.each(patterns.cases.filter(({ fails: wrong }) => wrong === undefined))("$pattern in $text", (each) => {
    if (unsupported.has(each.pattern)) {
      expect(() => ask("matches($b.pattern)", each)).toThrow("Internal server error");
      return;
    }
    expect(ask("matches($b.pattern)", each)).toBe(String(each.matches));
    expect(ask("replaceAll($b.pattern, $b.by)", each)).toBe(each.all);
    expect(ask("replaceFirst($b.pattern, $b.by)", each)).toBe(each.first);
    const bracketed = (parts: readonly string[] = []) => parts.map((part) => `[${part}]`).join("");
    expect(joined("split($b.pattern)", each)).toBe(bracketed(each.split));
    expect(joined("split($b.pattern, 2)", each)).toBe(bracketed(each.split2));
    expect(joined("split($b.pattern, -1)", each)).toBe(bracketed(each.splitAll));
  });

  it.each(patterns.cases.filter(({ fails: wrong }) => wrong))("fails for $pattern by $by", (each) => {
    expect(() => ask("replaceAll($b.pattern, $b.by)", each)).toThrow("Internal server error");
  });
});
