import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mayBeSubmission, possibleSubmissions } from "../../../contract/intake-keys.ts";
import { CALLER_METADATA, intakeKey, itemPattern } from "../../../contract/keys.ts";
import { KeyLayoutError, readSubmission } from "../../../functions/ingestion/submission-keys.ts";
import { keyedBy } from "../../support/function-records.ts";
import { itHolds } from "../../support/property.ts";

const submissionId = fc.stringMatching(/^[A-Za-z0-9+/=_:-]{1,20}=$/);
/** What a sender may put into a path, encoded or not. */
const anyId = fc.string({
  unit: fc.constantFrom("a", "Z", "9", ".", "-", "/", " ", "%", "ä", "\n", "files", "payload"),
});
const sentTo = fc.oneof(
  anyId.map((item) => keyedBy(item)),
  fc.tuple(anyId, anyId).map(([item, fileId]) => keyedBy(item, fileId)),
);
const metadataOf = (id: string) => ({ "submission-id": id, "received-at": "12" });

describe(readSubmission, () => {
  itHolds(
    "gives each object that the gateway writes an item, by which its outcome is found again without its metadata",
    fc.property(sentTo, submissionId, (key, id) => {
      const written = intakeKey(key, id);

      const { submissionId: read, receivedAt, ...itemKey } = readSubmission(written, metadataOf(id)) ?? {};

      expect({ read, receivedAt }).toEqual({ read: id, receivedAt: 12 });
      expect(possibleSubmissions(written)).toContainEqual({ key: itemKey, submissionId: id });
      expect(mayBeSubmission(written)).toBe(true);
    }),
  );

  itHolds(
    "takes an object for no other caller's than the one that its key begins with and its metadata names",
    fc.property(anyId, sentTo, submissionId, (caller, sent, id) => {
      const key = intakeKey({ ...sent, caller }, id);
      const metadata = { ...metadataOf(id), [CALLER_METADATA]: caller };
      const [, first] = key.split("/");

      const read = itemPattern.test(caller) ? readSubmission(key, metadata)?.caller : undefined;

      if (!itemPattern.test(caller)) expect(() => readSubmission(key, metadata)).toThrow(KeyLayoutError);
      expect(read ?? caller).toBe(caller);
      expect(possibleSubmissions(key).every(({ key: { caller: possible } }) => possible === first)).toBe(
        true,
      );
    }),
  );

  it.each([
    ["the layout before callers", "incoming/item-1/s-1"],
    ["an item of that layout with a slash", "incoming/a/b/s-1"],
    ["a key of another submission", "incoming/shared/item-1/payload/s-2"],
  ])("takes no outcome for %s: a person has to look", (_name, key) => {
    expect(() => readSubmission(key, metadataOf("s-1"))).toThrow(KeyLayoutError);
  });

  it("knows nothing that the gateway has not written", () => {
    expect(readSubmission("incoming/shared/item-1/payload/s-1", {})).toBeUndefined();
  });

  it("leaves out a correlation id of another form", () => {
    const key = "incoming/shared/item-1/payload/s-1";

    expect(readSubmission(key, { ...metadataOf("s-1"), "correlation-id": "a/1" })?.correlationId).toBe("a/1");
    expect(readSubmission(key, { ...metadataOf("s-1"), "correlation-id": "a b" })).not.toHaveProperty(
      "correlationId",
    );
  });
});

describe(mayBeSubmission, () => {
  it("counts the older layout in, so that the queue hears of it", () => {
    expect(mayBeSubmission("incoming/item-1/Jm5/z+=")).toBe(true);
  });

  it.each([
    "incoming/",
    "incoming/a/",
    "incoming/shared/item-1/payload/",
    "incoming/a.pdf",
    "incoming/a/b.pdf",
  ])("knows that %s is none", (key) => {
    expect(mayBeSubmission(key)).toBe(false);
  });
});
