import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createObjectFolder } from "../../../emulator/aws/object-folder.ts";

let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "object-folders-"));
});

afterEach(() => {
  rmSync(parent, { recursive: true });
});

it("names its process, and removes what a killed one left, and nothing else", async () => {
  const killed = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const abandoned = `embedded-s3-${killed.pid}-aBcDeF`;
  const others = [`embedded-s3-${process.pid}-aBcDeF`, "embedded-s3-notes", `kept-${killed.pid}-aBcDeF`];
  for (const name of [abandoned, ...others]) mkdirSync(join(parent, name));
  writeFileSync(join(parent, abandoned, "object"), "bytes");

  const whileItRuns = createObjectFolder(parent);
  expect(readdirSync(parent)).toContain(abandoned);
  killed.kill("SIGKILL");
  await once(killed, "exit");
  const afterIt = createObjectFolder(parent);

  const own = [whileItRuns, afterIt].map((folder) => basename(folder));
  expect(own.every((name) => name.startsWith(`embedded-s3-${process.pid}-`))).toBe(true);
  expect(readdirSync(parent).toSorted()).toEqual([...own, ...others].toSorted());
});
