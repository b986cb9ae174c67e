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

Updates the OpenAPI documents of the domain's two APIs in specs/ from the domain (domain/domain.ts). If a document does not
exist, the command writes all of it. In an existing document it updates only the parts that come from the domain:

  models       of what senders send and of what is stored; it removes models that it wrote earlier and nothing needs
  operations   their request bodies, and that each requires the caller and has the caller in every key
  plain files  adds their operations if the domain has plainFiles, and removes them if not

It keeps everything else, and does not touch a document that matches the domain.

  --check   writes nothing: lists each difference by document and JSON pointer, and exits with 1 if there is one`;

export const runModels = command({ help, options: { check: "flag" } }, ({ isSet }, { print }) => {
  const check = isSet("check");
  const results = writeModels(activeDomain, { folder: join(process.cwd(), "specs"), check });
  for (const line of results.flatMap((result) => describeResult(result, check))) print(line);
  return check && results.some(isDifferent) ? 1 : 0;
});

/** How a document differed from the domain. */
export interface ModelsResult {
  /** In `specs/`. */
  readonly file: string;
  readonly isNew: boolean;
  readonly changes: readonly Change[];
  readonly withoutOperations: readonly string[];
}

/**
 * Writes the documents of a domain in a folder, or only compares them if `check` is set.
 * @throws OpenApiError if an existing file is not an OpenAPI document, and UserError if it is one of another key
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

/** API Gateway allows one parameter name at one place of a path: it would refuse a document with the old and the new key. */
function expectKey({ paths }: OpenApiDocument, { file, path: record }: DomainDocument, key: string): void {
  const collection = record.slice(0, record.indexOf("{") + 1);
  const other = Object.keys(paths).find(
    (path) => path.startsWith(collection) && path !== record && !path.startsWith(`${record}/`),
  );
  if (other === undefined) return;
  throw new UserError(
    `specs/${file}: ${jsonPointer("paths", other)} uses another key: the key of the domain is "${key}". The command can't change the key of an existing document. Delete the document, run npm run spec -- models, and copy your own changes back from git diff.`,
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
  missing: "is added",
  different: "is replaced",
  "left over": "is removed",
} as const satisfies Record<Change["is"], string>;

function describeResult(result: ModelsResult, check: boolean): string[] {
  const { isNew, changes, withoutOperations } = result;
  const file = `specs/${result.file}`;
  const notes = withoutOperations.map(
    (name) =>
      `${file}: does not have the domain's operation ${name}, and the command does not add it. If you need it, delete the document, run npm run spec -- models, and copy your own changes back from git diff.`,
  );
  if (!isDifferent(result)) return [`${file} matches the domain.`, ...notes];
  const words = check ? FOUND : DONE;
  const lines = changes.map(({ pointer, is }) => `${file}: ${pointer} ${words[is]}`);
  if (!check) return [`${file} is ${isNew ? "written" : "updated"}.`, ...lines, ...notes];
  return [
    ...(isNew ? [`${file}: is missing`] : lines),
    `${file}: run npm run spec -- models, then check the changes with git diff.`,
    ...notes,
  ];
}
