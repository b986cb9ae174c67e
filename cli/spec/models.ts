import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { domain as activeDomain } from "../../domain/domain.ts";
import type { Domain } from "../../domain/seam.ts";
import { formatDocument } from "../../openapi/format-document.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { parseDocument } from "../../openapi/parse-document.ts";
import { command } from "../command.ts";
import { type DomainDocument, domainDocuments } from "./models/domain-documents.ts";
import { updateDocument } from "./models/update-document.ts";
import { writeWhole } from "./write-document.ts";

const help = `usage: npm run spec -- models [--check]

Writes what the domain (domain/domain.ts) says into the two documents of its APIs in specs/. A document that is not there is
written as a whole. Of one that is there, only what the domain determines is replaced: the models of what is sent and of what
is stored, and what bodies the operations of the domain take. Everything else in it stays as its owner wants it, and a document
that already says all this is not touched.

  --check   writes nothing: lists what differs, by document and JSON pointer, and ends with 1 where something does`;

export const runModels = command({ help, options: { check: "flag" } }, ({ isSet }, { print }) => {
  const check = isSet("check");
  const results = writeModels(activeDomain, { folder: join(process.cwd(), "specs"), check });
  for (const line of results.flatMap((result) => describeResult(result, check))) print(line);
  return check && results.some(isDifferent) ? 1 : 0;
});

/** What a document was, compared with the domain. */
export interface ModelsResult {
  /** In `specs/`. */
  readonly file: string;
  readonly isNew: boolean;
  readonly changed: readonly string[];
  readonly withoutOperations: readonly string[];
}

/** Writes, or with `check` only compares, the documents of a domain in a folder. */
export function writeModels(
  domain: Domain,
  { folder, check }: { readonly folder: string; readonly check: boolean },
): ModelsResult[] {
  return domainDocuments(domain)
    .map((made) => ({ path: join(folder, made.file), ...compare(made, join(folder, made.file)) }))
    .map(({ path, document, ...result }) => {
      if (!check && isDifferent(result)) writeWhole(path, formatDocument(document));
      return result;
    });
}

/** @throws OpenApiError where the document that is there is none */
function compare(made: DomainDocument, path: string): ModelsResult & { readonly document: OpenApiDocument } {
  const { file, document } = made;
  if (!existsSync(path)) return { file, document, isNew: true, changed: [], withoutOperations: [] };
  const existing = parseDocument(readFileSync(path, "utf8"), `specs/${file}`);
  return { file, isNew: false, ...updateDocument(existing, made) };
}

function isDifferent({ isNew, changed }: ModelsResult): boolean {
  return isNew || changed.length > 0;
}

function describeResult(result: ModelsResult, check: boolean): string[] {
  const { isNew, changed, withoutOperations } = result;
  const file = `specs/${result.file}`;
  const notes = withoutOperations.map(
    (name) =>
      `${file}: has no ${name}, which the domain has. It is left so; to have the document made anew, delete it and run this again.`,
  );
  if (!isDifferent(result)) return [`${file} says what the domain does.`, ...notes];
  if (!check) return [`${file} is ${isNew ? "written" : "brought up to date"}.`, ...notes];
  const problems = isNew ? ["is missing"] : changed.map((pointer) => `${pointer} differs from the domain`);
  return [
    ...problems.map((problem) => `${file}: ${problem}`),
    `${file}: run npm run spec -- models, and look at what it changed.`,
    ...notes,
  ];
}
