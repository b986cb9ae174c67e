import type { ImportOptions } from "../../../openapi/import/import-document.ts";
import { lintDocument } from "../../../openapi/lint-document.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { parseDocument } from "../../../openapi/parse-document.ts";
import { displayPath } from "../../caller-files.ts";
import { formatFindings } from "../format-findings.ts";
import type { FileChange } from "../write-files.ts";

/** The export still has what was mended in the document since: to write it again would undo that. */
export function undoneMending(
  { path, before, after }: FileChange,
  imported: OpenApiDocument,
  { source }: Pick<ImportOptions, "source">,
): string[] {
  if (before === undefined || before === after) return [];
  const name = displayPath(path);
  const present = new Set(errorsOf(parseDocument(before, name)).map(keyOf));
  const back = errorsOf(imported).filter((error) => !present.has(keyOf(error)));
  if (back.length === 0) return [];
  return [
    [
      `${name} has none of these errors, and ${source} would put them into it:`,
      ...formatFindings(back).map((line) => `  ${line}`),
      `See what else is new (npm run spec -- diff ${name} ${source}) and write it into the document, or replace the document with --overwrite and mend it again.`,
    ].join("\n"),
  ];
}

const errorsOf = (document: OpenApiDocument) =>
  lintDocument(document).filter(({ severity }) => severity === "error");

const keyOf = ({ rule, pointer }: { readonly rule: string; readonly pointer: string }) =>
  `${rule} ${pointer}`;
