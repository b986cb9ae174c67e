import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, inject, it } from "vitest";
import { z } from "zod";
import type { Command } from "../../cli/command.ts";
import { SMALL_API } from "../../domain/names.ts";
import { callCommand } from "../support/call-command.ts";

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync("package.json", "utf8")));

/** What comes after each npm script, where it explains itself and takes no more than it names. */
const subcommands: Readonly<Record<string, readonly string[]>> = {
  spec: ["", "add", "import", "lint", "export", "diff", "survey"],
};

/** Of every npm script that runs a command of this project. */
const commands = Object.entries(scripts).flatMap(([script, line]) => {
  const [, entry, ...fixed] = /^(?:exec )?node cli\/run\.mjs (\S+)(?: (\S+))?$/.exec(line) ?? [];
  if (entry === undefined) return [];
  return (subcommands[script] ?? [""]).map((subcommand) => {
    const args = [...fixed, subcommand].filter((word) => word !== undefined && word !== "");
    return { name: `${script} ${subcommand}`.trim(), entry, args };
  });
});

/** One more than each takes; `spec lint` takes as many as there are. */
const surplus: Readonly<Record<string, readonly string[]>> = {
  synth: ["surplus"],
  demo: ["surplus"],
  bench: ["surplus"],
  bootstrap: ["trial", "surplus"],
  start: ["dev", "surplus"],
  account: ["dev", "surplus"],
  plan: ["surplus"],
  apply: ["surplus"],
  destroy: ["surplus"],
  spec: ["surplus"],
  "spec add": ["a", "surplus"],
  "spec import": ["a", "b", "surplus"],
  "spec export": ["dev", SMALL_API, "surplus"],
  "spec diff": ["a", "b", "surplus"],
  "spec survey": ["a", "surplus"],
  env: ["dev", "surplus"],
  "test:plans": ["surplus"],
  validate: ["surplus"],
  release: ["build", "surplus"],
  proxy: ["dev", "surplus"],
  vectors: ["a", "surplus"],
  support: ["dev", "surplus"],
  "synth:cdktn": ["surplus"],
  redrive: ["dev", "surplus"],
  replay: ["dev", "a", "surplus"],
  verify: ["dev", "surplus"],
};

const folder = mkdtempSync(join(tmpdir(), "command-lines-"));
/** Nobody has synthesized into it unless a command did. */
const CDKTF_OUTDIR = join(folder, "cdktf.out");

afterAll(() => rmSync(folder, { recursive: true }));

describe("npm commands", () => {
  it("are all that tools/ holds", () => {
    const entries = new Set(commands.map(({ entry }) => entry));

    expect(readdirSync("tools").map((file) => `tools/${file}`)).toEqual(
      [...entries].filter((entry) => entry !== "main.ts").toSorted(),
    );
  });

  it("are all in these tables", () => {
    expect(commands.map(({ name }) => name).filter((name) => name !== "spec lint")).toEqual(
      expect.arrayContaining(Object.keys(surplus)),
    );
    expect(commands).toHaveLength(Object.keys(surplus).length + 1);
  });

  it.each(commands)("$name explains itself", async ({ entry, args }) => {
    for (const option of ["--help", "-h"]) {
      const { code, stdout, stderr } = await call(entry, [...args, option]);

      expect(stdout).toMatch(/^usage: npm (?:run|start)/);
      expect(stderr).toBe("");
      expect(code).toBe(0);
    }
    expect(existsSync(CDKTF_OUTDIR)).toBe(false);
  });

  it.each(commands)("$name refuses an option that it does not know", async ({ entry, args }) => {
    const { code, stdout, stderr } = await call(entry, [...args, "--no-such-option"]);

    expect(stderr).toMatch(/^[^\n]*--no-such-option[^\n]*\n\nusage: npm (?:run|start)/);
    expect(stdout).toBe("");
    expect(code).toBe(2);
    expect(existsSync(CDKTF_OUTDIR)).toBe(false);
  });

  it.each(commands.filter(({ name }) => name in surplus))(
    "$name refuses an argument too many",
    async ({ name, entry, args }) => {
      const { code, stdout, stderr } = await call(entry, [...args, ...(surplus[name] ?? [])]);

      expect(stderr).toMatch(/^[^\n]*"surplus"[^\n]*\n\nusage: npm (?:run|start)/);
      expect(stdout).toBe("");
      expect(code).toBe(2);
      expect(existsSync(CDKTF_OUTDIR)).toBe(false);
    },
  );

  it("say the same as processes of npm, with its exit code", async () => {
    const failed = await promisify(execFile)("npm", ["start", "--silent", "--", "--no-such-option"], {
      cwd: inject("fixtureProject"),
      env: { ...process.env, CDKTF_OUTDIR },
    }).catch((error: unknown) => error);

    expect(failed).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/^Unknown option '--no-such-option'\.\n\nusage: npm start /),
    });
    expect(existsSync(CDKTF_OUTDIR)).toBe(false);
  }, 30_000);
});

async function call(entry: string, args: readonly string[]) {
  const { main }: { main: Command } = await import(resolve(entry));
  return callCommand(main, args, { CDKTF_OUTDIR });
}
