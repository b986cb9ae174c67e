import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { cpus } from "node:os";

const RUNS = 9;

interface Row {
  readonly what: string;
  /** Whole-process wall times in milliseconds. */
  readonly milliseconds: number[];
  /** Largest acceptable ratio to the floor, `node -e 0` in the same run. */
  readonly target?: number;
}

interface Candidate {
  readonly what: string;
  readonly target?: number;
  readonly prepare?: () => void;
  readonly command: readonly [string, ...string[]];
}

function forget(...caches: string[]): void {
  for (const cache of caches) {
    rmSync(cache, { recursive: true, force: true });
  }
}

const app = ["tools/run.mjs", "main.ts"];

const candidates: Candidate[] = [
  { what: "node -e 0 (floor)", command: [process.execPath, "-e", "0"] },
  {
    what: "app, bundled and run, functions built",
    target: 20,
    prepare: () => forget(".cache/run"),
    command: [process.execPath, ...app],
  },
  { what: "app, unchanged sources", command: [process.execPath, ...app] },
  { what: "npm run synth, unchanged sources", target: 25, command: ["npm", "run", "--silent", "synth"] },
  {
    what: "npm run synth, cold",
    target: 50,
    prepare: () => forget(".cache", "cdktf.out"),
    command: ["npm", "run", "--silent", "synth"],
  },
];

// NODE_EXTRA_CA_CERTS costs Node 20 about 60 ms at every start.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;

function time({ prepare, command: [file, ...args] }: Candidate): number {
  prepare?.();
  const start = process.hrtime.bigint();
  execFileSync(file, args, { stdio: "ignore", env });
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** Every candidate in turn, so that a slow moment of the machine strikes all of them. */
function measure(): Row[] {
  const rows = candidates.map(
    ({ what, target }): Row => ({ what, milliseconds: [], ...(target && { target }) }),
  );
  for (let run = 0; run <= RUNS; run += 1) {
    process.stderr.write(`\rrun ${run} of ${RUNS}`);
    for (const [index, candidate] of candidates.entries()) {
      const elapsed = time(candidate);
      // The first run only warms the file cache.
      if (run > 0) {
        rows[index]?.milliseconds.push(elapsed);
      }
    }
  }
  process.stderr.write("\n");
  return rows;
}

const sorted = (values: number[]) => values.toSorted((left, right) => left - right);
const median = (values: number[]) => sorted(values)[Math.floor(values.length / 2)] ?? Number.NaN;

const rows = measure();
const floor = median(rows[0]?.milliseconds ?? []);
const results = rows.map(({ what, milliseconds, target }) => ({
  what,
  medianMs: Math.round(median(milliseconds)),
  minMs: Math.round(Math.min(...milliseconds)),
  maxMs: Math.round(Math.max(...milliseconds)),
  timesFloor: Math.round((median(milliseconds) / floor) * 10) / 10,
  target: target ?? null,
}));
console.table(results);
console.log(JSON.stringify({ node: process.version, cpus: cpus().length, runs: RUNS, results }));
