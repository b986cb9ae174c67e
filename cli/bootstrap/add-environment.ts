import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../contract/user-error.ts";
import { ingestionStackName } from "../../domain/names.ts";

export interface NewEnvironment {
  readonly name: string;
  readonly accountId: string;
  /** The environment that it is copied from: one that creates everything, with a local state. */
  readonly from: string;
}

/**
 * Adds an environment to the sources in `project` by the edits of the README: a copy with a name, a prefix and an account
 * of its own, registered after the one that it is copied from.
 * @throws UserError where a file is not as the README describes it
 */
export function addEnvironment(project: string, { name, accountId, from }: NewEnvironment): void {
  const word = new RegExp(`\\b${from}\\b`, "g");
  const source = readFileSync(join(project, "env", `${from}.ts`), "utf8");
  const edited = [
    [/(accountId: ")[^"]*"/, `$1${accountId}"`],
    [/(namePrefix: ")[^"]*"/, `$1${ingestionStackName(name)}"`],
  ] as const;
  const text = edited.reduce(
    (before, [pattern, after]) => replaced(before, pattern, after, `env/${from}.ts`),
    source.replace(word, name),
  );
  writeFileSync(join(project, "env", `${name}.ts`), withOwnAudience(text, source, name));

  const register = join(project, "env", "environments.ts");
  const registered = readFileSync(register, "utf8");
  const imported = new RegExp(`^(import \\{ ${from} \\} .*\\n)`, "m");
  const listed = new RegExp(`(registeredEnvironments = \\{[^}]*\\b${from}\\b)`);
  const withImport = replaced(
    registered,
    imported,
    `$1import { ${name} } from "./${name}.ts";\n`,
    "env/environments.ts",
  );
  writeFileSync(register, replaced(withImport, listed, `$1, ${name}`, "env/environments.ts"));
}

/** Two environments must not accept the same tokens. */
function withOwnAudience(text: string, source: string, name: string): string {
  return text.replace(/(\baudience: "[^"]*)"/, (whole, before) =>
    source.includes(whole) ? `${before}/${name}"` : whole,
  );
}

function replaced(text: string, pattern: RegExp, replacement: string, file: string): string {
  if (!pattern.test(text)) {
    throw new UserError(
      `${file} contains no text that matches ${pattern.source}. Add the environment by hand (docs/configure.md#add).`,
    );
  }
  return text.replace(pattern, replacement);
}
