import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { blocksOf } from "../support/guide.ts";

describe("docs/extend.md", () => {
  it("shows the second domain as the tests have it, so that it compiles and runs", () => {
    const claims = readFileSync("__tests__/fixtures/domain/claims.ts", "utf8");

    expect(blocksOf("docs/extend.md", "ts")[0]).toBe(claims.replaceAll('"../../../domain/', '"./'));
  });

  it("shows the test of the second domain as it runs here", () => {
    const test = readFileSync("__tests__/domain/second-domain.test.ts", "utf8");

    expect(blocksOf("docs/extend.md", "ts")[2]).toBe(
      test.replaceAll('"../fixtures/domain/', '"../../domain/'),
    );
  });

  it("names files that are there", () => {
    const text = readFileSync("docs/extend.md", "utf8");
    const named = [...text.matchAll(/`((?:[\w-]+\/)+[\w.-]+\.\w+)`/g)].map(([, path = ""]) => path);
    const missing = named.filter((path) => !existsSync(path) && !/claims|proposals/.test(path));

    expect(named.length).toBeGreaterThan(20);
    expect(missing).toEqual([]);
  });
});
