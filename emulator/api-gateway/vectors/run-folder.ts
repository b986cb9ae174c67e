import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../../contract/user-error.ts";
import type { Difference } from "./compare.ts";
import { runVector } from "./run-vector.ts";
import { type Vector, vectorFileSchema } from "./vector.ts";

export interface VectorResult {
  readonly file: string;
  readonly name: string;
  readonly differences: readonly Difference[];
}

/**
 * The vectors of every `*.json` file of a folder.
 * @throws UserError if there is no such folder, no such file in it, or one is no file of vectors
 */
export async function readVectors(folder: string): Promise<{ file: string; vector: Vector }[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new UserError(`The folder "${folder}" cannot be read. Name a folder of vectors.`, { cause });
  });
  const files = names.filter((name) => name.endsWith(".json")).sort();
  if (files.length === 0) throw new UserError(`The folder "${folder}" holds no *.json file of vectors.`);
  const read = await Promise.all(
    files.map(async (file) => ({ file, text: await readFile(join(folder, file), "utf8") })),
  );
  return read.flatMap(({ file, text }) => parseVectors(file, text).map((vector) => ({ file, vector })));
}

function parseVectors(file: string, text: string): readonly Vector[] {
  try {
    return vectorFileSchema.parse(JSON.parse(text)).cases;
  } catch (cause) {
    const problem = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new UserError(`${file} is no file of vectors:\n${problem}`, { cause });
  }
}

/** Runs vectors one after the other. One that cannot be run differs, and does not keep the others from running. */
export async function* runVectors(
  vectors: readonly { readonly file: string; readonly vector: Vector }[],
): AsyncGenerator<VectorResult> {
  for (const { file, vector } of vectors) {
    const differences = await runVector(vector).catch((error: unknown) => [`it cannot be run: ${error}`]);
    yield { file, name: vector.name, differences };
  }
}
