import { describe, expect, it } from "vitest";
import { replayPrefix } from "../../../operations/replay/replay-prefix.ts";

describe(replayPrefix, () => {
  it.each([
    ["saas", "incoming/saas/"],
    ["saas/", "incoming/saas/"],
    ["saas/4711", "incoming/saas/4711/"],
    ["saas/4711/", "incoming/saas/4711/"],
    ["incoming/saas/47", "incoming/saas/47"],
  ])("takes %s for %s", (given, prefix) => {
    expect(replayPrefix(given, false)).toBe(prefix);
  });

  it("takes everything where all is wanted", () => {
    expect(replayPrefix(undefined, true)).toBe("incoming/");
  });

  it.each([
    [undefined, false, /^Give a caller, a caller and an item/],
    ["incoming/", false, /^"incoming\/" would be every waiting payload\. Use --all/],
    ["incoming", false, /^"incoming" would be every waiting payload\. Use --all/],
    ["saas/a/b", false, /^"saas\/a\/b" is not a prefix of payload keys\. Give /],
    ["/saas", false, /is not a prefix of payload keys\. Give /],
    [".saas", false, /is not a prefix of payload keys\. Give /],
    ["a\u001bb", false, /^"a\\u\{1b\}b" is not a prefix/],
    ["documents/saas/a/", false, /is not a prefix of payload keys\. Give /],
    ["saas", true, /^Give a prefix or --all, not both\.$/],
  ])("refuses %s", (given, all, message) => {
    expect(() => replayPrefix(given, all)).toThrow(
      expect.objectContaining({ name: "UserError", exitCode: 2, message: expect.stringMatching(message) }),
    );
  });
});
