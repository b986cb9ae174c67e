import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { partition } from "@aws-sdk/core/client";
import { describe, expect, it } from "vitest";
import { nearestRegion } from "../../env/nearest-region.ts";
import { REGIONS } from "../../env/regions.ts";

/** What the AWS SDK knows, from its own text: it tells the partition of a region and lists none. */
function regionsOfSdk(): string[] {
  const text = readFileSync(createRequire(import.meta.url).resolve("@aws-sdk/core/client"), "utf8");
  const names = [...text.matchAll(/"?\b([a-z]+(?:-[a-z]+)+-\d+)"?: \{\s*"?description\b/g)];
  return names.map(([, name = ""]) => name).toSorted();
}

describe("REGIONS", () => {
  // `npx vitest run __tests__/env/regions.test.ts --update` writes it anew, for instance after an update of the SDK.
  it("are those of the AWS SDK", async () => {
    const lines = regionsOfSdk().map((name) => `  "${name}",\n`);

    await expect(
      `/** Every region of every partition of AWS, from the AWS SDK: __tests__/env/regions.test.ts writes and holds them. */\nexport const REGIONS = [\n${lines.join("")}] as const;\n`,
    ).toMatchFileSnapshot("../../env/regions.ts");
  });

  it.each(REGIONS)("hold %s, which the SDK describes", (region) => {
    expect(partition(region)).toHaveProperty("description");
  });

  it("are of every partition", () => {
    expect(REGIONS).toEqual(
      expect.arrayContaining(["eu-central-1", "us-east-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"]),
    );
  });
});

describe(nearestRegion, () => {
  it.each([
    ["eu-centrl-1", "eu-central-1"],
    ["eu-wset-1", "eu-west-1"],
    ["us-east1", "us-east-1"],
    ["EU-WEST-3", "eu-west-3"],
    ["ap-southeast-11", "ap-southeast-1"],
    ["us-gov-wets-1", "us-gov-west-1"],
    ["frankfurt", "eu-central-1"],
    [undefined, "eu-central-1"],
    [12, "eu-central-1"],
  ])("of %j is %s", (written, nearest) => {
    expect(nearestRegion(written)).toBe(nearest);
  });
});
