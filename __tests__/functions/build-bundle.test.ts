import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  buildFunctionBundle,
  type FunctionBundle,
  handlerBuildOptions,
} from "../../functions/build-bundle.ts";

let folder: string;
/** Of this project as it is. */
let bundle: FunctionBundle;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "build-bundle-"));
  bundle = await buildFunctionBundle({ projectRoot: await copyProject("one") });
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe(buildFunctionBundle, () => {
  it("gives the same bytes in another folder", async () => {
    const second = await buildFunctionBundle({ projectRoot: await copyProject("a-longer/two") });

    expect(second.sha256Base64).toBe(bundle.sha256Base64);
    expect(await readFile(second.path)).toEqual(await readFile(bundle.path));
    expect(bundle.sizeBytes).toBe((await readFile(bundle.path)).length);
  });

  it("is built for the oldest Node.js that runs it, whatever provider an environment has chosen", () => {
    expect(handlerBuildOptions.target).toBe("node22");
  });

  it("holds one file per entry, with no path of this machine", async () => {
    const files = unzipSync(await readFile(bundle.path));

    expect(Object.keys(files)).toEqual(["api.js", "queue.js", "sweep.js", "notify.js"]);
    for (const content of Object.values(files)) {
      const text = Buffer.from(content).toString();
      expect(text.startsWith('"use strict";')).toBe(true);
      expect(text.includes(folder)).toBe(false);
      expect(text.includes(process.cwd())).toBe(false);
      expect(text.includes("toJSONSchema(")).toBe(false);
    }
  });

  it("keeps each entry within 520 kB, and 160 kB compressed", async () => {
    for (const content of Object.values(unzipSync(await readFile(bundle.path)))) {
      expect(content.length).toBeLessThanOrEqual(520_000);
      expect(gzipSync(content).length).toBeLessThanOrEqual(160_000);
    }
  });

  it("takes unchanged sources from the cache and leaves nothing else there", async () => {
    const projectRoot = await copyProject("cached");
    const cacheDirectory = join(folder, "cache");
    const [first, concurrent] = await Promise.all([
      buildFunctionBundle({ projectRoot, cacheDirectory }),
      buildFunctionBundle({ projectRoot, cacheDirectory }),
    ]);
    const broken = join(projectRoot, "node_modules");
    await rm(broken);
    await mkdir(join(broken, "esbuild"), { recursive: true });
    await cp("node_modules/esbuild/package.json", join(broken, "esbuild/package.json"));

    const cached = await buildFunctionBundle({ projectRoot, cacheDirectory });

    expect(concurrent).toEqual(first);
    expect(cached).toEqual(first);
    expect(await readdir(cacheDirectory, { recursive: true })).toHaveLength(2);
  });

  it("gives the same bytes whatever tsconfig.json says", async () => {
    const projectRoot = await copyProject("tsconfig");
    const compilerOptions = { alwaysStrict: true, useDefineForClassFields: false };
    await writeFile(join(projectRoot, "tsconfig.json"), JSON.stringify({ compilerOptions }));

    const beside = await buildFunctionBundle({ projectRoot });

    expect(beside.sha256Base64).toBe(bundle.sha256Base64);
  });

  it("builds anew when a source or the lock file changes", async () => {
    const projectRoot = await copyProject("changed");

    await appendFile(join(projectRoot, "functions/ingestion/api.ts"), "\nconsole.info('changed');\n");
    const changed = await buildFunctionBundle({ projectRoot });
    await appendFile(join(projectRoot, "package-lock.json"), "\n");
    const relocked = await buildFunctionBundle({ projectRoot });

    expect(changed.sha256Base64).not.toBe(bundle.sha256Base64);
    expect(relocked.path).not.toBe(changed.path);
    expect(relocked.sha256Base64).toBe(changed.sha256Base64);
  });
});

/** What the bundle is made of, with the installed packages behind a link. */
async function copyProject(name: string): Promise<string> {
  const projectRoot = join(folder, name);
  await mkdir(projectRoot, { recursive: true });
  for (const room of ["contract", "domain", "functions"]) {
    await cp(room, join(projectRoot, room), { recursive: true });
  }
  for (const file of ["package.json", "package-lock.json"]) {
    await cp(file, join(projectRoot, file));
  }
  await symlink(join(process.cwd(), "node_modules"), join(projectRoot, "node_modules"));
  return projectRoot;
}
