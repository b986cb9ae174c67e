import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { collectProblems, throwProblems, UserError } from "../../contract/user-error.ts";
import { domain as activeDomain } from "../../domain/domain.ts";
import type { Domain } from "../../domain/seam.ts";
import { formatDocument } from "../../openapi/format-document.ts";
import { jsonPointer } from "../../openapi/json-pointer.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { parseDocument } from "../../openapi/parse-document.ts";
import { command } from "../command.ts";
import type { Change } from "./models/change.ts";
import { type DomainDocument, domainDocuments } from "./models/domain-documents.ts";
import { updateDocument } from "./models/update-document.ts";
import { readFileChange, writeFiles } from "./write-files.ts";

const help = `usage: npm run spec -- models [--check]

Updates the OpenAPI documents of the domain's two APIs in specs/ from the domain (domain/domain.ts). It writes a missing
document as a whole. In an existing document it updates only the parts that come from the domain: the models of requests and
records, the request bodies of the domain's operations, and the header that names the caller. It adds or removes the
operations for plain files, as the domain requires, and removes models that it wrote and that nothing uses now. It does not
change the rest of the document.

  --check   writes nothing. Lists each difference by document and JSON pointer; the exit code is 1 if there is one`;

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
  readonly changes: readonly Change[];
  readonly withoutOperations: readonly string[];
}

/**
 * Writes, or with `check` only compares, the documents of a domain in a folder.
 * @throws OpenApiError where a document that is there is none, and UserError where it is that of another key
 */
export function writeModels(
  domain: Domain,
  { folder, check }: { readonly folder: string; readonly check: boolean },
): ModelsResult[] {
  const { results, problems } = collectProblems(domainDocuments(domain), (made) => {
    const path = join(folder, made.file);
    return { path, ...compare(made, path, domain.key) };
  });
  throwProblems(problems);
  return results.map(({ path, document, ...result }) => {
    if (!check && isDifferent(result)) writeFiles([readFileChange(path, formatDocument(document))]);
    return result;
  });
}

function compare(
  made: DomainDocument,
  path: string,
  key: string,
): ModelsResult & { readonly document: OpenApiDocument } {
  const { file, document } = made;
  if (!existsSync(path)) return { file, document, isNew: true, changes: [], withoutOperations: [] };
  const existing = parseDocument(readFileSync(path, "utf8"), `specs/${file}`);
  expectKey(existing, made, key);
  return { file, isNew: false, ...updateDocument(existing, made) };
}

/** API Gateway has one parameter at a place of a path: with the new key beside the old one, it would refuse the document. */
function expectKey({ paths }: OpenApiDocument, { file, path: record }: DomainDocument, key: string): void {
  const collection = record.slice(0, record.indexOf("{") + 1);
  const other = Object.keys(paths).find(
    (path) => path.startsWith(collection) && path !== record && !path.startsWith(`${record}/`),
  );
  if (other === undefined) return;
  throw new UserError(
    `specs/${file}: ${jsonPointer("paths", other)} does not fit the domain, whose key is "${key}". A new key changes where data is stored. Delete the document and run npm run spec -- models, which writes a new one. Then copy your own changes from git diff.`,
  );
}

function isDifferent({ isNew, changes }: ModelsResult): boolean {
  return isNew || changes.length > 0;
}

const FOUND = {
  missing: "is missing",
  different: "differs from the domain",
  "left over": "is not in the domain",
} as const satisfies Record<Change["is"], string>;
const DONE = {
  missing: "was added",
  different: "was replaced",
  "left over": "was removed",
} as const satisfies Record<Change["is"], string>;

function describeResult(result: ModelsResult, check: boolean): string[] {
  const { isNew, changes, withoutOperations } = result;
  const file = `specs/${result.file}`;
  const notes = withoutOperations.map(
    (name) =>
      `${file}: has no operation ${name}, which the domain has. The command does not add it. To get it, delete the document, run npm run spec -- models, and copy your own changes from git diff.`,
  );
  if (!isDifferent(result)) return [`${file} is up to date.`, ...notes];
  const words = check ? FOUND : DONE;
  const lines = changes.map(({ pointer, is }) => `${file}: ${pointer} ${words[is]}`);
  if (!check) return [`${file} was ${isNew ? "written" : "updated"}.`, ...lines, ...notes];
  return [
    ...(isNew ? [`${file}: is missing`] : lines),
    `${file}: run npm run spec -- models, and review the changes.`,
    ...notes,
  ];
}
