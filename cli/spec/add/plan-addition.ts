import { join } from "node:path";
import { collectProblems, throwProblems } from "../../../contract/user-error.ts";
import { isSizeRouted, pathsOf } from "../../../domain/names.ts";
import { apiDocument, apiName, apiPath, apiStage } from "../../../env/api-fields.ts";
import { loadEnvironments } from "../../../env/load-environment.ts";
import type { Environment, RegisteredEnvironments } from "../../../env/schema.ts";
import { formatDocument } from "../../../openapi/format-document.ts";
import {
  type ImportedDocument,
  type ImportOptions,
  importDocument,
} from "../../../openapi/import/import-document.ts";
import type { GivenNames } from "../../../openapi/import/name-literals.ts";
import { boundNames } from "../bound-names.ts";
import { type FileChange, readFileChange } from "../write-files.ts";
import { misfits } from "./addition-problems.ts";
import { completeEntry } from "./complete-entry.ts";
import type { ApiEntry } from "./edit-environment.ts";
import { editEnvironmentFile, readEnvironmentFile } from "./environment-files.ts";
import { undoneMending } from "./undone-mending.ts";

export interface AdditionRequest {
  /** The text of the export. */
  readonly text: string;
  readonly importOptions: ImportOptions;
  readonly api: string;
  readonly environmentNames: readonly string[];
  readonly document: string | undefined;
  readonly stage: string | undefined;
  readonly paths: readonly string[] | undefined;
  /** Whether to replace a document that was corrected by hand. */
  readonly overwrite: boolean;
  readonly stageVariablesOf: (environment: string) => Readonly<Record<string, string>>;
}

export interface Addition {
  readonly imported: ImportedDocument;
  readonly changes: readonly FileChange[];
  readonly entries: readonly { readonly environment: Environment; readonly entry: ApiEntry }[];
  readonly undecided: readonly string[];
}

/**
 * All changes that add an exported API to environments, checked but not written.
 * @throws UserError with every reason why it cannot be added
 */
export async function planAddition(
  request: AdditionRequest,
  { projectRoot, registered }: { readonly projectRoot: string; readonly registered: RegisteredEnvironments },
): Promise<Addition> {
  const all = loadEnvironments(registered);
  throwProblems([...requestProblems(request), ...environmentProblems(request.environmentNames, all)]);
  const { file, problems } = documentFile(request, all);
  const imported = importDocument(request.text, {
    ...request.importOptions,
    knownNames: namesBound(request.api, all),
  });
  const document = readFileChange(join(projectRoot, "specs", file), formatDocument(imported.document));
  throwProblems([...problems, ...overwritten(document, { file, api: request.api }, all)]);
  if (!request.overwrite) throwProblems(undoneMending(document, imported.document, request.importOptions));

  const asked = all.filter(({ name }) => request.environmentNames.includes(name));
  const files = await Promise.all(asked.map((environment) => readEnvironmentFile(environment, projectRoot)));
  const taken = asked.flatMap(({ apis }) => apis.filter(({ name }) => name !== request.api).flatMap(pathsOf));
  const completed = files.map((each) => {
    const existing = each.apis?.find(({ name }) => name === request.api) ?? { name: request.api };
    const { environment } = each;
    const given = { ...request, document: file, stageVariables: request.stageVariablesOf(environment.name) };
    return { ...each, ...completeEntry(existing, { environment, all, imported, given, taken }) };
  });
  const listed = (of: "problems" | "undecided") =>
    completed.flatMap(({ environment, ...each }) =>
      each[of].map((line) => `env/${environment.name}.ts: ${line}`),
    );
  throwProblems(listed("problems"));

  const edited = await collectAll(completed, (each) => editEnvironmentFile(each, each.entry));
  const data = Object.fromEntries(edited.map((each) => [each.environment.name, each.data]));
  const environments = loadEnvironments({ ...registered, ...data });
  throwProblems(
    misfits(environments, { file, document: imported.document, asked: request.environmentNames }),
  );
  return {
    imported,
    changes: [document, ...edited.map(({ change }) => change)],
    entries: completed,
    undecided: listed("undecided"),
  };
}

/** The results of all items, or the problems of all. */
async function collectAll<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>) {
  const settled = await Promise.allSettled(items.map(work));
  const { results, problems } = collectProblems(settled, (each) => {
    if (each.status === "rejected") throw each.reason;
    return each.value;
  });
  throwProblems(problems);
  return results;
}

function requestProblems({ api, document, stage, paths = [] }: AdditionRequest): string[] {
  if (isSizeRouted(api)) {
    return [
      `${api} is an API of the domain, and every environment has it. To get changes from the console, run npm run spec -- export <environment> ${api}`,
    ];
  }
  const given = [
    { option: "api", value: api, schema: apiName },
    { option: "document", value: document, schema: apiDocument },
    { option: "stage", value: stage, schema: apiStage },
    ...paths.map((value) => ({ option: "paths", value, schema: apiPath })),
  ];
  return given.flatMap(({ option, value, schema }) => {
    const issues = value === undefined ? [] : (schema.safeParse(value).error?.issues ?? []);
    return issues.map(({ message }) => `--${option} ${value}: ${message}`);
  });
}

function environmentProblems(asked: readonly string[], all: readonly Environment[]): string[] {
  const known = all.map(({ name }) => name);
  return [
    ...[...new Set(asked)]
      .filter((name) => !known.includes(name))
      .map((name) => `There is no environment "${name}". Known: ${known.join(", ")}.`),
    ...new Set(
      asked
        .filter((name, index) => asked.indexOf(name) !== index)
        .map((name) => `--env names ${name} twice: name it once.`),
    ),
  ];
}

/** The document from the command line, or the one that the API's entries have, or the one with the API's name. */
function documentFile(
  { api, document, environmentNames }: AdditionRequest,
  all: readonly Environment[],
): { file: string; problems: string[] } {
  const entries = all.flatMap((environment) =>
    environment.apis.map((each) => ({ ...each, environment: environment.name })),
  );
  const own = entries.filter(
    ({ name, environment }) => name === api && environmentNames.includes(environment),
  );
  const used = [...new Set(own.map((each) => each.document))];
  const file = document ?? used[0] ?? `${api}.openapi.json`;
  const foreign = entries.find((each) => each.document === file && each.name !== api);
  return {
    file,
    problems: [
      ...(document === undefined && used.length > 1
        ? [
            `The environments use different documents for ${api}: ${used.join(" and ")}. Choose one with --document.`,
          ]
        : []),
      ...(foreign === undefined
        ? []
        : [
            `specs/${file} is the document of ${foreign.name} (env/${foreign.environment}.ts): choose another with --document.`,
          ]),
    ],
  };
}

/** A document that no API uses is not overwritten: somebody wrote it. */
function overwritten(
  { before, after }: FileChange,
  { file, api }: { readonly file: string; readonly api: string },
  all: readonly Environment[],
): string[] {
  const isOwn = all.some(({ apis }) => apis.some((each) => each.name === api && each.document === file));
  return before === undefined || before === after || isOwn
    ? []
    : [
        `specs/${file} exists with other content, and no environment uses it for ${api}: remove it, or choose another with --document.`,
      ];
}

/** The names that the environments bind, also those that the export does not have. */
function namesBound(api: string, all: readonly Environment[]): GivenNames {
  const names: Record<string, Record<string, string>> = {};
  for (const environment of all) {
    for (const each of environment.apis.filter(({ name }) => name === api)) {
      for (const [kind, bound] of Object.entries(boundNames(environment, each))) {
        names[kind] = { ...bound, ...names[kind] };
      }
    }
  }
  return names;
}
