import { execFile } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { killCommands, preload, runCommand } from "../support/commands.ts";

const run = promisify(execFile);
const manifest = JSON.parse(readFileSync("package.json", "utf8"));

afterEach(killCommands);

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
        "env",
        "proxy",
        "test:proxy",
        "test:terraform",
        "vectors",
        "bench",
        "check",
      ]),
    );
  });

  it("are called by the gate, every lane of the tests among them", () => {
    const gate = readFileSync(join(".ci", "run"), "utf8");
    const buildspec = readFileSync("buildspec.check.yml", "utf8");
    // npm test has the fast lane's tests; the check's buildspec, which test:buildspecs runs, has npm test, the check and the plans.
    const lanes = Object.keys(manifest.scripts).filter((name) => /^test:(?!fast|plans)/.test(name));

    // Two run beside others, one of them in part, and the gate waits for their code and ends with it.
    const beside =
      '{ npm run test:terraform && npm run test:proxy -- --project proxy; } > "$waiting_log" 2>&1 &';
    const projects = [...readFileSync("vitest.proxy.config.ts", "utf8").matchAll(/name: "(.*)"/g)];

    expect(statSync(join(".ci", "run")).mode & 0o111).not.toBe(0);
    for (const lane of ["demo", ...lanes.filter((name) => !/^test:(terraform|proxy)$/.test(name))]) {
      expect(gate).toMatch(new RegExp(`^npm run ${lane}$`, "m"));
    }
    expect(gate.split("\n")).toEqual(
      expect.arrayContaining([beside, "npm run test:proxy -- --project proxy-alone"]),
    );
    expect(projects.map(([, name]) => name)).toEqual(["proxy", "proxy-alone"]);
    expect(gate).toMatch(/^wait "\$waiting" \|\| waiting_code=\$\?$/m);
    expect(gate).toMatch(/^\[ "\$waiting_code" -eq 0 \]$/m);
    expect(gate).toMatch(/^set -euo pipefail$/m);
    expect(buildspec).toMatch(/^ {6}- npm run check$/m);
    expect(buildspec).toMatch(/^ {6}- npm test /m);
    expect(buildspec).toMatch(/^ {6}- npm run test:plans$/m);
  });

  it("name no test file in a lane that is not there", () => {
    const named = readFileSync("vitest.lanes.ts", "utf8").match(/__tests__\/[\w/-]+\.test\.ts/g) ?? [];

    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((file) => !existsSync(file))).toEqual([]);
  });

  it("rest on exact versions", () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });

    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(String(version)))).toEqual([]);
    expect(manifest.dependencies).toMatchObject({ cdktf: "0.21.0", "@cdktf/provider-aws": "21.22.1" });
  });
});

describe("cli/run.mjs", () => {
  it("says how it is used", async () => {
    const failed = await run(process.execPath, ["cli/run.mjs"]).catch((error) => error);

    expect(failed.code).toBe(2);
    expect(failed.stderr).toBe("usage: node cli/run.mjs <entry.ts> [argument …]\n");
  });

  it("says without a stack trace what does not compile", async () => {
    const failed = await run(process.execPath, ["cli/run.mjs", "tools/none.ts"]).catch((error) => error);

    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('Could not resolve "tools/none.ts"');
    expect(failed.stderr).not.toMatch(/\n\s+at /);
  });

  it("starts nothing once npm has ended, which was told while the entry was bundled", async () => {
    const statement =
      "let reads = 0; Object.defineProperty(process, 'ppid', { get: () => (reads++ > 0 ? 1 : 7) });";
    const env = { ...preload("tools/proxy.ts", statement), npm_lifecycle_event: "proxy" };

    const { code, text } = await runCommand("tools/proxy.ts", ["dev"], env).ended;

    expect(text).toBe("");
    expect(code).toBe(143);
  });
});
