import { readFileSync } from "node:fs";

/** The fenced blocks of a page in one language, in their order. */
export function blocksOf(page: string, language: string): string[] {
  const blocks = readFileSync(page, "utf8").matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"));
  return [...blocks].map(([, text = ""]) => text);
}

/** The commands of npm in the fenced blocks of a section, in their order and as they are written. */
export function commandsOfSection(page: string, heading: string): string[] {
  const [, section] = readFileSync(page, "utf8").split(new RegExp(`\n#{2,3} ${heading}\n`));
  if (section === undefined) throw new Error(`${page} has no section ${heading}`);
  const [own = ""] = section.split(/^#{2,3} /m);
  const blocks = [...own.matchAll(/^ *```sh\n(.*?)^ *```$/gms)].map(([, text = ""]) => text);
  return blocks.flatMap((block) => [...block.matchAll(/^ *(npm run .+)$/gm)].map(([, line = ""]) => line));
}

interface Commands {
  readonly commands: string;
  /** What the page shows below them; empty where it shows nothing. */
  readonly output: string;
}

/** The blocks of commands of a page, each with the block of its output, in their order. */
export function commandsWithOutput(page: string): Commands[] {
  const blocks = readFileSync(page, "utf8").matchAll(
    /^```sh\n(.*?)^```\n(?:\n```(?:text|json)\n(.*?)^```$)?/gms,
  );
  return [...blocks].map(([, commands = "", output = ""]) => ({ commands, output }));
}

/** Matches an output as a page shows it: ids of submissions and requests and times differ, and `…` stands for any text. */
export function outputPattern(output: string): RegExp {
  const pieces = withoutIds(output).split("…");
  return new RegExp(
    `^${pieces.map((piece) => piece.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join(".*")}$`,
    "s",
  );
}

export function withoutIds(output: string): string {
  return output
    .replaceAll(/("(?:submissionId|correlationId|receivedAt|finishedAt)":)"[^"]*"/g, '$1"<differs>"')
    .replaceAll(/(?<=\/submissions\/)\w+/g, "<differs>");
}
