import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ratio } from "./compare.ts";
import type { Benchmark } from "./measure.ts";
import { canTellPeak } from "./peak-memory.ts";
import { benchFolder, bundleScript, outputOf } from "./processes.ts";
import type { NotMeasured } from "./run-benchmarks.ts";
import { createPayload, plain, project, ways } from "./ways.ts";

/** How many bytes a way adds to the peak of its process. */
type MeasurePeak = (way: string) => Promise<number>;

/** Extra peak memory of a process that has one payload, by the way in which it reads it. */
export async function memory(
  measurePeak?: MeasurePeak,
  isMeasurable = canTellPeak(),
): Promise<Benchmark | NotMeasured> {
  if (!isMeasurable) {
    return { notMeasured: "the peak of a process is read from VmHWM in /proc/self/status, as Linux has it." };
  }
  const { bytes, document } = createPayload();
  const peakOf = measurePeak ?? (await inOwnProcess(bytes));
  const wholePayload = "the payload";
  const decoded = "the decoded document";
  return {
    title: "extra peak memory for a payload of 9.5 MB",
    unit: "MB",
    candidates: [
      { what: wholePayload, measure: () => bytes.length / 1e6 },
      { what: decoded, measure: () => document.length / 1e6 },
      ...Object.keys(ways).map((way) => ({ what: way, measure: async () => (await peakOf(way)) / 1e6 })),
    ],
    comparisons: [
      ratio(project, decoded, {
        target: 2.5,
        least: { value: 1, because: "it holds the document when it ends" },
      }),
      ratio(plain, wholePayload, {
        least: { value: 1, because: "the text that is parsed alone is as large as the payload" },
      }),
    ],
  };
}

async function inOwnProcess(payload: Buffer): Promise<MeasurePeak> {
  const script = await bundleScript("cli/bench/memory-process.ts");
  const file = join(benchFolder, "payload.json");
  writeFileSync(file, payload);
  return async (way) => Number(await outputOf([script, file, way]));
}
