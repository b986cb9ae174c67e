import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const run = promisify(execFile);
const manifest = JSON.parse(readFileSync("package.json", "utf8"));
describe("npm commands", () => {
  it("have the names that people rely on", () => {
    expect(Object.keys(manifest.scripts)).toEqual(
      expect.arrayContaining([
        "demo",
        "test",
        "start",
        "synth",
        "plan",
        "apply",
        "destroy",
        "spec",
        "proxy",
        "test:proxy",
        "test:terraform",
        "vectors",
        "bench",
        "check",
      ]),
    );
  });

  it("rest on exact versions", () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });

    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(String(version)))).toEqual([]);
    expect(manifest.dependencies).toMatchObject({ cdktf: "0.21.0", "@cdktf/provider-aws": "21.22.1" });
  });
});

describe("tools/run.mjs", () => {
  it("says how it is used", async () => {
    const failed = await run(process.execPath, ["tools/run.mjs"]).catch((error) => error);

    expect(failed.code).toBe(2);
    expect(failed.stderr).toBe("usage: node tools/run.mjs <entry.ts> [argument …]\n");
  });

  it("says without a stack trace what does not compile", async () => {
    const failed = await run(process.execPath, ["tools/run.mjs", "tools/none.ts"]).catch((error) => error);

    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('Could not resolve "tools/none.ts"');
    expect(failed.stderr).not.toMatch(/\n\s+at /);
  });
});
