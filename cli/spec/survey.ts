import { existsSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { UserError } from "../../contract/user-error.ts";
import { fromCaller, readInput } from "../caller-files.ts";
import { command } from "../command.ts";
import { formatSurvey, isWrong, totalsOf } from "./survey/format-survey.ts";
import { type Survey, surveyExport } from "./survey/survey-export.ts";

const help = `usage: npm run spec -- survey <folder> [--json]

Tries import and lint on every export (.json, .yaml, .yml) below a folder, and writes nothing. For each: whether it is
imported or refused and why, what of an account the document has left, whether it says the same as its export when it is
bound back, whether a second import and the other of JSON and YAML give the same text, and what lint finds. No texts of
the exports are shown. The exit code is 1 where a document has something left, says something else, or differs from itself;
refusals and findings are answers. 2 is for a wrong command line.

  --json   for programs: { totals, surveys: [{ file, outcome, … }] }`;

const shape = {
  help,
  positionals: [1, 1],
  missing: "Name a folder.",
  options: { json: "flag" },
} as const;

/** After how many files to say how far it is. */
const FILES_A_REPORT = 25;

export const runSurvey = command(shape, ({ positionals: [folder = ""], isSet }, context) => {
  const root = fromCaller(folder, context.env);
  if (!existsSync(root) || !statSync(root).isDirectory())
    throw new UserError(`There is no folder ${folder}.`);
  const files = exportFiles(root);
  if (files.length === 0) throw new UserError(`${folder} has no .json, .yaml or .yml files.`);
  const surveys = files.map((file, index) => {
    if (index > 0 && index % FILES_A_REPORT === 0) context.printError(`${index} of ${files.length} files …`);
    return surveyFile(file, relative(root, file));
  });
  if (isSet("json")) context.print(JSON.stringify({ totals: totalsOf(surveys), surveys }, null, 2));
  else for (const line of formatSurvey(surveys)) context.print(line);
  return surveys.some(isWrong) ? 1 : 0;
});

function exportFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.name.startsWith(".") || entry.name === "node_modules") return [];
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return exportFiles(path);
      return /\.(?:json|ya?ml)$/i.test(entry.name) ? [path] : [];
    });
}

function surveyFile(path: string, file: string): Survey {
  let text: string;
  try {
    text = readInput(path, {});
  } catch (error) {
    const reason = error instanceof UserError ? "is no text" : `can't be read (${codeOf(error)})`;
    return { file, outcome: "refused", reason, problems: 1 };
  }
  return surveyExport(file, text);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
