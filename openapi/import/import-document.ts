import type { JsonObject } from "../json.ts";
import type { OpenApiDocument, Problem } from "../openapi-document.ts";
import { OpenApiError } from "../openapi-error.ts";
import { bindingOf } from "../placeholder-parts.ts";
import { listPlaceholders } from "../placeholders.ts";
import type { AccountHome } from "./account-home.ts";
import { convertSwagger } from "./convert-swagger.ts";
import { dropParts } from "./drop-parts.ts";
import { findHome } from "./find-home.ts";
import { foreignProblems } from "./foreign-problems.ts";
import { leftOverProblems } from "./left-over-problems.ts";
import type { Literal, ReplaceOptions } from "./literals/literal.ts";
import { type GivenNames, type NamedLiteral, nameLiterals } from "./name-literals.ts";
import { parseExport } from "./parse-export.ts";
import type { Dropped } from "./remove-parts.ts";
import { replaceLiterals } from "./replace-literals.ts";
import { sortLists } from "./sort-lists.ts";

/** `keep`: placeholders that are bound to something external. */
export const foreignChoices = ["refuse", "keep"] as const;
export type ForeignChoice = (typeof foreignChoices)[number];

export interface ImportOptions {
  /** Names the text in errors. */
  readonly source: string;
  readonly names?: GivenNames;
  /** Names for what may be in it or not; what lies in another account or region by its ARN. */
  readonly knownNames?: GivenNames;
  /** The API's own, where it is known: what the document says of it is not asked then. */
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  /** What becomes of what lies in another account or region; it is refused if nothing is said. */
  readonly foreign?: ForeignChoice | undefined;
  /** Whether the account that most texts name is the API's own even where others are kept: nothing is deployed of it. */
  readonly isForComparison?: boolean;
}

export interface ImportedDocument {
  /** Canonical and free of its account. */
  readonly document: OpenApiDocument;
  /** What its placeholders stood for. */
  readonly literals: readonly NamedLiteral[];
  readonly home: AccountHome;
  readonly dropped: readonly Dropped[];
}

/**
 * What API Gateway exported (OpenAPI 3.0 or Swagger 2.0, JSON or YAML) as the canonical document that lies in
 * `specs/`. A canonical document comes out as it went in.
 * @throws OpenApiError with everything that cannot be imported, by its JSON pointer
 */
export function importDocument(
  text: string,
  {
    source,
    names = {},
    knownNames = {},
    foreign = "refuse",
    isForComparison = false,
    ...given
  }: ImportOptions,
): ImportedDocument {
  const { kind, value } = parseExport(text, source);
  const openApi = kind === "swagger" ? convertSwagger(value) : value;
  const { home, problems: ties } = findHome(openApi, {
    ...given,
    // What is refused shows a wrong guess.
    mustBeSure: foreign === "keep" && !isForComparison,
  });
  refuseIfAny(ties, source);
  const { document, dropped } = dropParts(openApi);
  const keepsForeign = (kind: string, arn: string) =>
    foreign === "keep" || Object.hasOwn(knownNames[kind] ?? {}, arn);
  const foreigners = foreignProblems(document, { home, keepsForeign });
  const literals = collectLiterals(document, { home, keepsForeign });
  const { named, problems } = nameLiterals(
    literals,
    { given: names, known: knownNames },
    placeholdersOf(document),
  );
  if (problems.length > 0) refuseIfAny([...problems, ...foreigners], source);
  const nameByText = new Map(named.map(({ kind, text, placeholder }) => [`${kind} ${text}`, placeholder]));
  const replaced = replaceLiterals(document, {
    home,
    keepsForeign,
    nameOf: ({ kind, text }) => (nameByText.get(`${kind} ${text}`) ?? "").slice(kind.length + 1),
    buckets: bucketsOf(literals),
  });
  const foreignPlaces = new Set(foreigners.map(({ pointer }) => pointer));
  const others = leftOverProblems(replaced as OpenApiDocument, { original: document, home, named });
  refuseIfAny([...foreigners, ...others.filter(({ pointer }) => !foreignPlaces.has(pointer))], source);
  return { document: sortLists(replaced) as OpenApiDocument, literals: named, home, dropped };
}

function refuseIfAny(problems: readonly Problem[], source: string): void {
  if (problems.length > 0) throw new OpenApiError(`${source} cannot be imported`, problems);
}

/** Twice: names of buckets that show in one place are looked for in all others the second time. */
function collectLiterals(document: JsonObject, of: Pick<ReplaceOptions, "home" | "keepsForeign">): Literal[] {
  const found = new Map<string, Literal>();
  const nameOf = (literal: Literal) => {
    const key = `${literal.kind} ${literal.text}`;
    if (!found.has(key)) found.set(key, literal);
    return "found";
  };
  replaceLiterals(document, { ...of, nameOf, buckets: [] });
  // Of two that are called alike the document's own has the name without a number.
  const rank = ({ kind, owner }: Literal) => `${kind} ${owner === undefined ? 0 : 1}`;
  return [...found.values()].toSorted((a, b) => compare(rank(a), rank(b)) || compare(a.text, b.text));
}

function bucketsOf(literals: readonly Literal[]): string[] {
  return literals.filter(({ kind }) => kind === "bucket").map(({ text }) => text);
}

function placeholdersOf(document: JsonObject): ReadonlySet<string> {
  const placeholders = [...listPlaceholders(document as OpenApiDocument).keys()];
  return new Set(placeholders.map((name) => bindingOf(name).binding));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
