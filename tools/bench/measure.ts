import { cpus } from "node:os";

/** Something to measure, again and again: its value in the benchmark's unit. */
export interface Candidate {
  readonly what: string;
  measure(): number | Promise<number>;
}

/** A ratio of two candidates' medians that has to stay below a target. */
export interface Ratio {
  readonly of: string;
  readonly to: string;
  readonly target?: number;
}

export interface Benchmark {
  readonly title: string;
  /** `ms`, `MB` or `kB`. */
  readonly unit: string;
  readonly candidates: readonly Candidate[];
  readonly ratios: readonly Ratio[];
  /** What is the same however often it is measured needs no more than one run. */
  readonly runs?: number;
}

export interface Result {
  readonly title: string;
  readonly unit: string;
  readonly rows: readonly { what: string; median: number; min: number; max: number }[];
  readonly ratios: readonly { ratio: string; value: number; target: number | null; met: boolean | null }[];
}

const defaultRuns = 9;

/** Every candidate in turn, so that a slow moment of the machine strikes all of them; a first turn only warms up. */
export async function run(benchmark: Benchmark): Promise<Result> {
  const { title, unit, candidates, runs = defaultRuns } = benchmark;
  const values = new Map<string, number[]>(candidates.map(({ what }) => [what, []]));
  for (let turn = runs > 1 ? 0 : 1; turn <= runs; turn += 1) {
    process.stderr.write(`\r${title}: run ${turn} of ${runs} `);
    for (const { what, measure } of candidates) {
      const value = await measure();
      if (turn > 0) values.get(what)?.push(value);
    }
  }
  process.stderr.write("\n");
  const medians = new Map([...values].map(([what, measured]) => [what, median(measured)]));
  return {
    title,
    unit,
    rows: [...values].map(([what, measured]) => ({
      what,
      median: round(median(measured)),
      min: round(Math.min(...measured)),
      max: round(Math.max(...measured)),
    })),
    ratios: benchmark.ratios.map(({ of, to, target }) => {
      const value = (medians.get(of) ?? Number.NaN) / (medians.get(to) ?? Number.NaN);
      return {
        ratio: `${of} / ${to}`,
        value: round(value),
        target: target ?? null,
        met: target === undefined ? null : value <= target,
      };
    }),
  };
}

export function print({ title, unit, rows, ratios }: Result): void {
  console.log(`\n${title} (${unit})`);
  console.table(rows);
  if (ratios.length > 0) console.table(ratios);
}

export function environment() {
  return { node: process.version, cpus: cpus().length, runs: defaultRuns };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Three digits tell all that a measurement here can. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}
