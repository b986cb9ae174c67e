import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { RELEASES_PREFIX } from "../contract/builds.ts";
import { parseJson } from "../contract/parse-json.ts";
import { UserError } from "../contract/user-error.ts";
import { BILL_OF_MATERIALS } from "./bill-of-materials.ts";
import type { BuildBucket } from "./build-bucket.ts";
import { CHECKSUMS, checkChecksums, writeChecksums } from "./checksums.ts";
import { filesOfStacks, hashStack, packBuild, unpackBuild } from "./pack.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const manifestSchema = z.object({
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  /** SHA-256 of each stack's directory, by its name. */
  stacks: z.record(z.string().regex(/^[a-z0-9-]{1,64}$/), sha256),
});

/** What was built once, and goes from one environment to the next. */
export interface Build extends z.infer<typeof manifestSchema> {
  /**
   * SHA-256 of its manifest, and so of everything that is released: the same for the same commit, wherever it was built. What
   * lists the packages is not among it, since it names the npm that wrote it.
   */
  readonly id: string;
}

export const MANIFEST = "release.json";

/**
 * Writes down what lies in the output directory, which packages it was made with, and the SHA-256 of every file.
 * @throws UserError where nothing does
 */
export function writeBuild(outdir: string, commit: string, billOfMaterials: string): Build {
  const directory = join(outdir, "stacks");
  const stacks = existsSync(directory) ? readdirSync(directory).toSorted() : [];
  if (stacks.length === 0) throw new UserError(`${directory} is empty. Synthesize first: npm run synth.`);
  const hashes = stacks.map((stack) => [stack, hashStack(join(directory, stack))]);
  const manifest = manifestSchema.parse({ commit, stacks: Object.fromEntries(hashes) });
  writeFileSync(join(outdir, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(outdir, BILL_OF_MATERIALS), billOfMaterials);
  writeChecksums(outdir, summedFiles(outdir, stacks));
  return readBuild(outdir);
}

/** @throws UserError where there is none, or it is damaged */
export function readBuild(outdir: string): Build {
  const file = join(outdir, MANIFEST);
  if (!existsSync(file)) {
    throw new UserError(`There is no ${file}. Build first: npm run synth, then npm run release -- build.`);
  }
  const text = readFileSync(file, "utf8");
  const result = manifestSchema.safeParse(parseJson(text));
  if (!result.success) throw new UserError(`${file} is damaged. Build again: npm run release -- build.`);
  return { ...result.data, id: createHash("sha256").update(text).digest("hex") };
}

/**
 * The directory of a stack, if it still holds what was built.
 * @throws UserError where it does not
 */
export function stackOf(build: Build, outdir: string, stack: string): string {
  const directory = join(outdir, "stacks", stack);
  const expected = build.stacks[stack];
  if (expected === undefined || !existsSync(directory)) {
    throw new UserError(
      `The build ${build.id} has no stack ${stack}. Build again: npm run synth, then npm run release -- build.`,
    );
  }
  const actual = hashStack(directory);
  if (actual !== expected) {
    throw new UserError(
      `${directory} has changed since the build: its SHA-256 is ${actual}, and ${expected} in ${MANIFEST}. Build again: npm run release -- build. Or fetch the build: npm run release -- fetch ${build.id}`,
    );
  }
  return directory;
}

/** All that a build consists of, but for the list of their hashes. */
function summedFiles(outdir: string, stacks: readonly string[]): string[] {
  return [MANIFEST, BILL_OF_MATERIALS, ...filesOfStacks(outdir, stacks)];
}

/** Keeps a build under its id, for the environments that get it later. */
export async function storeBuild(build: Build, outdir: string, bucket: BuildBucket): Promise<void> {
  const files = [...summedFiles(outdir, Object.keys(build.stacks)), CHECKSUMS];
  await bucket.put(keyOf(build.id), await packBuild(outdir, files));
}

/**
 * Puts a stored build in the place of what lies in the output directory, once all of it is what its id says.
 * @throws UserError where there is none, or it is not
 */
export async function fetchBuild(id: string, outdir: string, bucket: BuildBucket): Promise<Build> {
  if (!sha256.safeParse(id).success) {
    throw new UserError(`"${id}" is not the name of a build. Give its SHA-256, 64 hexadecimal digits.`, {
      exitCode: 2,
    });
  }
  const archive = await bucket.get(keyOf(id));
  if (archive === undefined) {
    throw new UserError(
      `There is no build ${id} in ${bucket.name}, or this account may not read it. The bucket keeps builds for a year.`,
    );
  }
  mkdirSync(outdir, { recursive: true });
  const folder = mkdtempSync(join(outdir, ".fetched-"));
  try {
    await unpackBuild(archive, folder);
    const build = readBuild(folder);
    if (build.id !== id)
      throw new UserError(
        `The bucket has the build ${build.id} under the name ${id}. Do not use it, and find out who has changed the bucket.`,
      );
    for (const stack of Object.keys(build.stacks)) stackOf(build, folder, stack);
    const besides = [BILL_OF_MATERIALS, CHECKSUMS].filter((name) => existsSync(join(folder, name)));
    // Builds of before there were any have neither.
    if (besides.length > 0) checkChecksums(folder, summedFiles(folder, Object.keys(build.stacks)));
    // Without its manifest nothing can be released: the new one comes last.
    for (const name of [MANIFEST, BILL_OF_MATERIALS, CHECKSUMS, "stacks"]) {
      rmSync(join(outdir, name), { recursive: true, force: true });
    }
    for (const name of [...besides, "stacks", MANIFEST]) renameSync(join(folder, name), join(outdir, name));
    return build;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function keyOf(id: string): string {
  return `${RELEASES_PREFIX}${id}.tar.gz`;
}
