import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, inject, it } from "vitest";
import { LARGE_API, SMALL_API } from "../../../domain/names.ts";
import type { Deployment } from "../../support/deployment.ts";
import { loadEnvironment } from "../../support/environments.ts";

/** What `npm run spec -- export` brings back of what was applied. */
export function describeSpecExport(dev: () => Deployment): void {
  describe("exported", () => {
    it.each([SMALL_API, LARGE_API])("%s has the routes of its document", async (api) => {
      const folder = mkdtempSync(join(tmpdir(), "exported-"));
      const file = join(folder, "exported.openapi.json");
      try {
        const { stdout } = await promisify(execFile)(
          process.execPath,
          ["cli/run.mjs", "tools/spec.ts", "export", "dev", api, "--out", file],
          { cwd: inject("fixtureProject"), env: { ...process.env, ...dev().moto.environment } },
        );
        const exported = JSON.parse(readFileSync(file, "utf8"));
        const own = JSON.parse(readFileSync(`specs/${api}.openapi.json`, "utf8"));

        expect(stdout).toContain(`from the stage v1 of ${loadEnvironment("dev").namePrefix}-${api}`);
        expect(exported.openapi).toBe("3.0.1");
        // moto exports Swagger with paths, methods and statuses, and has an empty path for every folder.
        expect(routesOf(exported)).toEqual(routesOf(own));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
}

function routesOf({ paths }: { paths: Record<string, Record<string, { responses?: object }>> }): string[] {
  return Object.entries(paths)
    .flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([key]) => key !== "parameters")
        .map(([method, { responses = {} }]) => {
          const statuses = Object.keys(responses).toSorted().join(",");
          return `${method.toUpperCase()} ${path} ${statuses}`;
        }),
    )
    .toSorted();
}
