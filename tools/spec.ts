// Imports, checks, exports and compares OpenAPI documents of API Gateway.

import type { Subcommand } from "./command-arguments.ts";
import { CommandError } from "./command-error.ts";
import { runDiff } from "./spec/diff.ts";
import { runExport } from "./spec/export.ts";
import { runImport } from "./spec/import.ts";
import { runLint } from "./spec/lint.ts";

const subcommands: Readonly<Record<string, Subcommand>> = {
  import: runImport,
  lint: runLint,
  export: runExport,
  diff: runDiff,
};

const help = `usage: npm run spec -- <command> …

  import <export> <document>   makes what API Gateway exported a document that fits every account
  lint [<document> …]          checks documents by the rules of API Gateway (docs/lint-rules.md)
  export <environment> <api>   fetches a deployed API and imports it
  diff <before> <after>        what changed for callers, and behind

"npm run spec -- <command> --help" has the options. docs/import-an-api.md goes from the console to production.`;

process.exitCode = await main(process.argv.slice(2));

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === "--help" || name === "-h" || name === "help") {
    console.log(help);
    return 0;
  }
  const run = name !== undefined && Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  if (run === undefined) {
    const asked = name === undefined ? "Name a command." : `There is no command "${name}".`;
    throw new CommandError(`${asked}\n\n${help}`, { exitCode: 2 });
  }
  return run(args, (line) => console.log(line));
}
