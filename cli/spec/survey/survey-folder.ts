import { type Dirent, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { UserError } from "../../../contract/user-error.ts";
import { readInput } from "../../caller-files.ts";
import { type Survey, surveyExport } from "./survey-export.ts";

/** How files are read; tests pass one that fails. */
export interface FileReader {
  readonly list: (folder: string) => readonly Dirent[];
  readonly read: (path: string) => string;
}

const fromDisk: FileReader = {
  list: (folder) => readdirSync(folder, { withFileTypes: true }),
  read: (path) => readInput(path, {}),
};

/** Surveys every .json, .yaml and .yml file below a folder. A file that cannot be read counts as refused. */
export function surveyFolder(
  root: string,
  onFile: (done: number, total: number) => void = () => undefined,
  reader = fromDisk,
): Survey[] {
  const files = exportFiles(root, reader);
  return files.map(({ path, ...unreadable }, index) => {
    onFile(index, files.length);
    const file = relative(root, path) || ".";
    return "reason" in unreadable ? refused(file, unreadable.reason) : surveyFile(path, file, reader);
  });
}

type Found = { readonly path: string } | { readonly path: string; readonly reason: string };

function exportFiles(folder: string, reader: FileReader): Found[] {
  let entries: readonly Dirent[];
  try {
    entries = reader.list(folder);
  } catch (error) {
    return [{ path: folder, reason: cannotBeRead(error) }];
  }
  return entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.name.startsWith(".") || entry.name === "node_modules") return [];
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return exportFiles(path, reader);
      return /\.(?:json|ya?ml)$/i.test(entry.name) ? [{ path }] : [];
    });
}

function surveyFile(path: string, file: string, reader: FileReader): Survey {
  try {
    // Reading a pipe would wait for somebody who writes into it.
    if (!statSync(path).isFile()) return refused(file, "is not a file");
    return surveyExport(file, reader.read(path));
  } catch (error) {
    return refused(file, error instanceof UserError ? "is not a text file" : cannotBeRead(error));
  }
}

function refused(file: string, reason: string): Survey {
  return { file, outcome: "refused", reason, problems: 1 };
}

function cannotBeRead(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
  return `cannot be read (${code})`;
}
