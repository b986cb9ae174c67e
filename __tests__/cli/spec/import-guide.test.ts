import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CheckOut, checkOut } from "../../support/check-out.ts";
import { killCommands, runCommand } from "../../support/commands.ts";
import { blocksOf } from "../../support/guide.ts";
import { npmRun } from "../../support/npm-run.ts";
import { until } from "../../support/until.ts";

const page = "docs/import-an-api.md";
const added = "specs/statements.openapi.json";

/** Each line of the page's commands, without its comment and with what a line goes on in. */
const lines = blocksOf(page, "sh")
  .join("")
  .replaceAll("\\\n", " ")
  .split("\n")
  .map((line) => line.replace(/ +#.*/, "").replaceAll(/ +/g, " ").trim())
  .filter((line) => line !== "");

/** They call AWS, Terraform, the deployed stack or the tests, which the copy has not: tests of their own run them. */
const runElsewhere =
  /^(aws|terraform) |^npm run (plan|apply|proxy) |^npm run spec -- export |^npm run test:fast$/;

let project: CheckOut;
beforeAll(() => {
  project = checkOut();
  project.edit("env/dev.ts", readFixtureApis(), "");
  mkdirSync(at("exports"));
  for (const copy of ["export.json", "exports/statements.json"]) {
    copyFileSync("__tests__/fixtures/exports/statement-upload-s3-oas30.json", at(copy));
  }
});
afterAll(() => {
  killCommands();
  project.remove();
});

const at = (file: string) => join(project.folder, file);
const text = (file: string) => readFileSync(at(file), "utf8");

/** The page shows an environment that leaves its APIs to the default. */
function readFixtureApis(): string {
  return /^ {2}apis: \[.*?^ {2}\],\n/ms.exec(text("env/dev.ts"))?.[0] ?? expect.fail("dev lists no APIs");
}

function run(line: string) {
  const [, script = "", words = ""] = /^npm run (\S+)(?: -- (.*))?$/.exec(line) ?? expect.fail(line);
  return npmRun(project.folder, [script, ...words.split(" ").filter((word) => word !== "")], {
    INIT_CWD: project.folder,
  });
}

/** As a person writes a part of a document into it. */
function merge(into: Record<string, unknown>, part: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(part)) {
    const there = into[key];
    if (isObject(value) && isObject(there)) merge(there, value);
    else into[key] = value;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

describe(page, () => {
  it("leads from an export to environments that synthesize, line by line", { timeout: 120_000 }, async () => {
    const outputs: string[] = [];
    for (const line of lines.filter((each) => !runElsewhere.test(each))) {
      if (line === "npm start") {
        outputs.push(await startAndStop());
        continue;
      }
      if (line.startsWith("npm run spec -- diff ")) {
        writeFileSync(at("after.json"), text(added));
      }
      const { code, text: output } = await run(line);
      outputs.push(output);
      const isFirstLint = line.startsWith("npm run spec -- lint ");
      expect(code, `${line}\n${output}`).toBe(isFirstLint ? 1 : 0);
      if (isFirstLint) {
        copyFileSync(at(added), at("before.json"));
        await mend(line);
      }
    }

    const shown = blocksOf(page, "text").flatMap((block) => block.split("\n"));
    expect(shown.length).toBeGreaterThan(10);
    expect(shown.filter((line) => !outputs.some((output) => output.split("\n").includes(line)))).toEqual([]);
    for (const block of blocksOf(page, "ts")) expect(text("env/dev.ts")).toContain(block);
  });

  /** What it says until it runs, at the port that it takes by default. */
  async function startAndStop(): Promise<string> {
    const env = { PROXY: "built-in", PORT: "0" };
    const { output, started, ended } = runCommand("tools/start.ts", [], env, { cwd: project.folder });
    await until(() => expect(output.text).toContain("Ctrl-C stops it"));
    started.kill("SIGINT");
    expect((await ended).code).toBe(0);
    return output.text.replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:8080");
  }

  async function mend(lint: string): Promise<void> {
    const document = JSON.parse(text(added));
    for (const block of blocksOf(page, "json")) {
      merge(document.paths["/statements/{document}"].put, JSON.parse(block));
    }
    writeFileSync(at(added), JSON.stringify(document));
    expect(await run(`${lint} --fix`)).toMatchObject({
      code: 0,
      text: expect.stringContaining("0 errors, 0 warnings"),
    });
  }
});
