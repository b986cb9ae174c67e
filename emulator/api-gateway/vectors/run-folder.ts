import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../../contract/user-error.ts";
import { isJsonObject } from "../../../openapi/json.ts";
import type { Difference } from "./compare.ts";
import { runVector } from "./run-vector.ts";
import { type Confidence, confidences, type Vector, vectorFileSchema, vectorSchema } from "./vector.ts";

/** A case of a file; one that cannot be read is a case that fails. */
export interface VectorCase {
  readonly file: string;
  readonly name: string;
  /** Undefined where the case, or its whole file, does not say it. */
  readonly confidence: Confidence | undefined;
  readonly read: Vector | { readonly fault: string };
}

export interface VectorResult extends Omit<VectorCase, "read"> {
  readonly differences: readonly Difference[];
}

/**
 * The vectors of every `*.json` file of a folder.
 * @throws UserError if there is no such folder, or no such file in it
 */
export async function readVectors(folder: string): Promise<VectorCase[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new UserError(`The folder "${folder}" cannot be read. Name a folder of vectors.`, { cause });
  });
  const files = names.filter((name) => name.endsWith(".json")).sort();
  if (files.length === 0) throw new UserError(`The folder "${folder}" has no *.json file of vectors.`);
  const read = await Promise.all(files.map((file) => casesOf(folder, file)));
  return read.flat();
}

async function casesOf(folder: string, file: string): Promise<VectorCase[]> {
  try {
    const { cases } = vectorFileSchema.parse(JSON.parse(await readFile(join(folder, file), "utf8")));
    return cases.map((value, index) => caseOf(file, value, index));
  } catch (error) {
    const fault = `this is not a file of vectors: ${problemOf(error)}`;
    return [{ file, name: "the file", confidence: undefined, read: { fault } }];
  }
}

function caseOf(file: string, value: unknown, index: number): VectorCase {
  const { success, data, error } = vectorSchema.safeParse(value);
  const own = isJsonObject(value) ? value : {};
  return {
    file,
    name: typeof own["name"] === "string" ? own["name"] : `case ${index + 1}`,
    confidence: confidences.find((confidence) => confidence === own["confidence"]),
    read: success ? data : { fault: `this is not a vector: ${problemOf(error)}` },
  };
}

function problemOf(error: unknown): string {
  return error instanceof z.ZodError ? z.prettifyError(error) : String(error);
}

/** Runs vectors one after the other. One that cannot be run differs, and does not keep the others from running. */
export async function* runVectors(vectors: readonly VectorCase[]): AsyncGenerator<VectorResult> {
  for (const { read, ...vector } of vectors) {
    yield { ...vector, differences: "fault" in read ? [read.fault] : await differencesOf(read) };
  }
}

async function differencesOf(vector: Vector): Promise<readonly Difference[]> {
  try {
    return await runVector(vector);
  } catch (error) {
    return [`it cannot be run: ${error instanceof UserError ? error.message : error}`];
  }
}
