import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { BuildOptions } from "esbuild";
import { OLDEST_NODE_OF_FUNCTIONS } from "../contract/aws-provider-versions.ts";

export interface BuildFunctionBundleOptions {
  /** The folder that holds `functions/` and what it imports, `package-lock.json` and `node_modules/`. */
  readonly projectRoot: string;
  /** Where bundles are kept; `.cache/functions` of the project by default. */
  readonly cacheDirectory?: string;
}

/** A zip for AWS Lambda with the handlers `api.handler`, `queue.handler`, `sweep.handler` and `notify.handler`. */
export interface FunctionBundle {
  readonly path: string;
  readonly sha256Base64: string;
  readonly sizeBytes: number;
}

/** Handlers by the name of their file in the bundle. */
const entries = {
  api: "functions/ingestion/api.ts",
  queue: "functions/ingestion/queue.ts",
  sweep: "functions/ingestion/sweep.ts",
  notify: "functions/notifier/notify.ts",
} as const;

/** How each handler becomes one file; `npm run bench` builds another one by it, to compare. */
export const handlerBuildOptions = {
  bundle: true,
  minify: true,
  platform: "node",
  format: "cjs",
  target: `node${OLDEST_NODE_OF_FUNCTIONS}`,
  // The SDK's ES modules can be shaken: its CommonJS files start 1.4 times slower.
  mainFields: ["module", "main"],
  // Resolved from the project's folder.
  alias: { "@aws-sdk/credential-provider-node": "./functions/lambda-credentials.ts" },
  // Whatever tsconfig.json says, which esbuild would look for by itself, is no input of the bundle.
  tsconfigRaw: "{}",
  // Modules are strict, and CommonJS is not unless it says so.
  banner: { js: '"use strict";' },
  legalComments: "none",
  charset: "utf8",
  write: false,
  logLevel: "silent",
} satisfies BuildOptions;

/**
 * Builds the bundle, or finds the one that was built of the same inputs. The same inputs give the same
 * bytes in every folder, so that unchanged sources plan no change.
 */
export async function buildFunctionBundle(options: BuildFunctionBundleOptions): Promise<FunctionBundle> {
  const { projectRoot, cacheDirectory = join(projectRoot, ".cache", "functions") } = options;
  // A folder of its own: the file's name gets into the configuration and must not change with every comment.
  const path = join(cacheDirectory, await hashInputs(projectRoot), "functions.zip");
  const zip = (await readKept(path)) ?? (await keep(path, await buildZip(projectRoot)));
  return {
    path,
    sha256Base64: createHash("sha256").update(zip).digest("base64"),
    sizeBytes: zip.length,
  };
}

/** Over the contents of everything that the bundle is made of; installed packages are what the lock file says. */
async function hashInputs(projectRoot: string): Promise<string> {
  const sources = await Promise.all(
    ["contract", "domain", "functions"].map(async (room) => {
      const names = await readdir(join(projectRoot, room), { recursive: true });
      return names.map((name) => `${room}/${name.replaceAll("\\", "/")}`);
    }),
  );
  const files = sources
    .flat()
    .filter((name) => name.endsWith(".ts"))
    .toSorted();
  const hash = createHash("sha256").update(JSON.stringify([entries, handlerBuildOptions]));
  for (const file of [...files, "package-lock.json", "node_modules/esbuild/package.json"]) {
    const content = await readFile(join(projectRoot, file));
    hash.update(`\0${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 32);
}

async function readKept(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

/** By renaming, so that no other process ever reads half a bundle. */
async function keep(path: string, zip: Uint8Array): Promise<Uint8Array> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, zip);
  await rename(temporary, path);
  return zip;
}

/** Imports its tools itself: unchanged sources need neither. */
async function buildZip(projectRoot: string): Promise<Uint8Array> {
  const [{ build }, { zipSync }] = await Promise.all([import("esbuild"), import("fflate")]);
  const { outputFiles } = await build({
    ...handlerBuildOptions,
    absWorkingDir: projectRoot,
    entryPoints: { ...entries },
    outdir: ".",
  });
  const contents = Object.keys(entries).map((entry) => {
    const output = outputFiles.find(({ path }) => basename(path) === `${entry}.js`);
    if (!output) {
      throw new Error(`esbuild gave no output for the entry ${entry}`);
    }
    return [`${entry}.js`, output.contents] as const;
  });
  return zipSync(Object.fromEntries(contents), {
    level: 9,
    // Times in zips are local, so this one is the same everywhere.
    mtime: new Date(1980, 0, 1),
    // Unix, a regular file that everyone may read.
    os: 3,
    attrs: (0o100644 << 16) >>> 0,
  });
}
