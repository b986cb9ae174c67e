import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CHECKSUMS, checkChecksums, writeChecksums } from "../../release/checksums.ts";

let parent: string;
let folder: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "checksums-"));
  folder = join(parent, "build");
  mkdirSync(folder);
  writeFileSync(join(folder, "a"), "a");
  writeFileSync(join(parent, "outside"), "outside");
});
afterEach(() => rmSync(parent, { recursive: true }));

describe(checkChecksums, () => {
  it("takes the files that were written down", () => {
    writeChecksums(folder, ["a"]);

    expect(readFileSync(join(folder, CHECKSUMS), "utf8")).toMatch(/^[0-9a-f]{64} {2}a\n$/);
    expect(() => checkChecksums(folder, ["a"])).not.toThrow();
  });

  it("reads no file outside the build, though it is there and has the hash that is written down", () => {
    writeChecksums(folder, ["a", "../outside"]);

    expect(() => checkChecksums(folder, ["a"])).toThrow(
      /^\.\.\/outside has changed since the build\. Its SHA-256 is none, because the build has no such file\. /,
    );
  });
});
