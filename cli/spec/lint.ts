import { existsSync, readdirSync } from "node:fs";
import { UserError } from "../../contract/user-error.ts";
import { type LintProblem, lintDocument, rules } from "../../openapi/lint-document.ts";
import { OpenApiError } from "../../openapi/openapi-error.ts";
import { parseDocument } from "../../openapi/parse-document.ts";
import { readInput } from "../caller-files.ts";
import { command } from "../command.ts";
import { formatFindings } from "./format-findings.ts";

const help = `usage: npm run spec -- lint [<document> …] [--json]

Checks documents as they lie in specs/ (all of them, if none is named) by what API Gateway does and refuses.
docs/lint-rules.md has every rule with examples. The exit code is 1 where there is an error, 0 where there are warnings
or nothing, and 2 for a wrong command line.

  --json   for programs: { errors, warnings, documents: [{ file, problems: [{ rule, severity, pointer, message, why, link }] }] }`;

const ruleById = new Map(rules.map((rule) => [rule.id, rule]));

const shape = { help, positionals: [0, Number.POSITIVE_INFINITY], options: { json: "flag" } } as const;

export const runLint = command(shape, ({ positionals, isSet }, { env, print }) => {
  const documents = inputs(positionals, env).map(({ file, text }) => ({
    file,
    problems: lintText(text, file),
  }));
  const problems = documents.flatMap((document) => document.problems);
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const warnings = problems.length - errors;
  if (isSet("json")) print(asJson({ errors, warnings, documents }));
  else for (const line of asText({ errors, warnings, documents })) print(line);
  return errors > 0 ? 1 : 0;
});

interface Linted {
  readonly errors: number;
  readonly warnings: number;
  readonly documents: readonly { readonly file: string; readonly problems: readonly LintProblem[] }[];
}

function inputs(files: readonly string[], env: NodeJS.ProcessEnv): { file: string; text: string }[] {
  if (files.length > 0) return files.map((file) => ({ file, text: readInput(file, env) }));
  const own = existsSync("specs")
    ? readdirSync("specs").filter((file) => file.endsWith(".openapi.json"))
    : [];
  if (own.length === 0) throw new UserError("specs/ has no .openapi.json documents; name some.");
  return own
    .toSorted()
    .map((file) => ({ file: `specs/${file}`, text: readInput(`${process.cwd()}/specs/${file}`, env) }));
}

/** What is no document at all is a problem like others: those of the next document are wanted too. */
function lintText(text: string, file: string): LintProblem[] {
  try {
    return lintDocument(parseDocument(text, file));
  } catch (error) {
    if (!(error instanceof OpenApiError)) throw error;
    return error.problems.map((problem) => ({ ...problem, severity: "error" }));
  }
}

function asJson({ errors, warnings, documents }: Linted): string {
  const withReasons = documents.map(({ file, problems }) => ({
    file,
    problems: problems.map((problem) => {
      const { why, link } = ruleById.get(problem.rule) ?? {};
      return { ...problem, ...(why !== undefined && { why, link }) };
    }),
  }));
  return JSON.stringify({ errors, warnings, documents: withReasons }, null, 2);
}

function asText({ errors, warnings, documents }: Linted): string[] {
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;
  const sum = `${count(errors, "error")}, ${count(warnings, "warning")} in ${count(documents.length, "document")}`;
  return [
    ...documents.flatMap(({ file, problems }) =>
      problems.length === 0
        ? [`${file}: nothing to say`]
        : [file, ...formatFindings(problems).map((line) => `  ${line.replaceAll("\n", "\n  ")}`)],
    ),
    errors + warnings > 0 ? `${sum}. docs/lint-rules.md has examples of each rule.` : `${sum}.`,
  ];
}
