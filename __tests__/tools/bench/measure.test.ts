import { describe, expect, it } from "vitest";
import { added, type Comparison, itself, ratio } from "../../../cli/bench/compare.ts";
import { type Benchmark, type Candidate, run } from "../../../cli/bench/measure.ts";
import { timed } from "../../../cli/bench/timed.ts";
import { UserError } from "../../../contract/user-error.ts";

describe(run, () => {
  it("measures in turn, warms up once, and gives median, minimum and maximum of nine", async () => {
    const order: string[] = [];
    const first = [1000, 9, 1, 8, 2, 7, 3, 6, 4, 5];
    const second = [1000, 90, 10, 80, 20, 70, 30, 60, 40, 50];
    const noted = (what: string, values: number[]): Candidate => ({
      what,
      measure: () => {
        order.push(what);
        return values.shift() ?? Number.NaN;
      },
    });

    const result = await run(benchmark([noted("a", first), noted("b", second)], []));

    expect(order).toEqual(Array.from({ length: 10 }, () => ["a", "b"]).flat());
    expect(result.runs).toBe(9);
    expect(result.rows).toEqual([
      { what: "a", median: 5, min: 1, max: 9 },
      { what: "b", median: 50, min: 10, max: 90 },
    ]);
  });

  it("compares what was measured in the same turn", async () => {
    const slowMachine = [1, 1, 1, 1, 1, 4, 4, 4, 4, 4];
    const ours = series(
      "ours",
      slowMachine.map((factor) => factor * 3),
    );
    const floor = series(
      "floor",
      slowMachine.map((factor) => factor * 2),
    );

    const { comparisons } = await run(benchmark([ours, floor], [ratio("ours", "floor")]));

    expect(comparisons).toEqual([
      { comparison: "ours / floor", median: 1.5, min: 1.5, max: 1.5, target: null, met: null },
    ]);
  });

  it("reports a missed target as a result", async () => {
    const comparisons = [
      ratio("ours", "floor", { target: 2 }),
      ratio("ours", "floor", { target: 1.9 }),
      added("ours", "floor", { per: 5, by: "MB", target: 2 }),
      itself("ours", { target: 20 }),
    ];

    const result = await run(benchmark([always("ours", 20), always("floor", 10)], comparisons));

    expect(result.comparisons.map(({ comparison, median, met }) => [comparison, median, met])).toEqual([
      ["ours / floor", 2, true],
      ["ours / floor", 2, false],
      ["(ours - floor), per MB", 2, true],
      ["ours", 20, true],
    ]);
  });

  it.each([
    ["nothing", 0],
    ["less than nothing", -0.1],
    ["no number", Number.NaN],
    ["no end", Number.POSITIVE_INFINITY],
  ])("refuses what takes %s", async (_, value) => {
    const failed = run(benchmark([always("floor", 1), always("ours", value)], []));

    await expect(failed).rejects.toThrow(UserError);
    await expect(failed).rejects.toThrow(`"ours" is ${value} ms. It must be above 0.`);
  });

  it("refuses a single wrong value among right ones", async () => {
    const once = series("ours", [1, 1, 1, 1, 0, 1, 1, 1, 1, 1]);

    await expect(run(benchmark([once], []))).rejects.toThrow('"ours" is 0 ms. It must be above 0.');
  });

  it("refuses a comparison below what can be, and says why", async () => {
    const least = { value: 1, because: "it does the same and more" };
    const measured = (value: number) =>
      run(benchmark([always("ours", value), always("floor", 10)], [ratio("ours", "floor", { least })]));

    await expect(measured(10)).resolves.toMatchObject({ comparisons: [{ median: 1 }] });
    await expect(measured(9)).rejects.toThrow(
      '"ours / floor" is 0.9. It cannot be below 1: it does the same and more.',
    );
  });

  it("lets no candidate hide another, and none be missing", async () => {
    const twice = run(benchmark([always("ours", 1), always("ours", 2)], []));
    const missing = run(benchmark([always("ours", 1)], [ratio("ours", "flor")]));

    await expect(twice).rejects.toThrow('Two candidates are called "ours".');
    await expect(missing).rejects.toThrow('There is no candidate "flor" to compare.');
  });
});

describe(timed, () => {
  it("gives the time of work that has done what it is measured for", async () => {
    const seen: string[] = [];
    const { measure } = timed({
      what: "ours",
      before: () => seen.push("before"),
      work: () => seen.push("work"),
      problemOf: () => undefined,
    });

    expect(await measure()).toBeGreaterThan(0);
    expect(seen).toEqual(["before", "work"]);
  });

  it("refuses the time of work that has done something else", async () => {
    const { measure } = timed({
      what: "ours",
      before: () => {},
      work: async () => "nothing",
      problemOf: (given) => (given === "all" ? undefined : `did ${given}.`),
    });

    await expect(measure()).rejects.toThrow(new UserError('"ours": did nothing.'));
  });
});

function benchmark(candidates: readonly Candidate[], comparisons: readonly Comparison[]): Benchmark {
  return { title: "a benchmark", unit: "ms", candidates, comparisons };
}

function always(what: string, value: number): Candidate {
  return { what, measure: () => value };
}

/** One value for each turn, that of the warm-up first. */
function series(what: string, values: readonly number[]): Candidate {
  const left = [...values];
  return { what, measure: () => left.shift() ?? Number.NaN };
}
