import type { Counts, Survey } from "./survey-export.ts";

export interface Totals {
  readonly files: number;
  readonly imported: number;
  readonly refused: number;
  /** Files whose import was wrong. */
  readonly wrong: number;
  readonly errors: Counts;
  readonly warnings: Counts;
}

/** Whether an import was wrong, whatever the export. A refused export and lint findings are correct results. */
export function isWrong(survey: Survey): boolean {
  if (survey.outcome !== "imported") return survey.outcome === "broken";
  const { left, difference, isIdempotent, isSameInYaml } = survey;
  return left.length > 0 || difference !== undefined || !isIdempotent || !isSameInYaml;
}

export function totalsOf(surveys: readonly Survey[]): Totals {
  const imported = surveys.filter((survey) => survey.outcome === "imported");
  return {
    files: surveys.length,
    imported: imported.length,
    refused: surveys.filter(({ outcome }) => outcome === "refused").length,
    wrong: surveys.filter(isWrong).length,
    errors: sumOf(imported.map(({ errors }) => errors)),
    warnings: sumOf(imported.map(({ warnings }) => warnings)),
  };
}

const heading = [
  "| export | import | literals left | equal when bound | idempotent | JSON = YAML | lint errors | lint warnings |",
  "| --- | --- | --- | --- | --- | --- | --- | --- |",
];

/** A table in Markdown, then the reasons for everything that is wrong or refused, then the totals. */
export function formatSurvey(surveys: readonly Survey[]): string[] {
  const reasons = surveys.flatMap(reasonsOf);
  const { files, imported, refused, wrong, errors, warnings } = totalsOf(surveys);
  return [
    ...heading,
    ...surveys.map((survey) => `| ${cellsOf(survey).map(escapeCell).join(" | ")} |`),
    "",
    ...reasons,
    ...(reasons.length > 0 ? [""] : []),
    `Files: ${files}. Imported: ${imported}, refused: ${refused}, wrong: ${wrong}.`,
    `Lint errors: ${formatCounts(errors)}. Lint warnings: ${formatCounts(warnings)}.`,
  ];
}

function cellsOf(survey: Survey): string[] {
  if (survey.outcome !== "imported") return [survey.file, survey.outcome, ...Array(6).fill("")];
  const { left, difference, isIdempotent, isSameInYaml, errors, warnings } = survey;
  const yes = (value: boolean) => (value ? "yes" : "NO");
  return [
    survey.file,
    "imported",
    left.length === 0 ? "0" : `${left.length} LEFT`,
    yes(difference === undefined),
    yes(isIdempotent),
    yes(isSameInYaml),
    formatCounts(errors),
    formatCounts(warnings),
  ];
}

function reasonsOf(survey: Survey): string[] {
  const { file } = survey;
  if (survey.outcome === "broken") return [`${file}: the import failed with the error ${survey.reason}`];
  if (survey.outcome === "refused") {
    const more = survey.problems > 1 ? ` and ${survey.problems - 1} more` : "";
    return [`${file}: refused, ${survey.reason}${more}`];
  }
  return [
    ...survey.left.map(({ what, pointer }) => `${file}: ${what} is left at ${pointer}`),
    ...(survey.difference === undefined
      ? []
      : [`${file}: the bound document differs from the export at ${survey.difference}`]),
  ];
}

function sumOf(all: readonly Counts[]): Counts {
  const sum: Record<string, number> = {};
  for (const [rule, count] of all.flatMap((counts) => Object.entries(counts))) {
    sum[rule] = (sum[rule] ?? 0) + count;
  }
  return sum;
}

function formatCounts(counts: Counts): string {
  const entries = Object.entries(counts).toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return entries.length === 0 ? "0" : entries.map(([rule, count]) => `${count} ${rule}`).join(", ");
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|");
}
