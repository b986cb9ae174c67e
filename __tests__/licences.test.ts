import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";

/** As the lock writes them: licences that ask for no more than their text and, of MPL-2.0, for changes to its own files. */
const allowed = [
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "MPL-2.0",
  "Unlicense",
];

/** By name, with what the package says and why it may be here. */
const exceptions: Readonly<Record<string, { readonly says: string; readonly because: string }>> = {
  jsonify: { says: "Public Domain", because: "no name of SPDX's, and asks for less than any of them" },
};

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ license: z.string().optional(), link: z.boolean().optional() })),
});

/** Of each package of a lock that may not be here, its name and its licence. */
function refusedLicences(lock: z.infer<typeof lockSchema>): string[] {
  return Object.entries(lock.packages).flatMap(([path, { license }]) => {
    const name = path.split("node_modules/").at(-1) ?? "";
    const isException = license !== undefined && exceptions[name]?.says === license;
    return path === "" || isException || isAllowed(license) ? [] : [`${path}: ${license ?? "none"}`];
  });
}

/** Of several, one that is allowed is enough; whoever joins them by AND, or has brackets in brackets, has to be an exception. */
function isAllowed(license = ""): boolean {
  const [, inBrackets = license] = /^\(([^()]*)\)$/.exec(license) ?? [];
  return !/[()]| AND /.test(inBrackets) && inBrackets.split(" OR ").some((each) => allowed.includes(each));
}

describe("licences", () => {
  const lock = lockSchema.parse(JSON.parse(readFileSync("package-lock.json", "utf8")));

  it("are allowed for every package of the lock", () => {
    expect(Object.keys(lock.packages).length).toBeGreaterThan(500);
    expect(refusedLicences(lock)).toEqual([]);
  });

  it("have no exception that nothing needs, nor one without a reason", () => {
    for (const [name, { says, because }] of Object.entries(exceptions)) {
      const found = Object.entries(lock.packages).filter(([path]) => path.endsWith(`node_modules/${name}`));
      expect(found.map(([, { license }]) => license)).toContain(says);
      expect(because).toMatch(/\w{3}/);
    }
  });

  it.each([
    undefined,
    "",
    "UNLICENSED",
    "SEE LICENSE IN LICENSE.md",
    "GPL-3.0-only",
    "AGPL-3.0-or-later",
    "(GPL-2.0 OR SSPL-1.0)",
    "MIT AND GPL-3.0-only",
    "MIT AND ISC",
    "MIT OR GPL-3.0-only AND ISC",
    "(MIT OR ISC) AND (GPL-3.0-only OR SSPL-1.0)",
    "(MIT OR GPL-3.0-only) AND (GPL-3.0-only OR MIT)",
    "((GPL-3.0-only AND SSPL-1.0) OR MIT)",
    "Public Domain",
    "BUSL-1.1",
  ])("are refused where a package says %j", (license) => {
    const packages = { "node_modules/a": license === undefined ? {} : { license } };

    expect(refusedLicences({ packages })).toEqual([`node_modules/a: ${license ?? "none"}`]);
  });

  it.each(["MIT", "(MIT OR GPL-3.0-or-later)", "BSD-2-Clause OR MIT"])(
    "are taken where a package says %j",
    (license) => {
      expect(refusedLicences({ packages: { "node_modules/@a/b": { license } } })).toEqual([]);
    },
  );
});
