import { describe, expect, it } from "vitest";
import { UserError } from "../../../contract/user-error.ts";
import { matchesFilter } from "../../../emulator/cloudwatch/filter-pattern.ts";
import { evaluateMetricMath } from "../../../emulator/cloudwatch/metric-math.ts";
import { MetricStore } from "../../../emulator/cloudwatch/metric-store.ts";

const metrics = new Map<string, number | undefined>([
  ["a", 6],
  ["b", 4],
  ["zero", 0],
  ["none", undefined],
]);

describe(evaluateMetricMath, () => {
  it.each<[string, number | undefined]>([
    ["a", 6],
    ["a + b * 2", 14],
    ["(a + b) * 2", 20],
    ["a - b - 1", 1],
    ["100 * b / (a + b)", 40],
    ["a / zero", undefined],
    ["a + none", undefined],
    ["FILL(none, 2) + a", 8],
    ["FILL(a, 2)", 6],
    ["IF(a > b, 1, 2)", 1],
    ["IF(a <= b, 1, 2)", 2],
    ["IF(none > 0, 1, 2)", undefined],
    ["IF(zero, 1, 2)", 2],
    ["a >= 6", 1],
    ["a != 6", 0],
    ["1.5 * a", 9],
  ])("reads %s", (expression, value) => {
    expect(evaluateMetricMath(expression, metrics)).toBe(value);
  });

  it.each(["a +", "c", "a b", "SUM(a)", "FILL(a)", "a ? b", "(a", ""])("refuses %j", (expression) => {
    expect(() => evaluateMetricMath(expression, metrics)).toThrow(UserError);
  });
});

describe(matchesFilter, () => {
  const entry = { status: "413", bytes: 12, record: { metrics: { used: 5 } } };

  it.each([
    ['{ $.status = "413" }', true],
    ['{ $.status = "4*" }', true],
    ['{ ($.status = "4*") && ($.status != "404") }', true],
    ['{ ($.status = "4*") && ($.status != "413") }', false],
    ['{ $.status = "5*" }', false],
    ["{ $.bytes = 12 }", true],
    ["{ $.bytes != 12 }", false],
    ["{ $.record.metrics.used = 5 }", true],
    ['{ $.none != "a" }', false],
    ["{ $.status = 413 }", false],
  ])("reads %s", (pattern, matches) => {
    expect(matchesFilter(pattern, entry)).toBe(matches);
  });

  it.each(["ERROR", '{ $.a = "b" || $.c = "d" }', "{ $.a > 1 }"])("refuses %j", (pattern) => {
    expect(() => matchesFilter(pattern, entry)).toThrow(UserError);
  });
});

describe(MetricStore, () => {
  it("keeps metrics apart by their dimensions, in whatever order", () => {
    const store = new MetricStore();
    const identity = { namespace: "N", metricName: "m", dimensions: { a: "1", b: "2" } };
    for (const value of [3, 1, 2]) store.add(identity, value);

    const turned = { ...identity, dimensions: { b: "2", a: "1" } };
    const statistics = ["Sum", "Average", "Minimum", "Maximum", "SampleCount", "p50", "p99"];
    expect(statistics.map((stat) => store.statistic(turned, stat))).toEqual([6, 2, 1, 3, 3, 2, 3]);
    expect(store.statistic({ ...identity, dimensions: {} }, "Sum")).toBeUndefined();
    expect(() => store.statistic(identity, "tm99")).toThrow("tm99");
  });
});
