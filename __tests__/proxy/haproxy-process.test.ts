import { describe, expect, it } from "vitest";
import { judge } from "../../proxy/haproxy-process.ts";
import { NEEDED_VERSIONS } from "../../proxy/haproxy-versions.ts";

const told = (version: string, features = "+OPENSSL +LUA") =>
  `HAProxy version ${version} 2025/10/03 - https://haproxy.org/\nFeature list : ${features} +PCRE2\n`;

describe(judge, () => {
  it("takes one without known faults that has all that the configuration uses", () => {
    expect(judge("haproxy", told("2.6.12-1+deb12u3"))).toEqual({
      path: "haproxy",
      version: "2.6.12-1+deb12u3",
    });
  });

  it("says what was found, what is wrong with it, and what is needed", () => {
    const found = judge("haproxy", told("2.6.12-1+deb12u2"));

    expect(found).toEqual({
      problem: expect.stringMatching(
        /^HAProxy 2\.6\.12-1\+deb12u2 may have known faults \(.*CVE-2025-11230: .*\); supported are /,
      ),
    });
    expect(Object.values(found).join()).toContain(NEEDED_VERSIONS);
  });

  it("names what it is built without", () => {
    expect(judge("haproxy", told("3.2.26", "-OPENSSL -LUA"))).toEqual({
      problem: "HAProxy 3.2.26 is built without LUA and OPENSSL",
    });
  });

  it("does not take what tells no version", () => {
    expect(judge("haproxy", "something else")).toEqual({
      problem: expect.stringMatching(/^HAProxy \(unknown version\) is of a branch that is not supported/),
    });
  });
});
