import { isDeepStrictEqual } from "node:util";
import { pathsOf } from "../../../domain/names.ts";
import { adviseBinding } from "../../../env/api-fields.ts";
import type { Environment } from "../../../env/schema.ts";
import type { ImportedDocument } from "../../../openapi/import/import-document.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { stageVariableUses } from "../../../openapi/stage-variables.ts";
import type { ApiEntry } from "./edit-environment.ts";
import { bindingNames, proposeBinding, type Suggestion, type Target } from "./propose-bindings.ts";
import { proposePaths } from "./propose-paths.ts";

export interface EntryOptions {
  readonly environment: Environment;
  readonly all: readonly Environment[];
  readonly imported: ImportedDocument;
  /** Only the fields that were given. */
  readonly given: {
    readonly document: string;
    readonly stage: string | undefined;
    readonly paths: readonly string[] | undefined;
    readonly stageVariables: Readonly<Record<string, string>>;
  };
  /** Paths of other APIs. */
  readonly taken: readonly string[];
}

export interface CompletedEntry {
  readonly entry: ApiEntry;
  /** What a person must check. */
  readonly undecided: readonly string[];
  /** Reasons why the entry cannot be completed. */
  readonly problems: readonly string[];
}

/** An entry of `apis` with everything that a document needs. It keeps what people wrote, if the document still has it. */
export function completeEntry(existing: ApiEntry, options: EntryOptions): CompletedEntry {
  const bindings = completeBindings(existing, options);
  const variables = completeStageVariables(existing, options);
  const { paths, ...aboutPaths } = completePaths(existing, options);
  const { document, stage } = options.given;
  const isUsual = existing["document"] === undefined && document === `${existing.name}.openapi.json`;
  const isUsualStage = existing["stage"] === undefined && stage === "v1";
  const entry = {
    ...existing,
    ...(!isUsual && { document }),
    ...(stage !== undefined && !isUsualStage && { stage }),
    ...(paths !== undefined && { paths }),
    ...(Object.keys(variables.values).length > 0 && { stageVariables: variables.values }),
    ...((existing["bindings"] !== undefined || Object.keys(bindings.values).length > 0) && {
      bindings: bindings.values,
    }),
  };
  return {
    entry,
    undecided: [...bindings.undecided, ...variables.undecided, ...aboutPaths.undecided],
    problems: [...bindings.problems, ...variables.problems],
  };
}

interface Completed<Value> {
  readonly values: Readonly<Record<string, Value>>;
  readonly undecided: readonly string[];
  readonly problems: readonly string[];
}

function completeBindings(existing: ApiEntry, options: EntryOptions): Completed<unknown> {
  const { environment, imported } = options;
  const before = fieldOf(existing, "bindings");
  const names = bindingNames(imported.document);
  const kept = Object.entries(before).filter(([name]) => names.includes(name));
  const gone = Object.keys(before).filter((name) => !names.includes(name));
  const missing = names.filter((name) => !Object.hasOwn(before, name));
  const proposed = missing.map((name) => ({ name, suggestion: suggestionFor(name, existing.name, options) }));
  const asProposed = kept.flatMap(([name, target]) => {
    const suggestion = fromExport(name, options);
    return suggestion && isDeepStrictEqual(suggestion.target, target) ? [{ name, suggestion }] : [];
  });
  return {
    values: Object.fromEntries([
      ...kept,
      ...proposed.flatMap(({ name, suggestion }) => (suggestion ? [[name, suggestion.target] as const] : [])),
    ]),
    undecided: [
      ...[...asProposed, ...proposed].flatMap(({ name, suggestion }) =>
        suggestion?.doubt === undefined
          ? []
          : [
              `${name} ${suggestion.doubt}, and this environment's account is ${environment.accountId}: check the name, or ${adviseBinding(name)}`,
            ],
      ),
      ...gone.map(
        (name) =>
          `the binding ${name} was removed, with its comments: the document no longer has {{${name}}}`,
      ),
    ],
    problems: proposed.flatMap(({ name, suggestion }) =>
      suggestion
        ? []
        : [
            `the export already has the placeholder {{${name}}}, and its value is not known: ${adviseBinding(name)} in the entry of ${existing.name}, or write the value into the export`,
          ],
    ),
  };
}

/** From the export. For a placeholder that the export already had, the binding of another environment. */
function suggestionFor(binding: string, api: string, options: EntryOptions): Suggestion | undefined {
  const suggestion = fromExport(binding, options);
  if (suggestion !== undefined) return suggestion;
  for (const other of options.all) {
    const target: Target | undefined = other.apis.find(({ name }) => name === api)?.bindings[binding];
    if (target !== undefined) return { target, doubt: `is bound as in env/${other.name}.ts` };
  }
  return undefined;
}

function fromExport(binding: string, { environment, all, imported }: EntryOptions): Suggestion | undefined {
  const literal = imported.literals.find(({ placeholder }) => placeholder === binding);
  return literal && proposeBinding(literal, environment, { home: imported.home, all });
}

function completeStageVariables(existing: ApiEntry, { imported, given }: EntryOptions): Completed<string> {
  const uses = stageVariableUses(imported.document);
  const values = { ...fieldOf(existing, "stageVariables"), ...given.stageVariables } as Record<
    string,
    string
  >;
  const unset = uses.filter(({ name }) => !Object.hasOwn(values, name));
  return {
    values,
    undecided: unset
      .filter(({ required }) => !required)
      .map(
        ({ name }) =>
          `the stage variable ${name} has no value: set it in stageVariables, if the API needs it`,
      ),
    problems: [
      ...unset
        .filter(({ required }) => required)
        .map(
          ({ name, pointers }) =>
            `the document needs the stage variable ${name} (${pointers[0]}): set it with --stage-variable ${name}=<value>`,
        ),
      ...Object.keys(given.stageVariables)
        .filter((name) => !uses.some((use) => use.name === name))
        .map(
          (name) =>
            `the document does not use the stage variable ${name}: remove it; it uses: ${uses.map((use) => use.name).join(", ") || "none"}`,
        ),
    ],
  };
}

/** None if the API's name is a prefix of every path of the document. */
function completePaths(existing: ApiEntry, { imported, given, taken }: EntryOptions) {
  if (given.paths !== undefined) {
    return { paths: given.paths, undecided: partlyReached(imported.document, given.paths) };
  }
  const written = existing["paths"] as readonly string[] | undefined;
  const known = pathsOf({ name: existing.name, paths: written });
  const paths = proposePaths(imported.document, { known, taken });
  const gone = (written ?? []).filter((path) => !paths.includes(path));
  const isSame = paths.length === known.length && paths.every((path) => known.includes(path));
  const chosen = isSame || paths.length === 0 ? written : paths;
  return {
    paths: chosen,
    undecided: [
      ...gone.map((path) => `${path} was removed from paths: the document no longer has a path there`),
      ...partlyReached(imported.document, chosen ?? known),
    ],
  };
}

/** For a path that begins with a parameter, the proxy sends only requests at or below the API's own paths. */
function partlyReached(document: OpenApiDocument, paths: readonly string[]): string[] {
  return Object.keys(document.paths)
    .filter((path) => path.startsWith("/{"))
    .map(
      (path) =>
        `${path} begins with a parameter, so it receives only requests at or below ${paths.join(", ")}: set more prefixes with --paths, if callers use others`,
    );
}

function fieldOf(entry: ApiEntry, field: string): Readonly<Record<string, unknown>> {
  return (entry[field] ?? {}) as Readonly<Record<string, unknown>>;
}
