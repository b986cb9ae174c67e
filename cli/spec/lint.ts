import { existsSync, readdirSync } from "node:fs";
import { UserError } from "../../contract/user-error.ts";
import { rules } from "../../openapi/lint-document.ts";
import { displayPath, fromCaller, readInput } from "../caller-files.ts";
import { command } from "../command.ts";
import { formatFindings } from "./format-findings.ts";
import { type DocumentText, fixText, type LintedText, lintText } from "./lint-texts.ts";
import { describeChange, type FileChange, readFileChange, writeFiles } from "./write-files.ts";

const help = `usage: npm run spec -- lint [<document> …] [--fix [--dry-run]] [--json]

Checks OpenAPI documents against the rules of API Gateway; without a document, all of specs/. docs/reference/lint-rules.md
has every rule with examples. For stage variables, it checks the environments that use the document. The exit code is 1 if
there are errors, 0 if there are only warnings or no findings, and 2 for a wrong command line.

  --fix       corrects findings that have only one correction, prints the changes, and checks the result. It corrects the
              order of keys, schema keywords that API Gateway ignores, and methods in upper case.
  --dry-run   with --fix: prints the changes and writes nothing
  --json      for programs: { errors, warnings, documents: [{ file, problems: [{ rule, severity, pointer, message, why, link }] }] },
              with --fix also { fixed: [<file> …] }`;

const ruleById = new Map(rules.map((rule) => [rule.id, rule]));

const shape = {
  help,
  positionals: [0, Number.POSITIVE_INFINITY],
  options: { fix: "flag", "dry-run": "flag", json: "flag" },
} as const;

export const runLint = command(shape, ({ positionals, isSet }, { env, environments, print }) => {
  if (isSet("dry-run") && !isSet("fix"))
    throw new UserError("--dry-run needs --fix: add --fix, or remove --dry-run.", { exitCode: 2 });
  const given = inputs(positionals, env);
  const texts = isSet("fix") ? given.map((input) => ({ ...input, ...fixText(input) })) : given;
  const fixed = texts
    .filter(({ text }, index) => text !== given[index]?.text)
    .map(({ path, text }) => readFileChange(path, text));
  if (!isSet("dry-run")) writeFiles(fixed);
  if (isSet("fix") && !isSet("json")) for (const line of describeFixes(fixed, isSet("dry-run"))) print(line);

  const documents = texts.map((text) => lintText(text, environments));
  const problems = documents.flatMap((document) => document.problems);
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const linted = { errors, warnings: problems.length - errors, documents };
  const files = isSet("fix") ? { fixed: fixed.map(({ path }) => displayPath(path)) } : {};
  if (isSet("json")) print(asJson({ ...linted, ...files }));
  else for (const line of asText(linted)) print(line);
  return errors > 0 ? 1 : 0;
});

function describeFixes(fixed: readonly FileChange[], dryRun: boolean): string[] {
  if (fixed.length === 0) return ["--fix has nothing to correct.", ""];
  if (dryRun) return [...fixed.map(describeChange), "", "Nothing was written.", ""];
  return fixed.flatMap((change) => [
    describeChange(change),
    `${displayPath(change.path)} was rewritten.`,
    "",
  ]);
}

interface Linted {
  readonly errors: number;
  readonly warnings: number;
  /** The files that were rewritten, or would be. */
  readonly fixed?: readonly string[];
  readonly documents: readonly LintedText[];
}

interface Input extends DocumentText {
  readonly path: string;
}

/** Each file once, however often it is named. */
function inputs(files: readonly string[], env: NodeJS.ProcessEnv): Input[] {
  const named = files.map((file) => ({ file, path: fromCaller(file, env), text: readInput(file, env) }));
  const all = files.length > 0 ? named : ownDocuments(env);
  return [...new Map(all.map((input) => [input.path, input])).values()];
}

function ownDocuments(env: NodeJS.ProcessEnv): Input[] {
  const own = existsSync("specs")
    ? readdirSync("specs").filter((file) => file.endsWith(".openapi.json"))
    : [];
  if (own.length === 0)
    throw new UserError("specs/ has no .openapi.json documents. Name the documents to check.");
  return own.toSorted().map((name) => {
    const path = `${process.cwd()}/specs/${name}`;
    return { file: `specs/${name}`, path, text: readInput(path, env) };
  });
}

function asJson({ documents, ...counts }: Linted): string {
  const withReasons = documents.map(({ file, problems }) => ({
    file,
    problems: problems.map((problem) => {
      const { why, link } = ruleById.get(problem.rule) ?? {};
      return { ...problem, ...(why !== undefined && { why, link }) };
    }),
  }));
  return JSON.stringify({ ...counts, documents: withReasons }, null, 2);
}

function asText({ errors, warnings, documents }: Linted): string[] {
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;
  const sum = `${count(errors, "error")}, ${count(warnings, "warning")} in ${count(documents.length, "document")}`;
  return [
    ...documents.flatMap(({ file, problems }) =>
      problems.length === 0
        ? [`${file}: no findings`]
        : [file, ...formatFindings(problems).map((line) => `  ${line.replaceAll("\n", "\n  ")}`)],
    ),
    errors + warnings > 0 ? `${sum}. Examples of each rule: docs/reference/lint-rules.md.` : `${sum}.`,
  ];
}
