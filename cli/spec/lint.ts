import { existsSync, readdirSync } from "node:fs";
import { UserError } from "../../contract/user-error.ts";
import { rules } from "../../openapi/lint-document.ts";
import { displayPath, fromCaller, readInput } from "../caller-files.ts";
import { command } from "../command.ts";
import { formatFindings } from "./format-findings.ts";
import { type DocumentText, fixText, type LintedText, lintText } from "./lint-texts.ts";
import { describeChange, type FileChange, readFileChange, writeFiles } from "./write-files.ts";

const help = `usage: npm run spec -- lint [<document> …] [--fix [--dry-run]] [--json]

Checks documents as they lie in specs/ (all of them, if none is named) by what API Gateway does and refuses.
docs/reference/lint-rules.md has every rule with examples. Stage variables are asked for in the environments that have the
document. The exit code is 1 where there is an error, 0 where there are warnings or nothing, and 2 for a wrong command line.

  --fix       rewrites what can be mended in one way only, shows what changes, and then checks what is left: the order of
              keys, schema keywords that API Gateway ignores, methods in capitals. What is no document is left alone.
  --dry-run   with --fix: shows what would change, and writes nothing
  --json      for programs: { errors, warnings, documents: [{ file, problems: [{ rule, severity, pointer, message, why, link }] }] },
              with --fix also { fixed: [<file> …] }`;

const ruleById = new Map(rules.map((rule) => [rule.id, rule]));

const shape = {
  help,
  positionals: [0, Number.POSITIVE_INFINITY],
  options: { fix: "flag", "dry-run": "flag", json: "flag" },
} as const;

export const runLint = command(shape, ({ positionals, isSet }, { env, environments, print }) => {
  if (isSet("dry-run") && !isSet("fix")) throw new UserError("--dry-run goes with --fix.", { exitCode: 2 });
  const given = inputs(positionals, env);
  const texts = isSet("fix") ? given.map((input) => ({ ...input, ...fixText(input) })) : given;
  const fixed = texts
    .filter(({ text }, index) => text !== given[index]?.text)
    .map(({ path, text }) => readFileChange(path, text));
  if (!isSet("dry-run")) writeFiles(fixed);
  if (!isSet("json")) for (const line of describeFixes(fixed, isSet("dry-run"))) print(line);

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
  if (dryRun && fixed.length > 0) return [...fixed.map(describeChange), "", "Nothing was written.", ""];
  return fixed.flatMap((change) => [describeChange(change), `${displayPath(change.path)} is rewritten.`, ""]);
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
  if (own.length === 0) throw new UserError("specs/ has no .openapi.json documents; name some.");
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
        ? [`${file}: nothing to say`]
        : [file, ...formatFindings(problems).map((line) => `  ${line.replaceAll("\n", "\n  ")}`)],
    ),
    errors + warnings > 0 ? `${sum}. docs/reference/lint-rules.md has examples of each rule.` : `${sum}.`,
  ];
}
