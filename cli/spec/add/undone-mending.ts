import type { ImportOptions } from "../../../openapi/import/import-document.ts";
import { lintDocument } from "../../../openapi/lint-document.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { parseDocument } from "../../../openapi/parse-document.ts";
import { displayPath } from "../../caller-files.ts";
import { formatFindings } from "../format-findings.ts";
import type { FileChange } from "../write-files.ts";

/** The export still has errors that were corrected in the document: to write it again would bring them back. */
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
      `${name} does not have these errors. To write ${source} over it would bring them back:`,
      ...formatFindings(back).map((line) => `  ${line}`),
      `See what is new in the export with npm run spec -- diff ${name} ${source}, and write that into the document by hand. Or replace the document with --overwrite, and correct it again.`,
    ].join("\n"),
  ];
}

const errorsOf = (document: OpenApiDocument) =>
  lintDocument(document).filter(({ severity }) => severity === "error");

const keyOf = ({ rule, pointer }: { readonly rule: string; readonly pointer: string }) =>
  `${rule} ${pointer}`;
