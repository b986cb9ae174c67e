import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../support/commands.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "buildspec-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(text: string) {
  const file = join(folder, "buildspec.yml");
  writeFileSync(file, text);
  return runCommand("tools/run-buildspec.ts", [file]).ended;
}

describe("tools/run-buildspec.ts", () => {
  it("runs the commands of all phases in their order, with the buildspec's variables", async () => {
    const { code, text } = await run(`
version: 0.2
env: { variables: { GREETING: hello } }
phases:
  build: { commands: ['echo "2 $GREETING"'] }
  install: { commands: ["echo 1"] }
`);

    expect(code).toBe(0);
    expect(text.split("\n").filter((line) => line !== "" && !line.startsWith("$"))).toEqual(["1", "2 hello"]);
  });

  it("ends with the first that fails, and its exit code", async () => {
    const { code, text } = await run("phases: { build: { commands: ['exit 3', 'echo never'] } }");

    expect(code).toBe(3);
    expect(text).toContain('"exit 3" failed (3).');
    expect(text).not.toMatch(/^never$/m);
  });

  it("says that there is no such file", async () => {
    expect(await runCommand("tools/run-buildspec.ts", ["none.yml"]).ended).toEqual({
      code: 1,
      text: "There is no file none.yml.\n",
    });
  });
});
