import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeFiles } from "../../../cli/spec/write-files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "files-"));
  writeFileSync(join(folder, "old"), "before");
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const old = () => ({ path: at("old"), before: "before", after: "after" });
const made = () => ({ path: at("new/file"), before: undefined, after: "new" });

describe(writeFiles, () => {
  it("writes files that are there and files that are not, and leaves nothing else", () => {
    writeFiles([old(), made()]);

    expect(readFileSync(at("old"), "utf8")).toBe("after");
    expect(readFileSync(at("new/file"), "utf8")).toBe("new");
    expect(readdirSync(folder, { recursive: true }).toSorted()).toEqual(
      ["new", "new/file", "old"].toSorted(),
    );
  });

  it("keeps a file's mode, and a link to it", () => {
    chmodSync(at("old"), 0o600);
    symlinkSync("old", at("link"));

    writeFiles([{ ...old(), path: at("link") }]);

    expect(lstatSync(at("link")).isSymbolicLink()).toBe(true);
    expect(readFileSync(at("old"), "utf8")).toBe("after");
    expect(statSync(at("old")).mode & 0o777).toBe(0o600);
  });

  it("writes none where one can't be written beside its place", () => {
    const below = { path: at("old/file"), before: undefined, after: "x" };

    expect(() => writeFiles([old(), below])).toThrow(/file cannot be written: /);
    expect(readFileSync(at("old"), "utf8")).toBe("before");
    expect(readdirSync(folder)).toEqual(["old"]);
  });

  it("puts back what is in its place already where a later one was changed meanwhile", () => {
    writeFileSync(at("other"), "of somebody else");
    const other = { path: at("other"), before: "as it was", after: "x" };

    expect(() => writeFiles([old(), made(), other])).toThrow(
      /other cannot be written: the file has changed since the command read it; run the command again/,
    );
    expect(readFileSync(at("old"), "utf8")).toBe("before");
    expect(existsSync(at("new/file"))).toBe(false);
    expect(readFileSync(at("other"), "utf8")).toBe("of somebody else");
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
