import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const SOURCES = [
  "main.ts",
  "cdktf.json",
  "package.json",
  "package-lock.json",
  "env",
  "functions",
  "specs",
  "stacks",
  "tools",
];

/** A clean checkout in a folder of its own: the sources, and the installed packages. */
export interface CheckOut {
  readonly folder: string;
  /** Replaces a text that the file must contain. */
  edit(file: string, before: string, after: string): void;
  remove(): void;
}

export function checkOut(): CheckOut {
  const folder = mkdtempSync(join(tmpdir(), "checkout-"));
  for (const name of SOURCES) {
    cpSync(name, join(folder, name), { recursive: true });
  }
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  return {
    folder,
    edit(file, before, after) {
      const path = join(folder, file);
      const text = readFileSync(path, "utf8");
      if (!text.includes(before)) {
        throw new Error(`${file} does not contain ${before}`);
      }
      writeFileSync(path, text.replace(before, after));
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
