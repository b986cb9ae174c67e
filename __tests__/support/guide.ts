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
