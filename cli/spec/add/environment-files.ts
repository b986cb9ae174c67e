import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../../contract/user-error.ts";
import { isRecord } from "../../../env/field-notes.ts";
import type { Environment } from "../../../env/schema.ts";
import type { FileChange } from "../write-files.ts";
import { type ApiEntry, defaultApis, editEnvironment } from "./edit-environment.ts";
import { evaluateEnvironment } from "./evaluate-environment.ts";
import { renderLiteral } from "./render-literal.ts";
import { NotEditable } from "./source-file.ts";

/** The file of an environment, and its data. */
export interface EnvironmentFile {
  readonly environment: Environment;
  readonly path: string;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Undefined where it leaves them to the default. */
  readonly apis: readonly ApiEntry[] | undefined;
}

/** @throws UserError if the file does not exist or cannot be evaluated */
export async function readEnvironmentFile(
  environment: Environment,
  projectRoot: string,
): Promise<EnvironmentFile> {
  const { name } = environment;
  const path = join(projectRoot, "env", `${name}.ts`);
  if (!existsSync(path))
    throw new UserError(`env/${name}.ts does not exist, so the environment cannot be edited.`);
  const text = readFileSync(path, "utf8");
  const data = await evaluate({ path, text, name });
  // The environments are valid, so that these have the shape.
  return { environment, path, text, data, apis: data["apis"] as readonly ApiEntry[] | undefined };
}

export interface EditedEnvironment {
  readonly environment: Environment;
  readonly change: FileChange;
  /** The data of the file after the edit. */
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * The file with the entry in `apis`. The edited file is evaluated, to check that nothing else has changed.
 * @throws UserError with the text to write by hand, if the file cannot be edited safely
 */
export async function editEnvironmentFile(
  { environment, path, text, data, apis }: EnvironmentFile,
  entry: ApiEntry,
): Promise<EditedEnvironment> {
  const { name } = environment;
  const expected = { ...data, apis: withEntry(apis ?? defaultApis, entry) };
  const isThere = apis?.some((each) => isDeepStrictEqual(each, entry)) === true;
  if (isThere) return { environment, change: { path, before: text, after: text }, data };
  try {
    const after = editEnvironment(text, { environment: name, before: apis, entry });
    const said = await evaluate({ path, text: after, name });
    if (!isDeepStrictEqual(said, expected))
      throw new NotEditable("would not have the right value after the edit");
    return { environment, change: { path, before: text, after }, data: said };
  } catch (error) {
    if (!(error instanceof NotEditable)) throw error;
    throw new UserError(byHand(name, error.message, apis === undefined ? expected.apis : [entry]), {
      cause: error,
    });
  }
}

function withEntry(apis: readonly ApiEntry[], entry: ApiEntry): ApiEntry[] {
  const isNew = apis.every(({ name }) => name !== entry.name);
  return isNew ? [...apis, entry] : apis.map((each) => (each.name === entry.name ? entry : each));
}

function byHand(environment: string, why: string, entries: readonly ApiEntry[]): string {
  const lines = entries.map((each) => `    ${renderLiteral(each, { indent: "    ", unit: "  " })},`);
  return `env/${environment}.ts ${why}. The command cannot edit it. Write this into its apis by hand, in place of an entry with the same name, and run the command again:\n${lines.join("\n")}`;
}

async function evaluate({ path, text, name }: { path: string; text: string; name: string }) {
  const data = await evaluateEnvironment(path, text, name);
  if (!isRecord(data)) throw new NotEditable(`has no environment ${name}`);
  return data;
}
