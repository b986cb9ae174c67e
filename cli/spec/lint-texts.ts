import type { RegisteredEnvironments } from "../../env/schema.ts";
import { formatDocument } from "../../openapi/format-document.ts";
import { fixDocument, type LintProblem, lintDocument } from "../../openapi/lint-document.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { OpenApiError } from "../../openapi/openapi-error.ts";
import { parseDocument } from "../../openapi/parse-document.ts";
import { askEnvironments } from "./environment-variables.ts";

/** A document as it lies in a file. */
export interface DocumentText {
  readonly file: string;
  readonly text: string;
}

export interface LintedText {
  readonly file: string;
  readonly problems: readonly LintProblem[];
}

/** The findings of a text. A text that is not a document has findings too, so that the next one is still checked. */
export function lintText({ file, text }: DocumentText, registered: RegisteredEnvironments): LintedText {
  const read = readText({ file, text });
  if (!("document" in read)) return { file, problems: read.problems };
  const { document } = read;
  const problems = askEnvironments(lintDocument(document), { document, file, registered });
  return { file, problems: [...problems, ...formatProblems(document, text)] };
}

/** The text with every finding corrected that has only one correction. A text that is not a document is not changed. */
export function fixText(given: DocumentText): DocumentText {
  const read = readText(given);
  return "document" in read ? { ...given, text: formatDocument(fixDocument(read.document)) } : given;
}

function readText({ file, text }: DocumentText): { document: OpenApiDocument } | { problems: LintProblem[] } {
  try {
    return { document: parseDocument(text, file) };
  } catch (error) {
    if (!(error instanceof OpenApiError)) throw error;
    return { problems: error.problems.map((problem) => ({ ...problem, severity: "error" })) };
  }
}

/** Each document has exactly one text, so that files differ only if their documents do. */
function formatProblems(document: OpenApiDocument, text: string): LintProblem[] {
  if (formatDocument(document) === text) return [];
  const message =
    "the order of keys or the white space differs from what import writes; run npm run spec -- lint --fix";
  return [{ rule: "document-format", severity: "warning", pointer: "", message }];
}
