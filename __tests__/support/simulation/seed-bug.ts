import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { IsolatedModules } from "../callers/isolated-stack.ts";
import type { UseCases } from "./erasure-world.ts";
import type { FunctionModules } from "./simulated-system.ts";

/** A change of one place of the functions' source. */
export interface SeededBug {
  /** From `functions/ingestion/`. */
  readonly file: string;
  /** Has to be there exactly once. */
  readonly right: string;
  readonly wrong: string;
}

const source = resolve("functions", "ingestion");
const folder = resolve(".cache", "seeded-bugs");

const entry = `
export { createApiHandler } from "./api/api-handler.ts";
export { createQueueHandler } from "./queue/queue-handler.ts";
export { createSweepHandler } from "./sweep/sweep-handler.ts";
export { createDocumentStore } from "./stores/document-store.ts";
export { createDocumentVersions } from "./stores/document-versions.ts";
export { createIntakeStore } from "./stores/intake-store.ts";
export { createRecordStore } from "./stores/record-store.ts";
export { deleteRecord } from "./delete-record.ts";
export { ingest } from "./ingest.ts";
export { removeDocuments } from "./sweep/remove-documents.ts";
`;

/** The functions' code with a bug. */
export async function loadWithBug(
  name: string,
  { file, right, wrong }: SeededBug,
): Promise<FunctionModules & IsolatedModules & UseCases> {
  await mkdir(folder, { recursive: true });
  const outfile = join(folder, `${name.replaceAll(/\W+/g, "-")}.mjs`);
  let changed = false;
  await build({
    stdin: { contents: entry, resolveDir: source, loader: "ts" },
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    outfile,
    logLevel: "silent",
    plugins: [
      {
        name: "seeded-bug",
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, async ({ path }) => {
            const contents = await readFile(path, "utf8");
            if (path !== join(source, file)) {
              return { contents, loader: "ts" };
            }
            if (contents.split(right).length !== 2) {
              throw new Error(`${file} has "${right}" ${contents.split(right).length - 1} times`);
            }
            changed = true;
            return { contents: contents.replace(right, () => wrong), loader: "ts" };
          });
        },
      },
    ],
  });
  if (!changed) {
    throw new Error(`${file} is no part of the functions`);
  }
  // Each build is another module, also in a process that loaded an earlier one.
  return import(`${pathToFileURL(outfile).href}?${Date.now()}`);
}
