import { describe, expect, it } from "vitest";
import { ratio } from "../../../cli/bench/compare.ts";
import type { Benchmark } from "../../../cli/bench/measure.ts";
import { type Benchmarks, runBenchmarks } from "../../../cli/bench/run-benchmarks.ts";

describe(runBenchmarks, () => {
  it("prints each table and all of them as JSON", async () => {
    const { output, printed } = record();

    const exitCode = await runBenchmarks({ good: async () => benchmark(1) }, ["good"], output);

    expect(exitCode).toBe(0);
    expect(printed.errors).toEqual([]);
    expect(printed.lines[0]).toBe("\na benchmark (ms)");
    expect(printed.tables).toEqual([
      [
        { what: "ours", median: 1, min: 1, max: 1 },
        { what: "floor", median: 1, min: 1, max: 1 },
      ],
      [{ comparison: "ours / floor", median: 1, min: 1, max: 1, target: 1.35, met: "met" }],
    ]);
    expect(JSON.parse(printed.lines.at(-1) ?? "")).toMatchObject({
      node: process.version,
      results: [{ title: "a benchmark", runs: 9, comparisons: [{ median: 1, target: 1.35, met: true }] }],
      notMeasured: {},
      refused: {},
    });
  });

  it("ends well where a target is missed, and says so", async () => {
    const { output, printed } = record();

    const exitCode = await runBenchmarks({ slow: async () => benchmark(1.4) }, ["slow"], output);

    expect(exitCode).toBe(0);
    expect(printed.tables[1]).toMatchObject([{ median: 1.4, target: 1.35, met: "missed" }]);
    expect(JSON.parse(printed.lines.at(-1) ?? "").results[0].comparisons[0].met).toBe(false);
  });

  it("fails where numbers cannot be right, reports none of them, and goes on", async () => {
    const { output, printed } = record();
    const benchmarks: Benchmarks = {
      wrong: async () => benchmark(0.2),
      good: async () => ({ ...benchmark(1), title: "another" }),
    };

    const exitCode = await runBenchmarks(benchmarks, ["wrong", "good"], output);

    expect(exitCode).toBe(1);
    expect(printed.errors).toEqual([
      "\nwrong is not reported, because its numbers cannot be right:\n" +
        '"ours / floor" is 0.2. It cannot be below 0.5: ours does more.',
      "Not reported, see above: wrong.",
    ]);
    expect(printed.tables).toHaveLength(2);
    const { results, refused } = JSON.parse(printed.lines.at(-1) ?? "");
    expect(results.map(({ title }: { title: string }) => title)).toEqual(["another"]);
    expect(refused).toEqual({ wrong: expect.stringContaining("cannot be below 0.5") });
  });

  it("says also in JSON what this machine cannot measure", async () => {
    const { output, printed } = record();
    const benchmarks: Benchmarks = { proxy: async () => ({ notMeasured: "there is no HAProxy." }) };

    const exitCode = await runBenchmarks(benchmarks, ["proxy"], output);

    expect(exitCode).toBe(0);
    expect(printed.lines[0]).toBe("\nproxy is not measured: there is no HAProxy.");
    expect(JSON.parse(printed.lines.at(-1) ?? "")).toMatchObject({
      results: [],
      notMeasured: { proxy: "there is no HAProxy." },
    });
  });

  it("starts those alone that were asked for, and stops each, also when it is refused", async () => {
    const { output } = record();
    const seen: string[] = [];
    const noted = (name: string, value: number) => async () => {
      seen.push(`start ${name}`);
      return {
        ...benchmark(value),
        stop: async () => {
          seen.push(`stop ${name}`);
        },
      };
    };

    await runBenchmarks({ a: noted("a", 0), b: noted("b", 1), c: noted("c", 1) }, ["c", "a"], output);

    expect(seen).toEqual(["start a", "stop a", "start c", "stop c"]);
  });

  it("does not take a bug for a wrong number", async () => {
    const { output } = record();
    const benchmarks: Benchmarks = { broken: () => Promise.reject(new TypeError("a bug")) };

    await expect(runBenchmarks(benchmarks, ["broken"], output)).rejects.toThrow(new TypeError("a bug"));
  });
});

function benchmark(ours: number): Benchmark {
  const least = { value: 0.5, because: "ours does more" };
  return {
    title: "a benchmark",
    unit: "ms",
    candidates: [
      { what: "ours", measure: () => ours },
      { what: "floor", measure: () => 1 },
    ],
    comparisons: [ratio("ours", "floor", { target: 1.35, least })],
  };
}

function record() {
  const printed = { lines: [] as string[], tables: [] as unknown[], errors: [] as string[] };
  const output = {
    log: (line: string) => printed.lines.push(line),
    table: (table: unknown) => printed.tables.push(table),
    error: (line: string) => printed.errors.push(line),
  };
  return { output, printed };
}
