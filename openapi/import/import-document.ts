import { isJsonObject, type Json, type JsonObject } from "../json.ts";
import { walk } from "../json-pointer.ts";
import { literalKinds } from "../literal-kinds.ts";
import type { OpenApiDocument, Problem } from "../openapi-document.ts";
import { OpenApiError } from "../openapi-error.ts";
import { bindingOf } from "../placeholder-parts.ts";
import { listPlaceholders } from "../placeholders.ts";
import { accountLiteral, connectionLiteral, regionLiteral } from "../rules/account-literals.ts";
import { placeholderForm } from "../rules/canonical-form.ts";
import type { AccountHome } from "./account-home.ts";
import { convertSwagger } from "./convert-swagger.ts";
import { type Dropped, dropParts } from "./drop-parts.ts";
import { findHome } from "./find-home.ts";
import { foreignProblems } from "./foreign-problems.ts";
import type { Literal, ReplaceOptions } from "./literals/literal.ts";
import { type GivenNames, type NamedLiteral, nameLiterals } from "./name-literals.ts";
import { parseExport } from "./parse-export.ts";
import { replaceLiterals } from "./replace-literals.ts";

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
  { source, names = {}, knownNames = {}, foreign = "refuse", ...given }: ImportOptions,
): ImportedDocument {
  const { kind, value } = parseExport(text, source);
  const openApi = kind === "swagger" ? convertSwagger(value) : value;
  const { home, problems: ties } = findHome(openApi, given);
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
  const others = unclassified(replaced as OpenApiDocument).filter(
    ({ pointer }) => !foreignPlaces.has(pointer),
  );
  refuseIfAny([...foreigners, ...others], source);
  return { document: sortLists(replaced) as OpenApiDocument, literals: named, home, dropped };
}

function refuseIfAny(problems: readonly Problem[], source: string): void {
  if (problems.length > 0) throw new OpenApiError(`${source} can't be imported`, problems);
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

/** What may belong to one account and is not known well enough to be replaced. */
function unclassified(document: OpenApiDocument): Problem[] {
  const rules = [placeholderForm, accountLiteral, regionLiteral, connectionLiteral];
  const left = rules.flatMap(({ id, check }) => check(document).map((finding) => ({ rule: id, ...finding })));
  const fromStage = ({ rule, message }: Problem) =>
    rule === "connection-literal" && message.includes("${stageVariables.");
  return [
    ...left.filter((problem) => !fromStage(problem)),
    ...hiddenLiterals(document),
    ...unknownKinds(document),
  ];
}

const plainNames: ReadonlySet<string> = new Set(["account", "partition", "region"]);

/** A text of the API's own that looks like a placeholder could never be bound. */
function unknownKinds(document: OpenApiDocument): Problem[] {
  return [...listPlaceholders(document)].flatMap(([name, pointers]) => {
    const [kind, ...names] = bindingOf(name).binding.split(".");
    const isKnown = names.length === 1 ? literalKinds.some((known) => known === kind) : plainNames.has(name);
    if (isKnown) return [];
    const message = `"{{${name}}}" looks like a placeholder of an unknown kind; write it otherwise`;
    return pointers.map((pointer) => ({ rule: "placeholder-kind", pointer, message }));
  });
}

function hiddenLiterals(document: OpenApiDocument): Problem[] {
  return [...walk(document)].flatMap(({ pointer, segments, value }) => {
    const inExtension = segments.some((segment) => String(segment).startsWith("x-amazon-"));
    if (typeof value !== "string" || !inExtension) return [];
    const literal = /arn%3Aaws[a-z-]*%3A[^\s"'&]*/i.exec(value)?.[0] ?? hostOfAccount(value);
    if (literal === undefined) return [];
    const message = `"${literal}" names an account or region; write a placeholder there, or remove it`;
    return [{ rule: "account-literal", pointer, message }];
  });
}

/** A host of AWS that is more than a service's name, and what placeholders stand for. */
function hostOfAccount(text: string): string | undefined {
  return text.match(/[A-Za-z0-9._{}-]+\.amazonaws\.com/g)?.find((host) => {
    const labels = host
      .replace(/\{\{[^{}]*\}\}/g, "")
      .split(".")
      .slice(0, -2)
      .filter((label) => label !== "" && label !== "dualstack");
    return labels.length > 1;
  });
}

/** Lists whose order means nothing, in one order: API Gateway exports them now so, now so. */
function sortLists(value: Json, key = ""): Json {
  if (Array.isArray(value)) {
    const entries = value.map((entry) => sortLists(entry));
    if (key === "parameters") return entries.toSorted((a, b) => compare(parameterRank(a), parameterRank(b)));
    return sortedLists.has(key) && entries.every((entry) => typeof entry === "string")
      ? entries.toSorted((a, b) => compare(String(a), String(b)))
      : entries;
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, sortLists(entry, name)]));
}

const sortedLists = new Set(["cacheKeyParameters", "x-amazon-apigateway-binary-media-types", "providerARNs"]);

/** Path, query, header, and by name within. */
function parameterRank(parameter: Json): string {
  if (!isJsonObject(parameter)) return "";
  const places = ["path", "query", "header"];
  return `${places.indexOf(String(parameter["in"])) + 1} ${parameter["in"]} ${parameter["name"] ?? parameter["$ref"]}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
