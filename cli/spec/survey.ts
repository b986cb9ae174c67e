import { existsSync, statSync } from "node:fs";
import { UserError } from "../../contract/user-error.ts";
import { fromCaller } from "../caller-files.ts";
import { command } from "../command.ts";
import { formatSurvey, isWrong, totalsOf } from "./survey/format-survey.ts";
import { surveyFolder } from "./survey/survey-folder.ts";

const help = `usage: npm run spec -- survey <folder> [--json]

Tries import and lint on every export (.json, .yaml, .yml) below a folder, and writes nothing. For each: whether it is
imported or refused and why, what of an account the document has left, whether it says the same as its export when it is
bound back, whether a second import and the other of JSON and YAML give the same text, and what lint finds. Of the exports
only places are shown, no values. The exit code is 1 where a document has something left, says something else, or differs from itself;
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
  const surveys = surveyFolder(root, (done, total) => {
    if (done > 0 && done % FILES_A_REPORT === 0) context.printError(`${done} of ${total} files …`);
  });
  if (surveys.length === 0) throw new UserError(`${folder} has no .json, .yaml or .yml files.`);
  if (isSet("json")) context.print(JSON.stringify({ totals: totalsOf(surveys), surveys }, null, 2));
  else for (const line of formatSurvey(surveys)) context.print(line);
  return surveys.some(isWrong) ? 1 : 0;
});
