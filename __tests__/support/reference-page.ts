import { expect } from "vitest";

/** A word of code, as it stands in the text and in cells. */
export const code = (text: string) => `\`${text}\``;

/** A table of GitHub's Markdown. A cell that has a line break or a pipe is written so that it stays in its cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cellOf).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

// In a table GitHub reads \| as a pipe, within code as well.
const cellOf = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", "<br>");

/** The blocks of a page, with an empty line between them. The first is its heading, the second what the reader finds there. */
export function page(blocks: readonly string[]): string {
  return `${blocks.join("\n\n")}\n\nThe code writes this page: \`npm run docs\`.\n`;
}

/** Holds docs/reference/<name> to a page; `npm run docs` writes it. */
export async function expectReferencePage(name: `${string}.md`, blocks: readonly string[]): Promise<void> {
  await expect(
    page(blocks),
    `docs/reference/${name} is not what the code writes: npm run docs`,
  ).toMatchFileSnapshot(`../../docs/reference/${name}`);
}
