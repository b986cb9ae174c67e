import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const versions = z.record(z.string(), z.string());
const manifest = z
  .object({ dependencies: versions, devDependencies: versions })
  .parse(JSON.parse(readFileSync("package.json", "utf8")));
const all = { ...manifest.dependencies, ...manifest.devDependencies };

/** Whether a name with `*` in it stands for a package of package.json. */
const isNamed = (pattern: string) => {
  const expression = new RegExp(`^${pattern.replaceAll("*", ".*")}$`);
  return Object.keys(all).some((name) => expression.test(name));
};

describe("package.json", () => {
  it("names exact versions", () => {
    expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});

describe(".github/dependabot.yml", () => {
  const file = z
    .strictObject({
      version: z.literal(2),
      updates: z.array(
        z.looseObject({
          "package-ecosystem": z.enum(["npm", "github-actions"]),
          directory: z.literal("/"),
          schedule: z.strictObject({ interval: z.enum(["daily", "weekly", "monthly"]) }),
          "versioning-strategy": z.string().optional(),
          groups: z
            .record(
              z.string(),
              z.strictObject({
                "dependency-type": z.enum(["production", "development"]).optional(),
                patterns: z.array(z.string()).optional(),
                "exclude-patterns": z.array(z.string()).optional(),
                "update-types": z.array(z.enum(["major", "minor", "patch"])).optional(),
              }),
            )
            .optional(),
          ignore: z
            .array(
              z.strictObject({
                "dependency-name": z.string(),
                "update-types": z.array(z.literal("version-update:semver-major")).optional(),
              }),
            )
            .optional(),
        }),
      ),
    })
    .parse(parse(readFileSync(".github/dependabot.yml", "utf8")));
  const { groups = {}, ignore = [], ...npm } = file.updates[0] ?? expect.fail("no updates");

  it("looks after packages and actions, and keeps versions exact", () => {
    expect(file.updates.map((each) => each["package-ecosystem"])).toEqual(["npm", "github-actions"]);
    expect(npm["versioning-strategy"]).toBe("increase");
  });

  it("names packages that are there, and says of each that it leaves alone why", () => {
    const patterns = Object.values(groups).flatMap((group) => [
      ...(group.patterns ?? []),
      ...(group["exclude-patterns"] ?? []),
    ]);
    expect(patterns.filter((pattern) => !isNamed(pattern))).toEqual([]);
    expect(ignore.map((each) => each["dependency-name"]).filter((name) => !isNamed(name))).toEqual([]);
    const lines = readFileSync(".github/dependabot.yml", "utf8").split("    ignore:\n")[1]?.split("\n");
    expect(lines?.[0]).toMatch(/^\s+# \w/);
  });

  it("leaves alone what is archived", () => {
    const whole = ignore.filter((each) => each["update-types"] === undefined);

    expect(whole.map((each) => each["dependency-name"])).toEqual(["cdktf", "cdktf-cli", "@cdktf/provider-*"]);
  });
});

describe("docs/dependencies.md", () => {
  const page = readFileSync("docs/dependencies.md", "utf8");
  const rows = [...page.matchAll(/^\| `([^`]+)` \| (.+) \| (.+) \| (.+) \|$/gm)].map(
    ([, name = "", ...cells]) => ({
      name,
      cells,
    }),
  );

  it("lists packages that are there, with their state, their use and the way out", () => {
    expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(["cdktf", "dynalite"]));
    expect(rows.map(({ name }) => name).filter((name) => !Object.hasOwn(all, name))).toEqual([]);
    for (const { name, cells } of rows) {
      expect(
        cells.filter((cell) => cell.trim().length > 10),
        name,
      ).toHaveLength(3);
    }
  });

  it("lists every package of cdktf", () => {
    const names = Object.keys(all).filter((name) => /cdktf/.test(name));

    expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  });

  it("names a file where it says that one file alone calls a package", () => {
    const files = ["emulator", "functions", "cli", "release", "stacks", "domain", "tools"].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
        .map((file) => `${folder}/${file}`),
    );
    const alone = rows.flatMap(({ name, cells }) => {
      const [, file] = /`([^`]+\.ts)`, the one file/.exec(cells[2] ?? "") ?? [];
      return file === undefined ? [] : [{ name, file }];
    });

    expect(alone).toHaveLength(2);
    for (const { name, file } of alone) {
      expect(files.filter((each) => readFileSync(each, "utf8").includes(`from "${name}"`))).toEqual([file]);
    }
  });
});
