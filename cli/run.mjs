// Runs a TypeScript entry of this project, e.g. `node cli/run.mjs main.ts`: calls its `main` with the arguments and ends
// with the exit code that it gives. The entry is bundled by esbuild into one file, which is kept under .cache/ until a source
// or an installed package changes: much faster than a loader that finds and compiles file by file.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const { ppid: startedBy } = process;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
// Every entry finds the project's files from its working directory, wherever it was called from.
process.chdir(root);

// The SDK's advice to move on from Node.js 20 is for this project, not for its users.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

/**
 * What a bundle was made of: SHA-256 of each input by its path.
 * @typedef {{ output: string, inputs: Record<string, string> }} Manifest
 */

/** @param {string} file */
const hash = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");

/**
 * @param {string} entry
 * @returns {Promise<string>} path of an ES module that is up to date with the sources
 */
async function bundled(entry) {
  const manifestFile = join(".cache", "run", `${basename(entry)}.json`);
  const kept = existsSync(manifestFile)
    ? /** @type {Manifest} */ (JSON.parse(readFileSync(manifestFile, "utf8")))
    : undefined;
  if (kept && isUpToDate(kept)) {
    return kept.output;
  }
  const { output, inputs } = await bundle(entry, dirname(manifestFile));
  const temporary = `${manifestFile}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify({ output, inputs }));
  renameSync(temporary, manifestFile);
  if (kept && kept.output !== output) {
    rmSync(kept.output, { force: true });
  }
  return output;
}

/** @param {Manifest} manifest */
function isUpToDate({ output, inputs }) {
  return (
    existsSync(output) &&
    Object.entries(inputs).every(([file, was]) => existsSync(file) && hash(file) === was)
  );
}

/**
 * @param {string} entry
 * @param {string} outdir
 * @returns {Promise<Manifest>}
 */
async function bundle(entry, outdir) {
  const { metafile } = await withoutTokens(() => runEsbuild(entry, outdir));
  const sources = Object.keys(metafile.inputs).filter((file) => !file.startsWith("node_modules/"));
  // npm rewrites the last one whenever it installs something, which stands for all packages.
  const inputs = [...sources, "cli/run.mjs", join("node_modules", ".package-lock.json")];
  return {
    output: Object.keys(metafile.outputs)[0] ?? "",
    inputs: Object.fromEntries(inputs.map((file) => [file, hash(file)])),
  };
}

/**
 * Takes what opens Terraform Enterprise or the APIs out of the environment meanwhile: esbuild starts a process, which inherits it.
 * @template T
 * @param {() => Promise<T>} work
 */
async function withoutTokens(work) {
  const tokens = Object.entries(process.env).filter(([name]) =>
    /^(TFE_TOKEN|TF_TOKEN_.*|VERIFY_(TOKEN|CERTIFICATE|KEY))$/.test(name),
  );
  for (const [name] of tokens) delete process.env[name];
  try {
    return await work();
  } finally {
    Object.assign(process.env, Object.fromEntries(tokens));
  }
}

/**
 * @param {string} entry
 * @param {string} outdir
 */
async function runEsbuild(entry, outdir) {
  const { build, stop } = await import("esbuild");
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    // They find their own binaries beside themselves.
    external: ["esbuild", "dynalite"],
    platform: "node",
    format: "esm",
    target: "node20",
    // The packages inside are CommonJS and call `require` for what Node.js itself provides.
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
    },
    outdir,
    entryNames: "[name]-[hash]",
    outExtension: { ".js": ".mjs" },
    metafile: true,
    logLevel: "silent",
  });
  // Its process would stay as long as this one.
  await stop();
  return result;
}

const [entry, ...rest] = process.argv.slice(2);
if (!entry) {
  console.error("usage: node cli/run.mjs <entry.ts> [argument …]");
  process.exitCode = 2;
} else {
  try {
    const file = await bundled(entry);
    process.argv.splice(1, process.argv.length, file, ...rest);
    // npm was ended meanwhile, and has told nobody but its shell.
    if (process.env["npm_lifecycle_event"] !== undefined && process.ppid !== startedBy) process.exit(143);
    const { main } = await import(pathToFileURL(join(root, file)).href);
    process.exitCode = await main(rest);
  } catch (error) {
    // Sources that don't compile are the reader's to mend; anything else is a bug and needs its stack.
    const isOfSources = error instanceof Error && "errors" in error && "warnings" in error;
    // What is wrong with the domain is known before any command begins.
    const isForReader = error instanceof Error && error.name === "UserError";
    console.error(isOfSources || isForReader ? error.message : error);
    process.exitCode = 1;
  }
}
