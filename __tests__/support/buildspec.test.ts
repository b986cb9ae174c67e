import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runBuildspec } from "./buildspec.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "buildspec-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(text: string, variables: Readonly<Record<string, string>> = {}) {
  writeFileSync(join(folder, "buildspec.yml"), text);
  return runBuildspec("buildspec.yml", { folder, variables });
}
const printed = (text: string) => text.split("\n").filter((line) => line !== "" && !line.startsWith("$"));

describe(runBuildspec, () => {
  it("runs the commands of all phases in their order, in one shell, with the buildspec's variables", async () => {
    const { code, text } = await run(`
version: 0.2
env: { variables: { GREETING: hello, NAME: nobody } }
phases:
  build: { commands: ['echo "3 $GREETING $NAME $SAID"'] }
  install: { commands: ["echo 1", "SAID=before", 'test -z "" && echo 2'] }
`);

    expect(code).toBe(0);
    expect(printed(text)).toEqual(["1", "2", "3 hello nobody before"]);
  });

  it("lets the project's variables win", async () => {
    const { text } = await run(
      "{ env: { variables: { NAME: nobody } }, phases: { build: { commands: ['echo $NAME'] } } }",
      { NAME: "somebody" },
    );

    expect(printed(text)).toEqual(["somebody"]);
  });

  it.each(["exit 3", "(exit 3)", "true && (exit 3)"])("ends with %j, and its exit code", async (command) => {
    const { code, text } = await run(`phases: { build: { commands: ['${command}', 'echo never'] } }`);

    expect(code).toBe(3);
    expect(printed(text)).toEqual([]);
  });
});
