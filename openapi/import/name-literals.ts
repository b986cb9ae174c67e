import type { Problem } from "../openapi-document.ts";
import type { Literal } from "./literals/literal.ts";

/** Names that were given, by kind and the literal's label or whole text: `{ bucket: { "acme-intake-dev": "intake" } }`. */
export type GivenNames = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A literal and the placeholder that takes its place. */
export interface NamedLiteral extends Literal {
  readonly placeholder: string;
}

const nameForm = /^[A-Za-z][A-Za-z0-9]*$/;

/** They tell environments apart, and a placeholder is for all of them. */
const environmentWords = new Set([
  "dev",
  "development",
  "test",
  "int",
  "qa",
  "uat",
  "stage",
  "staging",
  "prod",
  "production",
]);

/** Ids that say nothing get a number. */
const numbered: Readonly<Record<string, string>> = {
  host: "host",
  key: "key",
  userPool: "pool",
  vpcEndpoint: "endpoint",
  vpcLink: "link",
};

export interface Names {
  /** Asked for: a literal that is not there is a problem. */
  readonly given: GivenNames;
  /** Used where the literal is there, such as the names of an environment. */
  readonly known: GivenNames;
}

/**
 * A name for every literal: the one that was given, else the one that is known, else one made of its words. `taken` are
 * placeholders that the document has already.
 */
export function nameLiterals(
  literals: readonly Literal[],
  { given, known }: Names,
  taken: ReadonlySet<string>,
): { named: NamedLiteral[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const used = new Set(taken);
  const named = new Map<Literal, NamedLiteral>();
  const add = (literal: Literal, name: string) => {
    const placeholder = `${literal.kind}.${name}`;
    used.add(placeholder);
    named.set(literal, { ...literal, placeholder });
  };
  for (const literal of literals) {
    const name =
      nameIn(given, literal, isCalledSo(literal, literals)) ?? nameIn(known, literal, !literal.owner);
    if (name === undefined) continue;
    const fault = nameFault(literal, name, used);
    if (fault !== undefined) problems.push(problem(fault));
    add(literal, name);
  }
  for (const literal of literals) {
    if (!named.has(literal)) add(literal, suggest(literal, literals, used));
  }
  return {
    named: literals.flatMap((literal) => named.get(literal) ?? []),
    problems: [...problems, ...unusedNames(literals, given)],
  };
}

/** Whether its label alone says which one is meant: it is the document's own, or nothing else has that label. */
function isCalledSo(literal: Literal, all: readonly Literal[]): boolean {
  const { kind, label, owner } = literal;
  return (
    owner === undefined ||
    !all.some((other) => other !== literal && other.kind === kind && other.label === label)
  );
}

function nameIn(all: GivenNames, { kind, text, label }: Literal, byLabel: boolean): string | undefined {
  const names = all[kind] ?? {};
  return [text, ...(byLabel ? [label] : [])]
    .map((key) => (Object.hasOwn(names, key) ? names[key] : undefined))
    .find((name) => name !== undefined);
}

function nameFault({ kind, label }: Literal, name: string, used: ReadonlySet<string>): string | undefined {
  if (!nameForm.test(name))
    return `"${name}" for ${kind} ${label} is not a valid name: use letters and digits, and begin with a letter`;
  if (used.has(`${kind}.${name}`))
    return `"${name}" is the name of two ${kind} placeholders: give each a different name`;
  return undefined;
}

function unusedNames(literals: readonly Literal[], given: GivenNames): Problem[] {
  return Object.entries(given).flatMap(([kind, names]) =>
    Object.keys(names).flatMap((key) => {
      const known = literals.filter((literal) => literal.kind === kind);
      if (known.some(({ text, label }) => text === key || label === key)) return [];
      const there = known.map(({ label }) => label).join(", ") || "none";
      return [problem(`the export has no ${kind} "${key}"; it has: ${there}`)];
    }),
  );
}

function problem(message: string): Problem {
  return { rule: "given-name", pointer: "", message };
}

function suggest(literal: Literal, all: readonly Literal[], used: ReadonlySet<string>): string {
  const isFree = (name: string) => !used.has(`${literal.kind}.${name}`);
  // An alias of a key is a name.
  const isWord = literal.kind === "key" && !/^(mrk-)?[0-9a-f-]{32,}$/i.test(literal.label);
  const base = isWord ? undefined : numbered[literal.kind];
  if (base !== undefined) return firstFree((index) => `${base}${index + 1}`, isFree);
  const short = camelCase(
    wordsOf(literal.label).filter((word) => !environmentWords.has(word)),
    literal.kind,
  );
  const isShared = all.some(
    (other) =>
      other !== literal &&
      other.kind === literal.kind &&
      camelCase(
        wordsOf(other.label).filter((word) => !environmentWords.has(word)),
        other.kind,
      ) === short,
  );
  const name = isShared ? camelCase(wordsOf(literal.label), literal.kind) : short;
  return firstFree((index) => (index === 0 ? name : `${name}${index + 1}`), isFree);
}

function firstFree(candidate: (index: number) => string, isFree: (name: string) => boolean): string {
  for (let index = 0; ; index += 1) {
    const name = candidate(index);
    if (isFree(name)) return name;
  }
}

/** In lower case, without accounts and regions: these differ wherever the name does. */
function wordsOf(label: string): string[] {
  return label
    .replace(/\d{12}/g, " ")
    .replace(/(?<![a-z0-9])[a-z]{2}(-[a-z]+)+-\d(?![a-z0-9])/g, " ")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());
}

function camelCase(words: readonly string[], kind: string): string {
  const name = words
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join("");
  return nameForm.test(name) ? name : `${kind}${name}`;
}
