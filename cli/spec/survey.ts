import { existsSync, statSync } from "node:fs";
import { UserError } from "../../contract/user-error.ts";
import { fromCaller } from "../caller-files.ts";
import { command } from "../command.ts";
import { formatSurvey, isWrong, totalsOf } from "./survey/format-survey.ts";
import { surveyFolder } from "./survey/survey-folder.ts";

const help = `usage: npm run spec -- survey <folder> [--json]

Tries import and lint on every export (.json, .yaml, .yml) below a folder, and writes nothing. The columns of its table:

  import             imported, refused with a reason, or broken by an error of this tool
  literals left      literals of an AWS account that are still in the document
  equal when bound   the document equals the export when its placeholders get their old values
  idempotent         a second import gives the same document
  JSON = YAML        the same export as JSON and as YAML gives the same document

It prints places of the exports, never values. The exit code is 1 if one of these checks fails or an import breaks; refused
exports and lint findings do not count. It is 2 for a wrong command line.

  --json   for programs: { totals, surveys: [{ file, outcome, … }] }`;

const shape = {
  help,
  positionals: [1, 1],
  missing: "Name a folder.",
  options: { json: "flag" },
} as const;

/** Prints its progress after so many files. */
const FILES_A_REPORT = 25;

export const runSurvey = command(shape, ({ positionals: [folder = ""], isSet }, context) => {
  const root = fromCaller(folder, context.env);
  if (!existsSync(root) || !statSync(root).isDirectory())
    throw new UserError(`There is no folder ${folder}.`);
  const surveys = surveyFolder(root, (done, total) => {
    if (done > 0 && done % FILES_A_REPORT === 0) context.printError(`${done} of ${total} files …`);
  });
  if (surveys.length === 0) throw new UserError(`${folder} has no .json, .yaml or .yml files.`);
  if (isSet("json")) context.print(JSON.stringify({ totals: totalsOf(surveys), surveys }, null, 2));
  else for (const line of formatSurvey(surveys)) context.print(line);
  return surveys.some(isWrong) ? 1 : 0;
});
