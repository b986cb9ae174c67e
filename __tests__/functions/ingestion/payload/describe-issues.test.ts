import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { describeIssues } from "../../../../functions/ingestion/payload/describe-issues.ts";

describe(describeIssues, () => {
  it("describes at most twenty issues, the first ones", () => {
    const issues = z.array(z.string()).safeParse(Array(30).fill(0)).error?.issues ?? [];

    const reasons = describeIssues(issues);

    expect(issues).toHaveLength(30);
    expect(reasons.map(({ path }) => path)).toEqual(Array.from({ length: 20 }, (_, index) => `${index}`));
  });

  it("says no more of an issue it has no words for", () => {
    const issues = z.union([z.string(), z.number()]).safeParse({ secret: 1 }).error?.issues ?? [];

    expect(describeIssues(issues)).toEqual([{ path: "", code: "invalid_union", message: "Is not valid." }]);
  });
});
