import type { VectorResult } from "./run-folder.ts";
import { type Confidence, confidences } from "./vector.ts";

export interface Count {
  readonly passed: number;
  readonly total: number;
}

/** How many of an area's cases pass, all together and by how AWS's behaviour is known. */
export interface AreaCoverage extends Count {
  /** The file, without its ending. */
  readonly area: string;
  readonly byConfidence: Readonly<Record<Confidence, Count>>;
}

export function coverageOf(results: readonly VectorResult[]): AreaCoverage[] {
  const files = [...new Set(results.map(({ file }) => file))];
  return files.map((file) =>
    coverage(
      file.replace(/\.json$/, ""),
      results.filter((each) => each.file === file),
    ),
  );
}

/** The same for all of them. */
export function totalOf(results: readonly VectorResult[]): AreaCoverage {
  return coverage("all", results);
}

function coverage(area: string, results: readonly VectorResult[]): AreaCoverage {
  const of = (confidence: Confidence) => countOf(results.filter((each) => each.confidence === confidence));
  const [recorded, documented, derived] = confidences;
  return {
    area,
    ...countOf(results),
    byConfidence: { [recorded]: of(recorded), [documented]: of(documented), [derived]: of(derived) },
  };
}

function countOf(results: readonly VectorResult[]): Count {
  return {
    passed: results.filter(({ differences }) => differences.length === 0).length,
    total: results.length,
  };
}

/** A table for people: an area in each line, with a total in the last. */
export function formatCoverage(areas: readonly AreaCoverage[]): string {
  const rows = areas.map(({ area, byConfidence, ...count }) => [
    area,
    ...[count, ...confidences.map((confidence) => byConfidence[confidence])].map(format),
  ]);
  const table = [["area", "passed", ...confidences], ...rows];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function format({ passed, total }: Count): string {
  return total === 0 ? "-" : `${passed}/${total}`;
}
