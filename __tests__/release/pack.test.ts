import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "tar";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unpackBuild } from "../../release/pack.ts";

let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "pack-"));
  for (const folder of ["packed", "unpacked"]) mkdirSync(join(parent, folder));
});
afterEach(() => rmSync(parent, { recursive: true }));

describe(unpackBuild, () => {
  it("makes the files and folders of an archive, and neither of its links", async () => {
    const packed = join(parent, "packed");
    mkdirSync(join(packed, "stacks"));
    writeFileSync(join(packed, "stacks", "a"), "a");
    symlinkSync(parent, join(packed, "symbolic"));
    linkSync(join(packed, "stacks", "a"), join(packed, "hard"));
    const file = join(parent, "archive.tar.gz");
    create({ gzip: true, cwd: packed, file, sync: true }, ["stacks", "symbolic", "hard"]);

    await unpackBuild(readFileSync(file), join(parent, "unpacked"));

    const unpacked = readdirSync(join(parent, "unpacked"), { recursive: true }).map(String);
    expect(unpacked.toSorted()).toEqual(["stacks", "stacks/a"]);
  });
});
