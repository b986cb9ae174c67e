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

  it("leads to the license, to how to contribute, and to how to report a vulnerability", () => {
    expect(text("README.md")).toMatch(/\(LICENSE\).*\(CONTRIBUTING\.md\).*\(SECURITY\.md\)/s);
    expect(license).toBe("Apache-2.0");
    expect(text("LICENSE")).toMatch(/^\s+Apache License\n\s+Version 2\.0, January 2004\n/);
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
