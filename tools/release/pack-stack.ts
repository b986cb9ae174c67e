import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { create } from "tar";

/** What Terraform makes beside a configuration: never a part of a release. */
const foreign =
  /(^|\/)(\.terraform(\/|$)|\.terraform\.lock\.hcl$|.*\.tfstate(\..*)?$|.*\.tfplan$|crash.*\.log$)/;

/** The files of a synthesized stack, as paths below its directory, in one order everywhere. */
export function stackFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((path) => !foreign.test(path))
    .toSorted();
}

/** SHA-256 over names and contents: the same for the same stack, wherever it was synthesized. */
export function hashStack(directory: string): string {
  const hash = createHash("sha256");
  for (const path of stackFiles(directory)) {
    const content = readFileSync(join(directory, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** The stack as Terraform Enterprise takes it: a gzipped tar of exactly the synthesized directory. */
export async function packStack(directory: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const archive = create(
    { gzip: true, cwd: directory, portable: true, mtime: new Date(0), noDirRecurse: true },
    stackFiles(directory),
  );
  for await (const chunk of archive) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
