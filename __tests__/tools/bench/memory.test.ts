import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { run } from "../../../cli/bench/measure.ts";
import { memory } from "../../../cli/bench/memory.ts";
import { ofMany } from "../../../cli/bench/payload.ts";
import { canTellPeak, extraPeakBytes } from "../../../cli/bench/peak-memory.ts";
import { bundleScript, outputOf } from "../../../cli/bench/processes.ts";
import { plain, project } from "../../../cli/bench/ways.ts";

const isLinux = process.platform === "linux";

describe.runIf(isLinux)(extraPeakBytes, () => {
  it("sees what a child allocates beside a parent that is much larger", async () => {
    const script = await bundleScript("cli/bench/peak-memory.ts");
    const parents = Buffer.alloc(300_000_000, 1);

    const extra = await outputOf([
      "--input-type=module",
      "--eval",
      `import { extraPeakBytes } from "${pathToFileURL(resolve(script))}";
      process.stdout.write(String(extraPeakBytes(() => Buffer.alloc(40_000_000, 1))));`,
    ]);

    expect(parents).toHaveLength(300_000_000);
    expect(Number(extra)).toBeGreaterThan(38_000_000);
    expect(Number(extra)).toBeLessThan(60_000_000);
  });
});

describe(memory, () => {
  it.runIf(isLinux)("measures each way in a process of its own, with numbers that can be right", async () => {
    const benchmark = await memory();
    if ("notMeasured" in benchmark) throw new Error(benchmark.notMeasured);

    const values = new Map<string, number>();
    for (const { what, measure } of benchmark.candidates) values.set(what, await measure());

    expect(values.get("the payload")).toBeCloseTo(9.49, 1);
    expect(values.get("the decoded document")).toBeCloseTo(7.12, 2);
    expect(values.get(plain)).toBeGreaterThan(9.49);
    expect(values.get(project)).toBeGreaterThan(7.12);
    expect(values.get(ofMany(project))).toBeGreaterThan(7.12);
    expect(Math.max(...values.values())).toBeLessThan(100);
  });

  it.runIf(isLinux)("refuses to report where plain JSON.parse needs less than the payload", async () => {
    const benchmark = await memory(async () => 9_000_000);
    if ("notMeasured" in benchmark) throw new Error(benchmark.notMeasured);

    await expect(run(benchmark)).rejects.toThrow(
      /"JSON\.parse\(buffer\.toString\(\)\) \/ the payload" is 0\.948\. It cannot be below 1: the text/,
    );
  });

  it.runIf(isLinux)("holds the project to 2.5 times the document, which is measured", async () => {
    const benchmark = await memory(async (way) => (way === project ? 18_000_000 : 20_000_000));
    if ("notMeasured" in benchmark) throw new Error(benchmark.notMeasured);

    const { comparisons } = await run(benchmark);

    expect(comparisons[0]).toMatchObject({ target: 2.5, met: false });
    expect(comparisons[0]?.median).toBeCloseTo(18 / 7.12, 2);
  });

  it.runIf(isLinux)("holds the project to hardly more for many documents than for one", async () => {
    const benchmark = await memory(async (_way, documents) => (documents === 1 ? 20_000_000 : 24_000_000));
    if ("notMeasured" in benchmark) throw new Error(benchmark.notMeasured);

    const { comparisons } = await run(benchmark);

    expect(comparisons.at(-1)).toMatchObject({ target: 1.15, met: false });
    expect(comparisons.at(-1)?.median).toBeCloseTo(1.2, 2);
  });

  it("says that it is not measured where the system does not tell", async () => {
    const outcome = await memory(async () => 20_000_000, false);

    expect(canTellPeak()).toBe(isLinux);
    expect(outcome).toEqual({ notMeasured: expect.stringContaining("VmHWM in /proc/self/status") });
  });
});
