// Runs a TypeScript entry of this project, e.g. `node tools/run.mjs main.ts`: bundled by esbuild, which is kept
// under .cache/ until a source changes. Much faster than a loader that compiles file by file.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// Every entry finds the project's files from its working directory, wherever it was called from.
process.chdir(root);

/**
 * @typedef {{ output: string, inputs: Record<string, string> }} Manifest
 */

/** @param {string} file */
const hash = (file) =>
  createHash("sha256")
    .update(readFileSync(join(root, file)))
    .digest("hex");

/**
 * @param {string} entry
 * @returns {Promise<string>} path of an ES module that is up to date with the sources
 */
async function bundled(entry) {
  const cache = join(root, ".cache", "run");
  const manifestFile = join(cache, `${basename(entry)}.json`);
  const output = upToDate(manifestFile) ?? (await bundle(entry, cache, manifestFile));
  return join(cache, output);
}

/** @param {string} manifestFile */
function upToDate(manifestFile) {
  if (!existsSync(manifestFile)) {
    return undefined;
  }
  /** @type {Manifest} */
  const { output, inputs } = JSON.parse(readFileSync(manifestFile, "utf8"));
  const unchanged = Object.entries(inputs).every(
    ([file, was]) => existsSync(join(root, file)) && hash(file) === was,
  );
  return unchanged && existsSync(join(dirname(manifestFile), output)) ? output : undefined;
}

/**
 * @param {string} entry
 * @param {string} cache
 * @param {string} manifestFile
 */
async function bundle(entry, cache, manifestFile) {
  const { build } = await import("esbuild");
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    outfile: join(cache, `${basename(entry, ".ts")}.mjs`),
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  // Named by content: an instance that still runs keeps its own file.
  const output = `${basename(entry, ".ts")}-${createHash("sha256").update(code).digest("hex").slice(0, 16)}.mjs`;
  const inputs = Object.keys(metafile.inputs).concat("tools/run.mjs", "package-lock.json");
  mkdirSync(cache, { recursive: true });
  write(join(cache, output), code);
  write(
    manifestFile,
    JSON.stringify({ output, inputs: Object.fromEntries(inputs.map((file) => [file, hash(file)])) }),
  );
  return output;
}

/**
 * @param {string} file
 * @param {string | Uint8Array} content
 */
function write(file, content) {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}

/** @param {unknown} error */
function report(error) {
  // Errors with a code of our own are for the reader; anything else is a bug and needs its stack.
  const expected =
    error instanceof Error && "code" in error && /^(?!ERR_)[A-Z]+_[A-Z_]+$/.test(String(error.code));
  console.error(expected ? error.message : error);
  process.exitCode = 1;
}

const [entry, ...rest] = process.argv.slice(2);
if (!entry) {
  console.error("usage: node tools/run.mjs <entry.ts> [argument …]");
  process.exitCode = 2;
} else {
  try {
    const file = await bundled(entry);
    process.argv.splice(1, process.argv.length, file, ...rest);
    await import(pathToFileURL(file).href);
  } catch (error) {
    report(error);
  }
}
