import { describe, expect, it } from "vitest";
import { ITEM_PATTERN } from "../../contract/keys.ts";

const pattern = new RegExp(`^${ITEM_PATTERN}$`);

describe("ITEM_PATTERN", () => {
  it.each(["a", "A-1", "2026.03_x", "a".repeat(64)])("accepts %s", (item) => {
    expect(pattern.test(item)).toBe(true);
  });

  it.each(["", ".", "..", ".a", "-a", "a/b", "a%2Fb", "a b", "ä", "a\n", "a#b", "a".repeat(65)])(
    "refuses %j",
    (item) => {
      expect(pattern.test(item)).toBe(false);
    },
  );
});
