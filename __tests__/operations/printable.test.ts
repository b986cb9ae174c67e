import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { ago, pasteable, printable } from "../../operations/printable.ts";

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

describe(pasteable, () => {
  it.each([
    ["incoming/saas/a/payload/b+/=", "incoming/saas/a/payload/b+/="],
    ["incoming/New folder/", "'incoming/New folder/'"],
    ["it's $(here)", "'it'\\''s $(here)'"],
    ["a\u001b[2J\n'\\\u202eä", "$'a\\x1b[2J\\x0a\\x27\\x5c\\xe2\\x80\\xae\\xc3\\xa4'"],
  ])("makes %j one word of a command line, without what moves a cursor", (key, word) => {
    expect(pasteable(key)).toBe(word);
    expect(execFileSync("bash", ["-c", `printf %s ${word}`], { encoding: "utf8" })).toBe(key);
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
