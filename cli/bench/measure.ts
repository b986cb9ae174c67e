import { UserError } from "../../contract/user-error.ts";
import type { Comparison } from "./compare.ts";

/** Something to measure, again and again: its value in the benchmark's unit. */
export interface Candidate {
  readonly what: string;
  /** @throws UserError where what was measured did something else than it should */
  measure(): number | Promise<number>;
}

export interface Benchmark {
  readonly title: string;
  /** `ms`, `MB` or `kB`. */
  readonly unit: string;
  readonly candidates: readonly Candidate[];
  readonly comparisons: readonly Comparison[];
  /** What is the same however often it is measured. */
  readonly isConstant?: boolean;
  /** Ends what was started to be measured. */
  stop?(): Promise<void>;
}

interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Result {
  readonly title: string;
  readonly unit: string;
  readonly runs: number;
  readonly rows: readonly ({ readonly what: string } & Spread)[];
  readonly comparisons: readonly ({
    readonly comparison: string;
    readonly target: number | null;
    readonly met: boolean | null;
  } & Spread)[];
}

const defaultRuns = 9;

type Turn = ReadonlyMap<string, number>;

/**
 * Measures every candidate in turn, so that a slow moment of the machine strikes all of them; a first turn only warms
 * up. What is compared is of the same turn.
 * @throws UserError with everything that cannot be right
 */
export async function run(benchmark: Benchmark): Promise<Result> {
  const { title, unit, candidates, comparisons } = benchmark;
  const runs = benchmark.isConstant ? 1 : defaultRuns;
  const turns: Turn[] = [];
  for (let turn = benchmark.isConstant ? 1 : 0; turn <= runs; turn += 1) {
    showProgress(`${title}: run ${turn} of ${runs} `);
    const values = await measureAll(candidates);
    if (turn > 0) turns.push(values);
  }
  showProgress("");
  const result: Result = {
    title,
    unit,
    runs,
    rows: candidates.map(({ what }) => ({ what, ...spread(turns.map((turn) => valueIn(turn, what))) })),
    comparisons: comparisons.map(({ what, of, target = null }) => {
      const values = spread(turns.map((turn) => of((candidate) => valueIn(turn, candidate))));
      return { comparison: what, ...values, target, met: target === null ? null : values.median <= target };
    }),
  };
  const problems = [...findWrongValues(turns, unit), ...findWrongComparisons(result, comparisons)];
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  return result;
}

async function measureAll(candidates: readonly Candidate[]): Promise<Turn> {
  const values = new Map<string, number>();
  for (const { what, measure } of candidates) {
    if (values.has(what)) throw new Error(`Two candidates are called "${what}".`);
    values.set(what, await measure());
  }
  return values;
}

function valueIn(turn: Turn, what: string): number {
  const value = turn.get(what);
  if (value === undefined) throw new Error(`There is no candidate "${what}" to compare.`);
  return value;
}

/** Nothing that is measured here takes no time or has no size. */
function findWrongValues(turns: readonly Turn[], unit: string): string[] {
  const wrong = turns
    .flatMap((turn) => [...turn])
    .filter(([, value]) => !(value > 0 && Number.isFinite(value)))
    .map(([what, value]) => `"${what}" is ${value} ${unit}. It must be above 0.`);
  return [...new Set(wrong)];
}

function findWrongComparisons({ comparisons }: Result, wanted: readonly Comparison[]): string[] {
  return comparisons.flatMap(({ comparison, median }, index) => {
    if (!Number.isFinite(median)) return [`"${comparison}" is ${median}. It must be a number.`];
    const least = wanted[index]?.least;
    if (least === undefined || median >= least.value) return [];
    return [`"${comparison}" is ${round(median)}. It cannot be below ${least.value}: ${least.because}.`];
  });
}

export function print(
  { title, unit, rows, comparisons }: Result,
  output: Pick<Console, "log" | "table">,
): void {
  output.log(`\n${title} (${unit})`);
  output.table(rows.map((row) => ({ ...row, ...rounded(row) })));
  output.table(
    comparisons.map((comparison) => ({
      ...comparison,
      ...rounded(comparison),
      met: comparison.met === null ? "" : comparison.met ? "met" : "missed",
    })),
  );
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return { median: at(Math.floor(sorted.length / 2)), min: at(0), max: at(sorted.length - 1) };
}

function rounded({ median, min, max }: Spread): Spread {
  return { median: round(median), min: round(min), max: round(max) };
}

/** Three digits tell all that a measurement here can. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}

/** One line that is written again and again, for whoever sits before it. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text}`);
}
