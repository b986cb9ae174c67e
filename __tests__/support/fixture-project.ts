import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { checkOut } from "./check-out.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of a checkout with the tests' environments, synthesized once for all tests: they write nothing there. */
    fixtureProject: string;
  }
}

export function setup(project: TestProject): () => void {
  const checkedOut = checkOut();
  execFileSync(process.execPath, [join("cli", "run.mjs"), "main.ts"], {
    cwd: checkedOut.folder,
    env: { ...process.env, CDKTF_OUTDIR: "cdktf.out" },
  });
  project.provide("fixtureProject", checkedOut.folder);
  return checkedOut.remove;
}
