import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../contract/user-error.ts";

export const CHECKSUMS = "SHA256SUMS";

/** Writes down the SHA-256 of each file, as `sha256sum --check` reads it. */
export function writeChecksums(folder: string, files: readonly string[]): void {
  writeFileSync(join(folder, CHECKSUMS), files.map((file) => `${hashOf(folder, file)}  ${file}\n`).join(""));
}

/** @throws UserError where a file is missing, is another one than was written down, or was not written down at all */
export function checkChecksums(folder: string, files: readonly string[]): void {
  const sums = join(folder, CHECKSUMS);
  const lines = existsSync(sums) ? readFileSync(sums, "utf8").trimEnd().split("\n") : [];
  const expected = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
  for (const file of new Set([...files, ...expected.keys()])) {
    // What else is named could be anywhere: it is not read.
    const isThere = files.includes(file) && existsSync(join(folder, file));
    const actual = isThere ? hashOf(folder, file) : "none, because the build has no such file";
    const wanted = expected.get(file) ?? "no entry for it";
    if (actual !== wanted) {
      throw new UserError(
        `${file} has changed since the build. Its SHA-256 is ${actual}. ${CHECKSUMS} has ${wanted}. Build again, or fetch another build.`,
      );
    }
  }
}

function hashOf(folder: string, file: string): string {
  return createHash("sha256")
    .update(readFileSync(join(folder, file)))
    .digest("hex");
}
