import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ENDS_OF_SUPPORT, PRODUCTS } from "../../../cli/support/ends-of-support.ts";
import { isoDay, parseSupportExceptions } from "../../../cli/support/support-exceptions.ts";
import { AWS_PROVIDER_VERSIONS, functionRuntime } from "../../../contract/aws-provider-versions.ts";
import { UserError } from "../../../contract/user-error.ts";
import { project } from "../../../env/project.ts";
import { HAPROXY_BRANCHES } from "../../../proxy/haproxy-versions.ts";

describe("the table of ends of support", () => {
  it.each(PRODUCTS)("has days and a source for %s", (product) => {
    const { ends, source, lookedUp, afterwards } = ENDS_OF_SUPPORT[product];

    for (const day of [lookedUp, ...Object.values(ends)]) {
      if (day !== undefined) expect(isoDay.safeParse(day).success, day).toBe(true);
    }
    expect(source).toMatch(/^https:\/\//);
    expect(afterwards).toMatch(/^[a-z].*[^.]$/);
    expect(Object.keys(ends)).not.toEqual([]);
  });

  it("has everything that an environment can choose", () => {
    const runtimes = AWS_PROVIDER_VERSIONS.map(functionRuntime);

    expect(Object.keys(ENDS_OF_SUPPORT["Lambda runtime"].ends)).toEqual(expect.arrayContaining(runtimes));
    expect(Object.keys(ENDS_OF_SUPPORT.HAProxy.ends)).toEqual(
      expect.arrayContaining(Object.keys(HAPROXY_BRANCHES)),
    );
  });

  it("stands in docs/support.md as it is here", () => {
    const page = readFileSync("docs/support.md", "utf8");
    const rows = PRODUCTS.map((product) => {
      const { ends, source, lookedUp } = ENDS_OF_SUPPORT[product];
      const days = Object.entries(ends).map(([version, day]) => `${version}: ${day ?? "none announced"}`);
      return `| ${product} | ${days.join(", ")} | ${lookedUp} | [source](${source}) |`;
    });

    expect(page).toContain(rows.join("\n"));
  });
});

describe(parseSupportExceptions, () => {
  it("takes those of this project, in their order", () => {
    const products = project.supportExceptions.map((each) => each.product);

    expect(parseSupportExceptions(project.supportExceptions).map(({ product }) => product)).toEqual(products);
  });

  it.each([
    [
      { product: "cdktf", version: "0.21", until: "2027-06-30" },
      "supportExceptions[0].reason: must give the reason why it is still used",
    ],
    [
      { product: "cdktf", version: "0.21", reason: " ", until: "2027-06-30" },
      "supportExceptions[0].reason: must give the reason why it is still used",
    ],
    [
      { product: "cdktf", version: "0.21", reason: "habit" },
      "supportExceptions[0].until: must be a day, as YYYY-MM-DD",
    ],
    [
      { product: "cdktf", version: "0.21", reason: "habit", until: "2027-06-31" },
      "supportExceptions[0].until: must be a day, as YYYY-MM-DD",
    ],
    [
      { product: "Perl", version: "5", reason: "habit", until: "2027-06-30" },
      `supportExceptions[0].product: must be one of ${PRODUCTS.join(", ")}`,
    ],
    ["cdktf", "supportExceptions[0]: must be an object"],
  ])("refuses %j", (given, problem) => {
    expect(() => parseSupportExceptions([given])).toThrow(UserError);
    expect(() => parseSupportExceptions([given])).toThrow(
      `env/project.ts has exceptions that are not valid:\n  ${problem}`,
    );
  });
});
