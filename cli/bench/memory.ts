import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ratio } from "./compare.ts";
import { createPayload, type LargePayload } from "./large-payload.ts";
import type { Benchmark } from "./measure.ts";
import { manyDocuments, ofMany } from "./payload.ts";
import { canTellPeak } from "./peak-memory.ts";
import { benchFolder, bundleScript, outputOf } from "./processes.ts";
import type { NotMeasured } from "./run-benchmarks.ts";
import { plain, project, ways } from "./ways.ts";

/** How many bytes a way adds to the peak of its process that has a payload of so many documents. */
type MeasurePeak = (way: string, documents: number) => Promise<number>;

/** Extra peak memory of a process that has one payload, by the way in which it reads it. */
export async function memory(
  measurePeak?: MeasurePeak,
  isMeasurable = canTellPeak(),
): Promise<Benchmark | NotMeasured> {
  if (!isMeasurable) {
    return {
      notMeasured: "the peak of a process is read from VmHWM in /proc/self/status, which only Linux has.",
    };
  }
  const one = createPayload();
  const peakOf = measurePeak ?? (await inOwnProcess([one, createPayload(manyDocuments)]));
  const wholePayload = "the payload";
  const decoded = "the decoded document";
  const decodedBytes = one.documents.reduce((sum, { length }) => sum + length, 0);
  const peak = (what: string, way: string, documents: number) => ({
    what,
    measure: async () => (await peakOf(way, documents)) / 1e6,
  });
  return {
    title: "extra peak memory for a payload of 9.5 MB",
    unit: "MB",
    candidates: [
      { what: wholePayload, measure: () => one.bytes.length / 1e6 },
      { what: decoded, measure: () => decodedBytes / 1e6 },
      ...Object.keys(ways).map((way) => peak(way, way, 1)),
      peak(ofMany(project), project, manyDocuments),
    ],
    comparisons: [
      ratio(project, decoded, {
        target: 2.5,
        least: { value: 1, because: "it holds the document when it ends" },
      }),
      ratio(plain, wholePayload, {
        least: { value: 1, because: "the text that is parsed alone is as large as the payload" },
      }),
      ratio(ofMany(project), project, { target: 1.15 }),
    ],
  };
}

async function inOwnProcess(payloads: readonly LargePayload[]): Promise<MeasurePeak> {
  const script = await bundleScript("cli/bench/memory-process.ts");
  const fileOf = (documents: number) => join(benchFolder, `payload-of-${documents}.json`);
  for (const { bytes, documents } of payloads) writeFileSync(fileOf(documents.length), bytes);
  return async (way, documents) => Number(await outputOf([script, fileOf(documents), way]));
}
