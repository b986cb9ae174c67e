import { rmSync } from "node:fs";
import type { Benchmark, Candidate } from "./measure.ts";
import { timeProcess } from "./processes.ts";

const floor = "node -e 0";
const app = ["tools/run.mjs", "main.ts"];

function candidate(what: string, file: string, args: readonly string[], prepare = () => {}): Candidate {
  return {
    what,
    measure() {
      prepare();
      return timeProcess(file, args);
    },
  };
}

function forget(...caches: string[]): () => void {
  return () => {
    for (const cache of caches) rmSync(cache, { recursive: true, force: true });
  };
}

/** From sources to the Terraform JSON of every environment. */
export const synth: Benchmark = {
  title: "synth of every environment",
  unit: "ms",
  candidates: [
    candidate(floor, process.execPath, ["-e", "0"]),
    candidate(
      "app, bundled and run, functions built",
      process.execPath,
      app,
      forget(".cache/run/main.ts.json"),
    ),
    candidate("app, unchanged sources", process.execPath, app),
    candidate("npm run synth, unchanged sources", "npm", ["run", "--silent", "synth"]),
    candidate(
      "npm run synth, cold",
      "npm",
      ["run", "--silent", "synth"],
      forget(".cache/run/main.ts.json", ".cache/functions", "cdktf.out"),
    ),
    candidate("npx cdktf synth", "npx", ["cdktf", "synth", "--quiet"]),
  ],
  ratios: [
    { of: "app, bundled and run, functions built", to: floor, target: 20 },
    { of: "npm run synth, unchanged sources", to: floor, target: 25 },
    { of: "npm run synth, cold", to: floor, target: 50 },
    { of: "npm run synth, unchanged sources", to: "npx cdktf synth", target: 0.3 },
  ],
};
