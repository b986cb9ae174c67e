import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { create, extract } from "tar";
import { UserError } from "../contract/user-error.ts";

/** What Terraform makes beside a configuration: never a part of a release. */
const foreign =
  /(^|\/)(\.terraform(\/|$)|\.terraform\.lock\.hcl$|.*\.tfstate(\..*)?$|.*\.tfplan$|crash.*\.log$)/;

/** The files of a synthesized stack, as paths below its directory, in one order everywhere. */
function stackFiles(directory: string): string[] {
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
export function packStack(directory: string): Promise<Buffer> {
  return pack(directory, stackFiles(directory));
}

/** The files of stacks, as paths below the output directory. */
export function filesOfStacks(outdir: string, stacks: readonly string[]): string[] {
  return stacks.flatMap((stack) =>
    stackFiles(join(outdir, "stacks", stack)).map((path) => `stacks/${stack}/${path}`),
  );
}

/** Files of a build, with the same bytes for the same build. */
export function packBuild(outdir: string, files: readonly string[]): Promise<Buffer> {
  return pack(outdir, files);
}

/**
 * Unpacks a build: files below the folder, and nothing else.
 * @throws UserError where it is damaged
 */
export async function unpackBuild(archive: Buffer, folder: string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      const unpacking = extract({ cwd: folder, strict: true, filter: (_, entry) => isFile(entry) });
      unpacking.on("error", reject);
      unpacking.on("close", resolve);
      unpacking.end(archive);
    });
  } catch (error) {
    throw new UserError("The archive of the build is damaged. Build again, or fetch another build.", {
      cause: error,
    });
  }
}

/** Links could lead out of the folder. */
function isFile(entry: object): boolean {
  return "type" in entry && (entry.type === "File" || entry.type === "Directory");
}

async function pack(cwd: string, files: readonly string[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const archive = create({ gzip: true, cwd, portable: true, mtime: new Date(0), noDirRecurse: true }, [
    ...files,
  ]);
  for await (const chunk of archive) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
