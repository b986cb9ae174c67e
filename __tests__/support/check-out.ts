import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Not sources, or not needed to run them. */
const LEFT_OUT = new Set([
  ".cache",
  ".git",
  ".npm",
  "__tests__",
  "cdktf.out",
  "coverage",
  "node_modules",
  "reports",
]);
const ENVIRONMENTS = join("__tests__", "fixtures", "env");

/** A clean checkout in a folder of its own: the sources with the tests' environments, and the installed packages. */
export interface CheckOut {
  readonly folder: string;
  /** Replaces a text that the file must contain. */
  edit(file: string, before: string, after: string): void;
  remove(): void;
}

export function checkOut(): CheckOut {
  const folder = mkdtempSync(join(tmpdir(), "checkout-"));
  for (const name of readdirSync(".").filter((each) => !LEFT_OUT.has(each))) {
    cpSync(name, join(folder, name), { recursive: true });
  }
  for (const name of readdirSync(ENVIRONMENTS)) {
    const text = readFileSync(join(ENVIRONMENTS, name), "utf8");
    writeFileSync(join(folder, "env", name), text.replaceAll('"../../../env/', '"./'));
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
