import { describe, expect, it } from "vitest";
import { idlePrefixes, unreachablePaths } from "../../openapi/api-routes.ts";

const withPaths = (...paths: string[]) => ({
  openapi: "3.0.1",
  paths: Object.fromEntries(paths.map((path) => [path, {}])),
});

/** Path of a document, prefix of an environment, and whether a request can be at both. */
const meetings: [string, string, boolean][] = [
  ["/statements", "/statements", true],
  ["/statements/", "/statements", true],
  ["/statements/{id}", "/statements", true],
  ["/statements/{id}/pages", "/statements", true],
  ["/statementsofall", "/statements", false],
  ["/other/statements", "/statements", false],
  ["/a", "/a/b", false],
  ["/a/{x}", "/a/b", true],
  ["/a/{x}/c", "/a/b/d", false],
  ["/{x}", "/a/b", false],
  ["/{x}/b", "/a/b", true],
  ["/{proxy+}", "/a/b", true],
  ["/a/{proxy+}", "/a", true],
  ["/a/{proxy+}", "/b", false],
  ["/", "/a", false],
];

describe.each(meetings)("a document with %s behind the path %s", (path, prefix, meet) => {
  it(meet ? "gets requests for it" : "gets none for it", () => {
    expect(unreachablePaths(withPaths(path), [prefix])).toEqual(meet ? [] : [path]);
    expect(idlePrefixes(withPaths(path), [prefix])).toEqual(meet ? [] : [prefix]);
  });
});

describe("several paths", () => {
  it("are each looked for in all of the others", () => {
    const document = withPaths("/branches", "/portraits/{id}", "/reports");

    expect(unreachablePaths(document, ["/portraits", "/branches", "/none"])).toEqual(["/reports"]);
    expect(idlePrefixes(document, ["/portraits", "/branches", "/none"])).toEqual(["/none"]);
  });
});
