import { describe, expect, it } from "vitest";
import { ago, printable } from "../../operations/printable.ts";

describe(printable, () => {
  it("leaves a key as it is", () => {
    expect(printable("incoming/saas/a/payload/b+/=")).toBe("incoming/saas/a/payload/b+/=");
  });

  it("escapes what would move a terminal's cursor, look like something else, or break the line", () => {
    expect(printable("a\u001b[2J\n\u009b\u202eb ä😀")).toBe(
      "a\\u{1b}[2J\\u{a}\\u{9b}\\u{202e}b\\u{20}\\u{e4}\\u{1f600}",
    );
  });

  it("cuts what is long", () => {
    expect(printable("x".repeat(1_000))).toBe(`${"x".repeat(200)}…`);
  });
});

describe(ago, () => {
  it.each([
    [-5_000, "just now"],
    [59_000, "just now"],
    [60_000, "1 min ago"],
    [119 * 60_000, "119 min ago"],
    [120 * 60_000, "2 h ago"],
    [47 * 3_600_000, "47 h ago"],
    [48 * 3_600_000, "2 days ago"],
  ])("says of %i ms: %s", (milliseconds, text) => {
    expect(ago(1_000_000_000_000, 1_000_000_000_000 + milliseconds)).toBe(text);
  });
});
