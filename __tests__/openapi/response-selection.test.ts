import { describe, expect, it } from "vitest";
import { formatStatuses, selectedStatuses } from "../../openapi/response-selection.ts";

describe(selectedStatuses, () => {
  it.each([
    ["2[0-9]{2}", 100],
    ["4\\d{2}", 100],
    ["409|412", 2],
    ["4", 0],
    [".*", 400],
  ])("matches %s with the whole status", (pattern, count) => {
    expect(selectedStatuses(pattern)).toHaveLength(count);
  });

  it("is undefined for a broken pattern", () => {
    expect(selectedStatuses("4[")).toBeUndefined();
  });
});

describe(formatStatuses, () => {
  it("joins neighbours", () => {
    expect(formatStatuses([200, 201, 202, 409, 412])).toBe("200-202, 409, 412");
  });
});
