import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../../contract/user-error.ts";

/**
 * Copies the files that git tracks, as they are in the working tree, into a folder.
 * @throws UserError where this is no checkout of git
 */
export async function copyProject(root: string, folder: string): Promise<void> {
  for (const file of await trackedFiles(root)) {
    const source = join(root, file);
    // Deleted, and not yet committed.
    if (!existsSync(source)) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(source, join(folder, file), { verbatimSymlinks: true });
  }
}

async function trackedFiles(root: string): Promise<string[]> {
  try {
    const { stdout } = await promisify(execFile)("git", ["ls-files", "-z"], {
      cwd: root,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout.split("\0").filter(Boolean);
  } catch (error) {
    throw new UserError(
      `"git ls-files" failed in ${root}. bootstrap copies the files that git tracks. Clone the project, or run "git init" and "git add --all".`,
      { cause: error },
    );
  }
}
