import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { domain } from "../../domain/domain.ts";
import { LARGE_API, SMALL_API } from "../../domain/names.ts";
import { main as spec } from "../../tools/spec.ts";
import { callCommand } from "../support/call-command.ts";

const written = readFileSync(join("docs", "article.md"), "utf8");
const [, shipped = ""] = /specs\/([\w-]+)-large\.openapi\.json/.exec(written) ?? [];
/** With the words of the domain that this project has now, if it has taken the place of the shipped one. */
const page = written
  .replaceAll(shipped, SMALL_API)
  .replaceAll("{item}", `{${domain.key}}`)
  .replaceAll("request.path.item", `request.path.${domain.key}`);
const document = JSON.parse(readFileSync(join("specs", `${LARGE_API}.openapi.json`), "utf8"));
const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
const matches = (pattern: RegExp) => [...new Set([...page.matchAll(pattern)].map(([, found = ""]) => found))];

function atPointer(pointer: string): unknown {
  return pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((value, part) => value?.[part], document);
}

describe("docs/article.md", () => {
  it("names files of this project", () => {
    const files = matches(/`((?:specs|stacks|openapi)\/[\w./-]+)`/g).filter((file) => !file.endsWith("/"));

    expect(files.length).toBeGreaterThan(4);
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  });

  it("names places of the document, and quotes what is there", () => {
    const pointers = matches(/`(\/[^`\s]+)`/g);
    const quoted = [...page.matchAll(/^```json\n(.*?)^```$/gms)].map(([, text = ""]) => text).slice(0, 3);
    const lines = quoted.flatMap((text) => text.trim().split("\n")).map((line) => line.replace(/,$/, ""));
    const text = JSON.stringify(document);

    expect(pointers.length).toBeGreaterThan(4);
    expect(pointers.filter((pointer) => atPointer(pointer) === undefined)).toEqual([]);
    expect(lines.length).toBeGreaterThan(7);
    expect(lines.filter((line) => !text.includes(line.replaceAll(/(":|",) /g, "$1")))).toEqual([]);
  });

  it("names scripts of npm, and commands of npm run spec", async () => {
    const names = matches(/npm run ([\w:]+)/g);
    const { stdout } = await callCommand(spec, ["--help"]);

    expect(names.filter((name) => scripts[name] === undefined)).toEqual([]);
    for (const command of matches(/npm run spec -- (\w+)/g)) expect(stdout).toContain(`\n  ${command} `);
  });

  it("shows what the lint prints of a document without findings", async () => {
    // Not one of specs/, which users edit.
    const fixture = join("__tests__", "fixtures", "documents", "claims.openapi.json");
    const { stdout } = await callCommand(spec, ["lint", fixture]);
    const words = (text: string) => /^\S+\.openapi\.json: (.*)$/m.exec(text)?.[1];

    expect(words(stdout)).toBeDefined();
    expect(words(page)).toBe(words(stdout));
  });

  it("has a section for each step, in the order of its table", () => {
    const rows = matches(/^\| \d+ \| \[[^\]]+\]\(#([\w-]+)\)/gm);
    const sections = matches(/^### (.+)$/gm).map((title) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, "")
        .replaceAll(" ", "-"),
    );

    expect(rows).toEqual(sections);
    expect(rows).toHaveLength(15);
  });
});
