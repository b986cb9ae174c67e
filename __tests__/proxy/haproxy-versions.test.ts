import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  HAPROXY_BRANCHES,
  NEEDED_VERSIONS,
  problemOfVersion,
  versionCheck,
} from "../../proxy/haproxy-versions.ts";

describe(problemOfVersion, () => {
  it.each([
    ["2.6.12-1+deb12u3"],
    ["2.6.12-1+deb12u4"],
    ["2.6.12-1+deb12u10"],
    ["2.6.23"],
    ["2.6.34-1~bpo12+1"],
    ["2.8.16-0ubuntu0.24.04.2"],
    ["2.8.16-1234abc"],
    ["3.0.30"],
    ["3.2.26"],
    ["3.2.100"],
  ])("has nothing against %s", (version) => {
    expect(problemOfVersion(version)).toBeUndefined();
  });

  it.each([
    ["2.6.12-1"],
    ["2.6.12-1+deb12u1"],
    ["2.6.12-1+deb12u2"],
    ["2.6.12"],
    ["2.6.22"],
    ["2.6.2"],
    ["2.8.15"],
    ["2.8.5-1ubuntu3"],
    ["3.0.11-1+deb13u1"],
    ["3.0.29"],
    ["3.2.25"],
  ])("names the faults that %s may have, and what to install", (version) => {
    expect(problemOfVersion(version)).toMatch(/^may have known faults \(CVE-\d+-\d+: /);
    expect(problemOfVersion(version)).toContain(NEEDED_VERSIONS);
  });

  it.each([["2.4.30"], ["2.7.12"], ["3.1.9"], ["3.5-dev9"], ["3.0-dev5"], ["4.0.1"], ["0.0"], [""]])(
    "does not know %j",
    (version) => {
      expect(problemOfVersion(version)).toMatch(
        /^is of a branch that is not supported; supported are .*2\.6\.12-1\+deb12u3/,
      );
    },
  );
});

/** `&&` binds more closely than `||`, as HAProxy's documentation has it in 2.4. */
function isAlerted(version: readonly number[]): boolean {
  const condition = /^\.if (.*)$/m.exec(versionCheck())?.[1] ?? expect.fail("no condition");
  const isAtLeast = (other: string) => {
    const [major = 0, minor = 0, patch = 0] = other.split(".").map(Number);
    const [ofMajor = 0, ofMinor = 0, ofPatch = 0] = version;
    return ofMajor * 1e6 + ofMinor * 1e3 + ofPatch >= major * 1e6 + minor * 1e3 + patch;
  };
  return condition.split(" || ").some((part) =>
    part.split(" && ").every((term) => {
      const [, not, other = ""] = /^(!?)version_atleast\(([\d.]+)\)$/.exec(term) ?? expect.fail(term);
      return isAtLeast(other) === (not === "");
    }),
  );
}

describe("docs/proxy.md", () => {
  it("lists each branch with what it needs", () => {
    const text = readFileSync("docs/proxy.md", "utf8");

    for (const [branch, { patch, packages, mended }] of Object.entries(HAPROXY_BRANCHES)) {
      const packaged = packages.map(({ base, revision }) => `Debian 12: ${base}${revision} `).join("");
      expect(text).toContain(`| ${branch} | ${branch}.${patch} | ${packaged}| ${mended.join(", ")} |`);
    }
  });
});

describe(versionCheck, () => {
  it("alerts of each version that is refused, but for what only its package's revision tells", () => {
    const versions = [2, 3, 4].flatMap((major) =>
      Array.from({ length: 10 }, (_, minor) => minor).flatMap((minor) =>
        Array.from({ length: 40 }, (_, patch) => [major, minor, patch]),
      ),
    );

    const otherwise = versions.filter(
      (version) => isAlerted(version) !== (problemOfVersion(version.join(".")) !== undefined),
    );

    expect(otherwise).toEqual([[2, 6, 12]]);
    expect(versions.filter((version) => !isAlerted(version))).not.toEqual([]);
  });
});
