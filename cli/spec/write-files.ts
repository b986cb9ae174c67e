import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { createTwoFilesPatch } from "diff";
import { UserError } from "../../contract/user-error.ts";
import { displayPath } from "../caller-files.ts";

/** The text of a file, and its new text. */
export interface FileChange {
  readonly path: string;
  /** Undefined where there is none yet. */
  readonly before: string | undefined;
  readonly after: string;
}

export function readFileChange(path: string, after: string): FileChange {
  return { path, before: readIfThere(path), after };
}

/** As a unified diff; nothing where nothing changes. */
export function describeChange({ path, before, after }: FileChange): string {
  if (before === after) return "";
  const name = displayPath(path);
  const old = before === undefined ? "/dev/null" : name;
  return createTwoFilesPatch(old, name, before ?? "", after, undefined, undefined, { context: 3 }).trimEnd();
}

/**
 * Writes all files or none, and never a part of one. It first writes each to a temporary file. If one cannot be put in place,
 * those before it are restored. A file keeps its mode, and links keep their targets.
 * @throws UserError that names the file
 */
export function writeFiles(changes: readonly FileChange[]): void {
  const pending = changes
    .filter(({ before, after }) => before !== after)
    .map((change) => ({
      ...change,
      path: existsSync(change.path) ? realpathSync(change.path) : change.path,
    }));
  const replaced: FileChange[] = [];
  try {
    for (const change of pending) reportFailure(change, () => writeBeside(change.path, change.after));
    for (const change of pending) {
      reportFailure(change, () => putInPlace(change));
      replaced.push(change);
    }
  } catch (error) {
    for (const change of replaced) putBack(change);
    throw error;
  } finally {
    for (const temporary of pending.map(({ path }) => temporaryOf(path))) {
      if (existsSync(temporary)) rmSync(temporary);
    }
  }
}

const temporaryOf = (path: string) => `${path}.${process.pid}.tmp`;

function writeBeside(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(temporaryOf(path), text);
  if (existsSync(path)) chmodSync(temporaryOf(path), statSync(path).mode);
}

function putInPlace({ path, before }: FileChange): void {
  if (readIfThere(path) !== before)
    throw new Error("the file has changed since the command read it; run the command again");
  renameSync(temporaryOf(path), path);
}

function putBack({ path, before }: FileChange): void {
  if (before === undefined) {
    rmSync(path, { force: true });
  } else {
    writeBeside(path, before);
    renameSync(temporaryOf(path), path);
  }
}

function reportFailure({ path }: FileChange, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new UserError(`${displayPath(path)} cannot be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
