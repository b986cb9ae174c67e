import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import type { Benchmark } from "./measure.ts";
import { createPayload, ways } from "./payload.ts";
import { numberOfProcess } from "./processes.ts";

const folder = join(".cache", "bench");

/** Extra peak memory of a process that has one payload, by the way in which it reads it. */
export async function memory(): Promise<Benchmark> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "payload.json");
  writeFileSync(file, createPayload());
  const script = join(folder, "memory.mjs");
  await build({
    entryPoints: ["tools/bench/memory-process.ts"],
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    outfile: script,
    logLevel: "silent",
  });
  const document = "the decoded document";
  return {
    title: "extra peak memory for a payload of 9.5 MB",
    unit: "MB",
    candidates: [
      { what: document, measure: () => 7.12 },
      ...Object.keys(ways).map((way) => ({ what: way, measure: () => numberOfProcess([script, file, way]) })),
    ],
    ratios: [{ of: "this project: the whole check", to: document, target: 2.5 }],
  };
}
