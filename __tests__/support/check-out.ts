import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** What is made of the sources. */
export const MADE = [".cache", ".git", ".npm", "cdktf.out", "coverage", "node_modules", "reports"];
const ENVIRONMENTS = join("__tests__", "fixtures", "env");

/** A clean checkout in a folder of its own: the sources, and the installed packages. */
export interface CheckOut {
  readonly folder: string;
  /** Replaces a text that the file must contain. */
  edit(file: string, before: string, after: string): void;
  remove(): void;
}

/** With the tests' environments, and without the tests. */
export function checkOut(): CheckOut {
  const copy = copyProject(["__tests__"]);
  useFixtureEnvironments(copy.folder);
  return copy;
}

/** As it is here, the tests included. */
export function copyProject(leftOut: readonly string[] = []): CheckOut {
  const folder = mkdtempSync(join(tmpdir(), "checkout-"));
  const leaveOut = (name: string) => [...MADE, ...leftOut].includes(name) || name.includes(".tfstate");
  for (const name of readdirSync(".").filter((each) => !leaveOut(each))) {
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
      writeFileSync(
        path,
        text.replaceAll(before, () => after),
      );
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Puts the tests' environments in the place of those that a project has. */
export function useFixtureEnvironments(folder: string): void {
  const env = join(folder, "env");
  for (const name of readdirSync(env).filter((file) => isEnvironment(join(env, file))))
    rmSync(join(env, name));
  for (const name of readdirSync(ENVIRONMENTS)) {
    const text = readFileSync(join(ENVIRONMENTS, name), "utf8");
    writeFileSync(
      join(folder, "env", name),
      text.replaceAll('"../../../env/', '"./').replaceAll('"../../../', '"../'),
    );
  }
}

const isEnvironment = (file: string) => readFileSync(file, "utf8").includes("satisfies Environment");
