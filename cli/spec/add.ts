import { UserError } from "../../contract/user-error.ts";
import { readInput } from "../caller-files.ts";
import { type Arguments, command, wrongCommandLine } from "../command.ts";
import { describeAddition } from "./add/describe-addition.ts";
import { type AdditionRequest, planAddition } from "./add/plan-addition.ts";
import { homeHelp, homeOptions, homesOf } from "./home-options.ts";
import { givenNames, nameHelp, nameOptions } from "./import.ts";
import { writeFiles } from "./write-files.ts";

const help = (
  environmentNames: readonly string[],
) => `usage: npm run spec -- add <export> --api <name> --env <environment>[,<environment> …] [--document <name>]
       [--paths <path>[,<path> …]] [--stage <name>] [--stage-variable [<environment>.]<name>=<value> …]
       [--<kind> <old>=<name> …] [--account <id>] [--region <name>] [--foreign refuse|keep] [--overwrite]
       [--dry-run]

Adds an exported API to environments (${environmentNames.join(", ")}). It imports the export as "import" does, writes the document
to specs/, and adds an entry with paths and bindings to env/<environment>.ts. It checks everything before it writes, and
writes all files or none. If an environment has the API already, the command adds what its entry lacks, and keeps your edits.
It lists lint errors and decisions that are left for you; lint errors do not stop it.

  --api <name>            name of the API; also the default for the document and the path
  --env <environments>    environments to add it to, separated by commas
  --document <name>       file in specs/; default: <api>.openapi.json
  --paths <paths>         path prefixes that the proxy sends to the API, separated by commas. Default: /<api>, or the first
                          segments of the document's paths if some are not below /<api>
  --stage <name>          stage; default: v1
  --stage-variable <name>=<value>
                          a stage variable for all these environments; <environment>.<name>=<value> for one of them
  --overwrite             replaces a document that was corrected by hand, even if that brings lint errors back
${homeHelp}
${nameHelp}

  npm run spec -- add export.json --api orders --env ${environmentNames.slice(0, 2).join(",")} --dry-run`;

const shape = {
  help,
  positionals: [1, 1],
  missing: "Name an export.",
  options: {
    ...homeOptions,
    ...nameOptions,
    api: "text",
    env: "texts",
    document: "text",
    paths: "texts",
    stage: "text",
    "stage-variable": "texts",
    overwrite: "flag",
    "dry-run": "flag",
  },
} as const;

export const runAdd = command(shape, async (args, context) => {
  const [source = ""] = args.positionals;
  const wanted = readRequest(args, Object.keys(context.environments));
  const request = { ...wanted, text: readInput(source, context.env) };
  const addition = await planAddition(request, {
    projectRoot: process.cwd(),
    registered: context.environments,
  });
  const dryRun = args.isSet("dry-run");
  if (!dryRun) writeFiles(addition.changes);
  for (const line of describeAddition(addition, { source, api: request.api, dryRun })) context.print(line);
  return 0;
});

function readRequest(args: Arguments, known: readonly string[]): Omit<AdditionRequest, "text"> {
  const { positionals, text, texts } = args;
  const [home] = homesOf(args);
  const api = text("api");
  const environmentNames = texts("env").flatMap((names) => names.split(",").map((name) => name.trim()));
  if (!api) throw wrongCommandLine("Name the API: --api <name>.", help(known));
  if (environmentNames.length === 0)
    throw wrongCommandLine(`Name environments: --env ${known.join(",")}.`, help(known));
  if (environmentNames.includes("")) throw wrong(`--env ${texts("env").join(",")}: one name is empty.`);
  const paths = texts("paths").flatMap((each) => each.split(/,(?=\/)/));
  const document = text("document");
  return {
    importOptions: { source: positionals[0] ?? "", names: givenNames(texts), ...home },
    api,
    environmentNames,
    document: document?.replace(/(\.openapi\.json)?$/, ".openapi.json"),
    stage: text("stage"),
    overwrite: args.isSet("overwrite"),
    paths: paths.length === 0 ? undefined : paths,
    stageVariablesOf: stageVariables(texts("stage-variable"), environmentNames),
  };
}

/** The name of a stage variable has no dot: the part before a dot is the name of an environment. */
function stageVariables(given: readonly string[], environmentNames: readonly string[]) {
  const all = given.map((text) => {
    const [, environment, name = "", value = ""] = /^(?:(\w+)\.)?(\w+)=(.+)$/.exec(text) ?? [];
    if (name === "") {
      throw wrong(`--stage-variable ${text}: write it as <name>=<value>, or <environment>.<name>=<value>.`);
    }
    if (environment !== undefined && !environmentNames.includes(environment)) {
      throw wrong(`--stage-variable ${text}: ${environment} is not in --env ${environmentNames.join(",")}.`);
    }
    return { environment, name, value };
  });
  const twice = all.find((one, index) =>
    all.slice(0, index).some(({ environment, name }) => environment === one.environment && name === one.name),
  );
  if (twice !== undefined) throw wrong(`--stage-variable sets ${twice.name} twice: set it once.`);
  const valuesFor = (of: string | undefined) =>
    Object.fromEntries(
      all.filter(({ environment }) => environment === of).map(({ name, value }) => [name, value]),
    );
  return (environment: string) => ({ ...valuesFor(undefined), ...valuesFor(environment) });
}

const wrong = (message: string) => new UserError(message, { exitCode: 2 });
