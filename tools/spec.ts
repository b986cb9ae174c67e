// Adds, imports, checks, exports and compares OpenAPI documents of API Gateway, and updates those of the domain.
import { type Command, reportUserErrors, wrongCommandLine } from "../cli/command.ts";
import { runAdd } from "../cli/spec/add.ts";
import { runDiff } from "../cli/spec/diff.ts";
import { runExport } from "../cli/spec/export.ts";
import { runImport } from "../cli/spec/import.ts";
import { runLint } from "../cli/spec/lint.ts";
import { runModels } from "../cli/spec/models.ts";
import { runSurvey } from "../cli/spec/survey.ts";

const subcommands: Readonly<Record<string, Command>> = {
  add: runAdd,
  import: runImport,
  lint: runLint,
  export: runExport,
  diff: runDiff,
  models: runModels,
  survey: runSurvey,
};

const help = `usage: npm run spec -- <command> …

  add <export>                 adds an exported API to environments: its document, paths and bindings
  import <export> <document>   writes the document of an exported API, for every account
  lint [<document> …]          checks documents against the rules of API Gateway; --fix corrects them
  export <environment> <api>   exports a deployed API from API Gateway and imports it
  diff <before> <after>        compares two documents or exports
  models                       updates the documents in specs/ from the domain
  survey <folder>              tries import and lint on every export below a folder

Options of a command: npm run spec -- <command> --help. Guide: docs/import-an-api.md.`;

export const main = reportUserErrors(async ([name, ...args], context) => {
  if (name === "--help" || name === "-h" || name === "help") {
    if (args.length > 0) throw wrongCommandLine(`Unknown argument: "${args[0]}".`, help);
    context.print(help);
    return 0;
  }
  const run = name !== undefined && Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  if (run === undefined) {
    const asked = name === undefined ? "Name a command." : `There is no command "${name}".`;
    throw wrongCommandLine(asked, help);
  }
  return run(args, context);
});
