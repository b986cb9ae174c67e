import { UserError } from "../../contract/user-error.ts";
import { importDocument } from "../../openapi/import/import-document.ts";
import type { GivenNames } from "../../openapi/import/name-literals.ts";
import { literalKinds } from "../../openapi/literal-kinds.ts";
import { readInput } from "../caller-files.ts";
import { command } from "../command.ts";
import { homeHelp, homeOptions, homesOf } from "./home-options.ts";
import { writeDocument } from "./write-document.ts";

/** `--bucket`, `--user-pool` …: one for each kind of placeholder. */
const kindOfFlag = new Map(
  literalKinds.map((kind) => [kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), kind]),
);

export const nameOptions = Object.fromEntries([...kindOfFlag.keys()].map((flag) => [flag, "texts"] as const));

export const nameHelp = `  --<kind> <old>=<name>   sets the name of a placeholder: --bucket acme-intake-dev=intake gives {{bucket.intake}}. Kinds:
${wrap([...kindOfFlag.keys()], 26)}
  --dry-run               prints the difference and writes nothing`;

const help = `usage: npm run spec -- import <export> <document> [--<kind> <old>=<name> …] [--account <id>]
       [--region <name>] [--foreign refuse|keep] [--dry-run]

Reads an export of a REST API (OpenAPI 3.0 or Swagger 2.0, JSON or YAML, with the API Gateway extensions) and writes a
document that every account can use. It replaces account ids, regions and resource names with placeholders, and lists what
it left out. If it cannot replace something safely, it prints the place and writes nothing.

${homeHelp}
${nameHelp}

  npm run spec -- import export.json specs/orders.openapi.json --bucket acme-orders-dev=orders`;

const shape = {
  help,
  positionals: [2, 2],
  missing: "Name an export and a document.",
  options: { ...homeOptions, ...nameOptions, "dry-run": "flag" },
} as const;

export const runImport = command(shape, (given, context) => {
  const [source = "", file = ""] = given.positionals;
  const [home] = homesOf(given);
  const names = givenNames(given.texts);
  const imported = importDocument(readInput(source, context.env), { source, names, ...home });
  writeDocument({ imported, source, file, dryRun: given.isSet("dry-run") }, context);
  return 0;
});

/** @throws UserError (exit code 2) where a name is not given as `old=name`, or two are given for one */
export function givenNames(texts: (flag: string) => readonly string[]): GivenNames {
  return Object.fromEntries(
    [...kindOfFlag].map(([flag, kind]) => {
      const given = texts(flag);
      return [kind, Object.fromEntries(given.map((text) => splitName(flag, text, given)))];
    }),
  );
}

/** The old name may contain equals signs, the new one never. */
function splitName(flag: string, text: string, all: readonly string[]): [string, string] {
  const cut = text.lastIndexOf("=");
  const [old, name] = [text.slice(0, cut), text.slice(cut + 1)];
  if (cut < 1 || name === "") {
    throw new UserError(`--${flag} ${text}: write it as <old>=<name>.`, { exitCode: 2 });
  }
  if (all.filter((other) => other.startsWith(`${old}=`)).length > 1) {
    throw new UserError(`--${flag} names ${old} twice: name it once.`, { exitCode: 2 });
  }
  return [old, name];
}

function wrap(words: readonly string[], indent: number): string {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 84) lines[lines.length - 1] = `${last}, ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => " ".repeat(indent) + line).join(",\n");
}
