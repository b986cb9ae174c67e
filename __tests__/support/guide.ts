import { readFileSync } from "node:fs";

/** The fenced blocks of a page in one language, in their order. */
export function blocksOf(page: string, language: string): string[] {
  const blocks = readFileSync(page, "utf8").matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"));
  return [...blocks].map(([, text = ""]) => text);
}
