import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const text = (file: string) => readFileSync(file, "utf8");
const { license, engines, scripts } = z
  .object({
    license: z.string(),
    engines: z.object({ node: z.string() }),
    scripts: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(text("package.json")));
const pages = [
  ...readdirSync(".").filter((file) => file.endsWith(".md")),
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file)),
];

describe("what a newcomer reads", () => {
  it.each(pages)("%s links to files that are there, and names npm scripts that are there", (page) => {
    const links = [...text(page).matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g)].map(([, path = ""]) => path);
    const named = [...text(page).matchAll(/\bnpm run (?:-\S+ )*([\w:]+)/g)].map(([, name = ""]) => name);

    expect(links.filter((path) => !existsSync(join(dirname(page), path)))).toEqual([]);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it.each(pages)("%s names no folder of one machine", (page) => {
    expect(text(page)).not.toMatch(/(?<![\w.$/}>])\/(?:tmp|home|root|Users|work)\//);
  });

  it.each(pages)("%s links to headings that are there", (page) => {
    const links = [...text(page).matchAll(/\]\((?![a-z]+:)([^)#\s]*)#([^)\s]+)\)/g)];
    const targets = links.map(([, path = "", heading = ""]) => ({
      file: path === "" ? page : join(dirname(page), path),
      heading,
    }));

    const dangling = targets.filter(
      ({ file, heading }) => file.endsWith(".md") && existsSync(file) && !headingsOf(file).includes(heading),
    );
    expect(dangling).toEqual([]);
  });

  it("is linked from messages by pages and headings that are there", () => {
    const rooms = readdirSync(".", { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && !/^\.|^(?:__tests__|node_modules|cdktf\.out)$/.test(entry.name),
    );
    const sources = rooms.flatMap(({ name }) =>
      readdirSync(name, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .map((file) => join(name, file)),
    );
    const links = sources.flatMap((file) =>
      [...text(file).matchAll(/\b(docs\/[\w/-]+\.(?:md|svg))(?:#([\w-]+))?/g)].map(
        ([, page = "", heading]) => ({
          file,
          page,
          heading,
        }),
      ),
    );

    expect(links.length).toBeGreaterThan(20);
    expect(
      links.filter(
        ({ page, heading }) =>
          !existsSync(page) || (heading !== undefined && !headingsOf(page).includes(heading)),
      ),
    ).toEqual([]);
  });

  it("leads to the license, to how to contribute, and to how to report a vulnerability", () => {
    expect(text("README.md")).toMatch(/\(LICENSE\).*\(CONTRIBUTING\.md\).*\(SECURITY\.md\)/s);
    expect(license).toBe("Apache-2.0");
    expect(text("LICENSE")).toMatch(/^\s+Apache License\n\s+Version 2\.0, January 2004\n/);
  });
});

describe("README.md", () => {
  const readme = text("README.md");
  const linkedFrom = (page: string) =>
    [...text(page).matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g)].map(([, path = ""]) =>
      join(dirname(page), path),
    );

  it("is read in a few minutes: at most 120 lines, none of text over 140 characters", () => {
    const lines = readme.trimEnd().split("\n");
    const prose = readme.replaceAll(/^```.*?^```$/gms, "").split("\n");

    expect(lines.length).toBeLessThanOrEqual(120);
    expect(prose.filter((line) => !line.startsWith("|") && line.length > 140)).toEqual([]);
  });

  it.each([
    ["Configure an environment", "docs/configure.md"],
    ["Deploy", "docs/deploy.md"],
    ["Send payloads", "docs/send-payloads.md"],
    ["Import an API", "docs/import-an-api.md"],
    ["Operate", "docs/operations.md"],
    ["Extend", "docs/extend.md"],
    ["Security", "docs/security.md"],
    ["Reference", "docs/reference/settings.md"],
  ])("links by task: %s", (task, page) => {
    expect(readme).toMatch(new RegExp(`^\\| \\[${task}\\]\\(${page}\\) \\|`, "m"));
  });

  it("leads to every guide, itself or by one that it links", () => {
    const direct = linkedFrom("README.md").filter((page) => page.startsWith("docs/") && existsSync(page));
    const reached = new Set([
      ...direct,
      ...direct.filter((page) => page.endsWith(".md")).flatMap(linkedFrom),
    ]);
    const guides = pages.filter((page) => page.startsWith("docs/") && !page.startsWith("docs/decisions/"));

    expect(guides.length).toBeGreaterThan(15);
    expect(guides.filter((guide) => !reached.has(guide))).toEqual([]);
  });
});

describe("docs/decisions/README.md", () => {
  it("lists every decision once, by its number and its title", () => {
    const listed = [...text("docs/decisions/README.md").matchAll(/^- (\d{3}) \[(.+)\]\((.+)\)$/gm)];
    const decisions = readdirSync("docs/decisions")
      .filter((file) => file !== "README.md")
      .map(
        (file) => `${file.slice(0, 3)} ${text(`docs/decisions/${file}`).split("\n")[0]?.slice(2)} ${file}`,
      );

    expect(decisions.length).toBeGreaterThan(30);
    expect(listed.map(([, number, title, file]) => `${number} ${title} ${file}`).toSorted()).toEqual(
      decisions.toSorted(),
    );
  });
});

describe("docs/reference/glossary.md", () => {
  it("has at most twenty terms", () => {
    const rows = [...text(join("docs", "reference", "glossary.md")).matchAll(/^\| ([^|]+) \|/gm)].slice(2);
    const terms = rows.flatMap(([, names = ""]) => names.split(", "));

    expect(terms).toContain("record");
    expect(terms.length).toBeLessThanOrEqual(20);
  });
});

describe(".editorconfig", () => {
  it("says what the formatter does", () => {
    const { formatter } = z
      .object({
        formatter: z.object({ indentStyle: z.string(), indentWidth: z.number(), lineWidth: z.number() }),
      })
      .parse(JSON.parse(text("biome.json")));
    const setting = (name: string) => new RegExp(`^${name} = (.*)$`, "m").exec(text(".editorconfig"))?.[1];

    expect(setting("indent_style")).toBe(formatter.indentStyle);
    expect(setting("indent_size")).toBe(String(formatter.indentWidth));
    expect(setting("max_line_length")).toBe(String(formatter.lineWidth));
  });
});

describe("package-lock.json", () => {
  it("holds no package that refuses the oldest Node.js that is supported, so that npm ci warns of none", () => {
    const lock = z.object({ packages: z.record(z.string(), z.looseObject({})) });
    const packages = Object.entries(lock.parse(JSON.parse(text("package-lock.json"))).packages);
    const refusing = packages.flatMap(([path, entry]) => {
      const parsed = z.object({ engines: z.object({ node: z.string() }) }).safeParse(entry);
      return parsed.success && !admits(parsed.data.engines.node)
        ? [`${path}: ${parsed.data.engines.node}`]
        : [];
    });

    expect(engines.node).toBe(`>=${oldest.join(".")}`);
    expect(refusing).toEqual([]);
  });
});

/** The anchors of a page, as GitHub makes them. */
function headingsOf(page: string): string[] {
  return [
    ...text(page)
      .replaceAll(/^```.*?^```$/gms, "")
      .matchAll(/^#+ (.*)$/gm),
  ].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

const oldest = [20, 19] as const;

/** Of the forms that packages use for this: `>=18.2`, `^20.0.0 || >=22`, `20 || >=22`, `*`. */
function admits(range: string): boolean {
  const [oldestMajor, oldestMinor] = oldest;
  return range.split("||").some((alternative) => {
    const [, operator, major, minor = "0"] = /^\s*(>=|\^)?\s*(\d+|\*)(?:\.(\d+))?/.exec(alternative) ?? [];
    if (major === undefined || major === "*") return major === "*";
    const isSame = Number(major) === oldestMajor && Number(minor) <= oldestMinor;
    return isSame || (operator === ">=" && Number(major) < oldestMajor);
  });
}
