import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const page = readFileSync(join("docs", "security.md"), "utf8");
const rows = page
  .split("\n")
  .filter((line) => /^\| API\d+ /.test(line))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe("docs/security.md", () => {
  it("has OWASP's ten entries, each with a mechanism", () => {
    expect(rows.map(([name]) => name?.split(" ")[0])).toEqual(
      Array.from({ length: 10 }, (_, index) => `API${index + 1}`),
    );
    for (const [, here, mechanism] of rows) expect([here, mechanism]).not.toContain("");
  });

  it.each(rows.map(([name = "", , , tests = ""]) => [name, tests]))(
    "names tests of %s that are there",
    (_, tests) => {
      const named = [...tests.matchAll(/`([^`]+)`/g)].map(([, path = ""]) => path);

      expect(named.length).toBeGreaterThan(0);
      expect(named.filter((path) => !existsSync(join("__tests__", path)))).toEqual([]);
    },
  );
});
