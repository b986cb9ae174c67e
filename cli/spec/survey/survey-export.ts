import { stringify as toYaml } from "yaml";
import { formatDocument } from "../../../openapi/format-document.ts";
import { convertSwagger } from "../../../openapi/import/convert-swagger.ts";
import { type ImportedDocument, importDocument } from "../../../openapi/import/import-document.ts";
import { type ApiExport, parseExport } from "../../../openapi/import/parse-export.ts";
import type { JsonObject } from "../../../openapi/json.ts";
import { type LintProblem, lintDocument } from "../../../openapi/lint-document.ts";
import { OpenApiError } from "../../../openapi/openapi-error.ts";
import { differenceWhenBound } from "./bound-back.ts";
import { type LeftLiteral, leftLiterals } from "./left-literals.ts";
import { nestsTooDeeply } from "./nests-too-deeply.ts";

/** Numbers of findings, by their rules. */
export type Counts = Readonly<Record<string, number>>;

export type Survey = { readonly file: string } & (
  | { readonly outcome: "refused"; readonly reason: string; readonly problems: number }
  /** A bug of the import, not a fault of the file. */
  | { readonly outcome: "broken"; readonly reason: string }
  | {
      readonly outcome: "imported";
      readonly left: readonly LeftLiteral[];
      /** The place where the document differs from its export, after its placeholders got their old values. */
      readonly difference?: string;
      readonly isIdempotent: boolean;
      readonly isSameInYaml: boolean;
      readonly errors: Counts;
      readonly warnings: Counts;
    }
);

/** The functions under survey; tests replace them with wrong ones. */
export interface Surveyed {
  readonly importDocument: (text: string, options: { readonly source: string }) => ImportedDocument;
  readonly lintDocument: (document: ImportedDocument["document"]) => readonly LintProblem[];
}

/** The result of import and lint for one text. */
export function surveyExport(
  file: string,
  text: string,
  surveyed: Surveyed = { importDocument, lintDocument },
): Survey {
  const parsed = parse(text, file);
  if ("reason" in parsed) return { file, outcome: "refused", ...parsed };
  try {
    return { file, outcome: "imported", ...judge(parsed, text, file, surveyed) };
  } catch (error) {
    if (error instanceof OpenApiError) return { file, outcome: "refused", ...refusal(error) };
    return { file, outcome: "broken", reason: error instanceof Error ? error.name : "unknown" };
  }
}

type Refusal = { readonly reason: string; readonly problems: number };

/** A parser's message shows the text, which may have a secret: it is not printed. */
function parse(text: string, file: string): ApiExport | Refusal {
  if (nestsTooDeeply(text)) return { reason: "is nested too deeply", problems: 1 };
  try {
    return parseExport(text, file);
  } catch (error) {
    if (!(error instanceof OpenApiError)) return { reason: "is neither JSON nor YAML", problems: 1 };
    const { problems } = error;
    const rule = problems[0]?.rule;
    if (rule === "export-shape") return refusal(error);
    return { reason: `is neither valid JSON nor valid YAML [${rule}]`, problems: problems.length };
  }
}

/** Messages quote texts of the export: the quotes are left out. */
function refusal({ problems }: OpenApiError): Refusal {
  const [first] = problems;
  const [line = ""] = (first?.message ?? "").split("\n");
  const message = line.replace(/"[^"]*"/g, '"…"').replace(/arn:[^\s,;]+|\d{9,}/g, "…");
  return {
    reason: `${first?.pointer || "(document)"}: ${message} [${first?.rule}]`,
    problems: problems.length,
  };
}

function judge(parsed: ApiExport, text: string, file: string, { importDocument, lintDocument }: Surveyed) {
  const source = file;
  const imported = importDocument(text, { source });
  const canonical = formatDocument(imported.document);
  const again = (form: string) => formatDocument(importDocument(form, { source }).document) === canonical;
  const original = parsed.kind === "swagger" ? convertSwagger(parsed.value) : parsed.value;
  const difference = differenceOf(() => differenceWhenBound(original, imported));
  const findings = lintDocument(imported.document);
  return {
    left: leftLiterals(imported.document),
    ...(difference !== undefined && { difference }),
    isIdempotent: holds(() => again(canonical)),
    isSameInYaml: holds(() => [asYaml(parsed.value), JSON.stringify(parsed.value)].every(again)),
    errors: countRules(findings, "error"),
    warnings: countRules(findings, "warning"),
  };
}

/** In quotes: the package folds long texts, and one with a line that begins with spaces would change. */
function asYaml(value: JsonObject): string {
  return toYaml(value, {
    defaultStringType: "QUOTE_DOUBLE",
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  });
}

/** If a document cannot be bound, or its other form is refused, the import is wrong; the file is not refused. */
function differenceOf(ask: () => string | undefined): string | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof OpenApiError) return error.problems[0]?.pointer || "(document)";
    throw error;
  }
}

function holds(ask: () => boolean): boolean {
  try {
    return ask();
  } catch (error) {
    if (error instanceof OpenApiError) return false;
    throw error;
  }
}

function countRules(findings: readonly LintProblem[], wanted: LintProblem["severity"]): Counts {
  const counts: Record<string, number> = {};
  for (const { rule, severity } of findings) {
    if (severity === wanted) counts[rule] = (counts[rule] ?? 0) + 1;
  }
  return counts;
}
