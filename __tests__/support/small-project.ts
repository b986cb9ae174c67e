import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { useFixtureEnvironments } from "./check-out.ts";

/** Of a project what environments and documents are made of, with the tests' environments. */
export function smallProject() {
  const folder = mkdtempSync(join(tmpdir(), "project-"));
  for (const part of ["contract", "domain", "env", "specs", "biome.json"]) {
    cpSync(part, join(folder, part), { recursive: true });
  }
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  useFixtureEnvironments(folder);
  return {
    folder,
    read: (file: string) => readFileSync(join(folder, file), "utf8"),
    write: (file: string, text: string) => writeFileSync(join(folder, file), text),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
