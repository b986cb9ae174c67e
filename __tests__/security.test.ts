import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const page = readFileSync(join("docs", "security.md"), "utf8");
const rows = page
  .split("\n")
  .filter((line) => /^\| API\d+ /.test(line))
  .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "").trim()));

/** Files of tests with words of their titles, as a row names them: `file`: "title", "title"; `file`: … */
function namedTests(cell: string) {
  return cell.split("; ").flatMap((part) => {
    const [, file = "", titles = ""] = /^`([^`]+)`: (.+)$/.exec(part) ?? [];
    return [...titles.matchAll(/"([^"]+)"/g)].map(([, title = ""]) => ({ file, title }));
  });
}

function holds({ file, title }: { readonly file: string; readonly title: string }): boolean {
  const path = join("__tests__", `${file}.test.ts`);
  return existsSync(path) && readFileSync(path, "utf8").includes(title);
}

describe("docs/security.md", () => {
  it("has OWASP's ten entries, each with a mechanism", () => {
    expect(rows.map(([name]) => name?.split(" ")[0])).toEqual(
      Array.from({ length: 10 }, (_, index) => `API${index + 1}`),
    );
    for (const cells of rows) expect(cells.filter((cell) => cell !== "")).toHaveLength(4);
  });

  it.each(rows.map(([name = "", , , tests = ""]) => [name, tests]))(
    "names tests of %s that are there, by words of their titles",
    (_, tests) => {
      const named = namedTests(tests);

      expect(named).toHaveLength((tests.match(/"/g) ?? []).length / 2);
      expect(named.length).toBeGreaterThan(0);
      expect(named.filter((each) => !holds(each))).toEqual([]);
    },
  );
});
