import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const name = /^embedded-s3-(\d+)-/;

/**
 * A new folder for the bytes of objects, named after this process. Whoever is killed leaves one behind: those of processes that
 * are gone are removed here.
 */
export function createObjectFolder(parent = tmpdir()): string {
  for (const folder of readdirSync(parent)) {
    const [, pid] = name.exec(folder) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) removeFolder(join(parent, folder));
  }
  return mkdtempSync(join(parent, `embedded-s3-${process.pid}-`));
}

/** The folder of another user stays. */
function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    if (codeOf(error) !== "EACCES" && codeOf(error) !== "EPERM") throw error;
  }
}

/** Signal 0 asks and does nothing; of a process of another user the answer is EPERM. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
