import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Command } from "../../cli/command.ts";
import { MINIMUM_TERRAFORM } from "../../cli/terraform/check-terraform.ts";
import { domain } from "../../domain/domain.ts";
import { LARGE_API, SMALL_API } from "../../domain/names.ts";
import { registeredEnvironments } from "../fixtures/env/environments.ts";
import { COMMAND_NOTES } from "../support/command-notes.ts";
import { code, expectReferencePage, table } from "../support/reference-page.ts";

const { scripts, engines } = z
  .object({ scripts: z.record(z.string(), z.string()), engines: z.object({ node: z.string() }) })
  .parse(JSON.parse(readFileSync("package.json", "utf8")));

const SUBCOMMANDS: Readonly<Record<string, readonly string[]>> = {
  spec: ["add", "import", "lint", "export", "diff", "models", "survey"],
};

/** A tool explains its npm scripts together, as plan, apply and destroy. */
interface Help {
  readonly commands: string[];
  readonly text: string;
}

async function helpOf(entry: string, args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const { main }: { main: Command } = await import(resolve(entry));
  const exitCode = await main([...args, "--help"], {
    env: {},
    environments: registeredEnvironments,
    print: (line) => lines.push(line),
    printError: (line) => lines.push(line),
  });
  expect(exitCode).toBe(0);
  return withoutDomain(lines.join("\n"));
}

/** The page is the same for every domain. */
function withoutDomain(text: string): string {
  return (
    text
      .replaceAll(LARGE_API, "<collection>-large")
      // The word alone may be one of the language, such as "records".
      .replaceAll(new RegExp(`\\b${SMALL_API}(?=-|\\.openapi\\b)`, "g"), "<collection>")
      .replaceAll(new RegExp(`(?<=oversized\\s)${domain.noun}(?:(?:,| and) a plain file)?`, "g"), "record")
  );
}

async function allHelps(): Promise<Help[]> {
  const helps = new Map<string, Help>();
  for (const [script, line] of Object.entries(scripts)) {
    const [, entry, ...fixed] = /^(?:exec )?node cli\/run\.mjs (\S+)(?: (\S+))?$/.exec(line) ?? [];
    if (entry === undefined) continue;
    for (const subcommand of ["", ...(SUBCOMMANDS[script] ?? [])]) {
      const args = [...fixed, subcommand].filter((word) => word !== undefined && word !== "");
      const text = await helpOf(entry, args);
      const help = helps.get(text) ?? { commands: [], text };
      help.commands.push(`${script} ${subcommand}`.trim());
      helps.set(text, help);
    }
  }
  return [...helps.values()];
}

const line = (script: string) => (["start", "test"].includes(script) ? `npm ${script}` : `npm run ${script}`);

describe("docs/reference/commands.md", () => {
  it("has every npm script, and the help of each that has one", async () => {
    const noted = Object.values(COMMAND_NOTES).flatMap(Object.keys);
    expect(noted.toSorted()).toEqual(Object.keys(scripts).toSorted());
    const helps = await allHelps();

    await expectReferencePage("commands.md", [
      "# Commands",
      "Every npm script: what it does, what it needs, its options and its exit codes.",
      "Arguments of a script come after `--`: `npm run plan -- dev`. In PowerShell, put the dashes in quotes: `npm run plan '--' dev`. For output that a program reads, add `-s` before the script: `npm run -s env -- dev --json`.",
      ...Object.entries(COMMAND_NOTES).flatMap(([title, notes]) => [
        `## ${title}`,
        table(
          ["command", "does", "needs"],
          Object.entries(notes).map(([script, { does, needs }]) => [
            code(line(script)),
            does,
            needs ?? "nothing",
          ]),
        ),
      ]),
      "## What the commands need",
      [
        `- Every command: Node.js ${engines.node.replace(">=", "")} or newer, and \`npm ci\`. Linux or macOS; on Windows in WSL.`,
        `- Terraform: ${MINIMUM_TERRAFORM} or newer. Without access to the Terraform registry, set \`TF_PLUGIN_DIR\` to the folder of a provider mirror. \`terraform providers mirror <folder>\`, run in a directory of \`cdktf.out/stacks/\`, makes one.`,
        "- AWS credentials: of the environment's account, in the usual variables and files of AWS.",
        '- moto: `pip install "moto[server]"`.',
        "- HAProxy: a [version without known faults](../proxy.md#versions). `npm run demo` and `npm start` also use it if it is installed.",
      ].join("\n"),
      "## Exit codes",
      table(
        ["code", "means"],
        [
          ["0", "The command did what it was asked to do."],
          [
            "1",
            "Something failed or is missing, or a check found a problem. The message says what to do. A stack trace means a bug in this project.",
          ],
          ["2", "The command line is wrong. The message is followed by the help."],
          ["130, 143", "The command was stopped by Ctrl-C (SIGINT) or by SIGTERM before it was done."],
        ],
      ),
      "`plan`, `apply` and `destroy` end with Terraform's exit code. Other exit codes are in the help of the command.",
      "## Help of each command",
      ...helps.flatMap(({ commands, text }) => [
        `### ${commands.join(", ")}`,
        `\`\`\`text\n${text.trim()}\n\`\`\``,
      ]),
    ]);
  });
});
