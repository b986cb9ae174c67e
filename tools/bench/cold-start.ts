import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { unzipSync } from "fflate";
import { buildFunctionBundle } from "../../functions/build-bundle.ts";
import type { Benchmark } from "./measure.ts";
import { timeProcess } from "./processes.ts";

const folder = join(".cache", "bench", "functions");
const entries = ["api", "queue", "sweep"] as const;

const variables = {
  AWS_REGION: "eu-central-1",
  INTAKE_BUCKET: "intake",
  DOCUMENTS_BUCKET: "documents",
  TABLE_NAME: "proposals",
  MAX_PAYLOAD_BYTES: "10485760",
  SUBMISSION_RETENTION_DAYS: "30",
  QUEUE_URL: "http://127.0.0.1/queue",
  UNPROCESSED_AFTER_MINUTES: "60",
  DOCUMENT_GRACE_DAYS: "7",
};

/** Loading each entry's code in a new process, against a handler that does nothing, and with the SDK left outside. */
export async function coldStart(): Promise<Benchmark> {
  await unpack();
  const start = (what: string, file: string) => ({
    what,
    measure: () => timeProcess(process.execPath, [join(folder, file)], variables),
  });
  const empty = "a handler that does nothing";
  return {
    title: "start of a function",
    unit: "ms",
    candidates: [
      start(empty, "empty.js"),
      ...entries.map((entry) => start(`${entry}.js`, `${entry}.js`)),
      start("queue.js, SDK not bundled", "external.js"),
    ],
    ratios: [
      ...entries.map((entry) => ({ of: `${entry}.js`, to: empty, target: 4.5 })),
      { of: "queue.js", to: "queue.js, SDK not bundled", target: 0.8 },
    ],
  };
}

/** The same for all functions: what is downloaded and read at a start. */
export async function bundleSize(): Promise<Benchmark> {
  const files = await unpack();
  const limits = { limit: 520, "limit, gzip": 160 };
  const sizes = Object.fromEntries(
    entries.flatMap((entry) => {
      const content = files[`${entry}.js`] ?? new Uint8Array();
      return [
        [`${entry}.js`, content.length / 1000],
        [`${entry}.js, gzip`, gzipSync(content).length / 1000],
      ];
    }),
  );
  return {
    title: "size of the functions' code",
    unit: "kB",
    runs: 1,
    candidates: Object.entries({ ...limits, ...sizes }).map(([what, value]) => ({
      what,
      measure: () => value,
    })),
    ratios: entries.flatMap((entry) => [
      { of: `${entry}.js`, to: "limit", target: 1 },
      { of: `${entry}.js, gzip`, to: "limit, gzip", target: 1 },
    ]),
  };
}

async function unpack(): Promise<Record<string, Uint8Array>> {
  mkdirSync(folder, { recursive: true });
  // Lambda's packages are CommonJS, whatever this project is.
  writeFileSync(join(folder, "package.json"), '{"type":"commonjs"}');
  writeFileSync(join(folder, "empty.js"), "exports.handler = async () => {};\n");
  const { path } = await buildFunctionBundle({ projectRoot: process.cwd() });
  const files = unzipSync(readFileSync(path));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  await build({
    entryPoints: ["functions/proposals/queue.ts"],
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    mainFields: ["module", "main"],
    external: ["@aws-sdk/*"],
    outfile: join(folder, "external.js"),
    logLevel: "silent",
  });
  return files;
}
