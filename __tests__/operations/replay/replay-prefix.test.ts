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
    [undefined, false, /^Name what is meant/],
    ["incoming/", false, /^"incoming\/" is all that waits: say --all/],
    ["incoming", false, /^"incoming" is all that waits: say --all/],
    ["saas/a/b", false, /^"saas\/a\/b" is no prefix of payloads/],
    ["/saas", false, /is no prefix of payloads/],
    [".saas", false, /is no prefix of payloads/],
    ["a\u001bb", false, /^"a\\u\{1b\}b" is no prefix/],
    ["documents/saas/a/", false, /is no prefix of payloads/],
    ["saas", true, /^Give a prefix or --all, not both\.$/],
  ])("refuses %s", (given, all, message) => {
    expect(() => replayPrefix(given, all)).toThrow(
      expect.objectContaining({ name: "UserError", exitCode: 2, message: expect.stringMatching(message) }),
    );
  });
});
