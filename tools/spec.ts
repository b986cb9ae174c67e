// Adds, imports, checks, exports and compares OpenAPI documents of API Gateway, and writes those of the domain.
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

  add <export>                 makes what API Gateway exported an API of environments: document, paths and bindings
  import <export> <document>   makes what API Gateway exported a document that fits every account
  lint [<document> …]          checks documents by the rules of API Gateway (docs/reference/lint-rules.md), mends with --fix
  export <environment> <api>   fetches a deployed API and imports it
  diff <before> <after>        what changed for callers, and behind
  models                       writes what the domain says into specs/
  survey <folder>              tries import and lint on every export below a folder

"npm run spec -- <command> --help" has the options. docs/import-an-api.md goes from the console to production.`;

export const main = reportUserErrors(async ([name, ...args], context) => {
  if (name === "--help" || name === "-h" || name === "help") {
    if (args.length > 0) throw wrongCommandLine(`What is "${args[0]}"?`, help);
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
