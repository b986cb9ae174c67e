import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  deletedKey,
  documentKey,
  filesGroupKey,
  groupKey,
  ITEM_PATTERN,
  type ItemKey,
  intakeKey,
  isDeletedKey,
  parseDocumentKey,
  parseIntakeKey,
  tableKey,
} from "../../contract/keys.ts";
import { itHolds } from "../support/property.ts";

const id = fc.stringMatching(new RegExp(`^${ITEM_PATTERN}$`));
const itemKey: fc.Arbitrary<ItemKey> = fc.oneof(
  fc.record({ caller: id, item: id }),
  fc.record({ caller: id, item: id, fileId: id }),
);
const submissionId = fc.stringMatching(/^[A-Za-z0-9+/=_:-]{1,40}$/);
const sha256 = fc.stringMatching(/^[0-9a-f]{64}$/);

describe(intakeKey, () => {
  it("is where the gateway puts a payload, and a plain file", () => {
    const key = { caller: "shared", item: "item-1" };

    expect(intakeKey(key, "Jm5/z+=")).toBe("incoming/shared/item-1/payload/Jm5/z+=");
    expect(intakeKey({ ...key, fileId: "scan" }, "Jm5")).toBe("incoming/shared/item-1/files/scan/Jm5");
  });

  itHolds(
    "gives back what it was made of",
    fc.property(itemKey, submissionId, (key, given) => {
      expect(parseIntakeKey(intakeKey(key, given))).toEqual({ key, submissionId: given });
    }),
  );
});

describe(parseIntakeKey, () => {
  it.each([
    ["the folder of the prefix", "incoming/"],
    ["a folder of the console", "incoming/shared/folder/"],
    ["a copied file", "incoming/photo.jpg"],
    ["the older layout", "incoming/item-1/Jm5/z+="],
    ["another prefix", "elsewhere/shared/item-1/payload/s"],
    ["no submission", "incoming/shared/item-1/payload/"],
    ["an item with a slash", "incoming/shared/a/b/payload/s"],
    ["an item that is a relative segment", "incoming/shared/../payload/s"],
    ["no item", "incoming/shared//payload/s"],
    ["a file without an id", "incoming/shared/item-1/files//s"],
    ["a caller that is a relative segment", "incoming/../item-1/payload/s"],
  ])("knows no submission in %s", (_name, key) => {
    expect(parseIntakeKey(key)).toBeUndefined();
  });
});

describe(documentKey, () => {
  it("names a document by its bytes, below its item or its file", () => {
    const key = { caller: "shared", item: "item-1" };
    const hash = "0".repeat(64);

    expect(documentKey(key, hash)).toBe(`documents/shared/item-1/${hash}`);
    expect(documentKey({ ...key, fileId: "scan" }, hash)).toBe(`documents/shared/item-1/files/scan/${hash}`);
  });

  itHolds(
    "gives back what it was made of",
    fc.property(itemKey, sha256, (key, hash) => {
      expect(parseDocumentKey(documentKey(key, hash))).toEqual({ key, sha256: hash });
    }),
  );

  it.each([
    "documents/readme.txt",
    `documents/item-1/${"a".repeat(64)}`,
    `documents/shared/item-1/${"A".repeat(64)}`,
    `documents/shared/item-1/files/${"a".repeat(64)}`,
    `documents/shared/a/b/c/${"a".repeat(64)}`,
  ])("has not made %s", (path) => {
    expect(parseDocumentKey(path)).toBeUndefined();
  });
});

describe(isDeletedKey, () => {
  itHolds(
    "knows where a document is kept after its deletion",
    fc.property(itemKey, sha256, (key, hash) => {
      expect(isDeletedKey(deletedKey(documentKey(key, hash)))).toBe(true);
      expect(isDeletedKey(documentKey(key, hash))).toBe(false);
    }),
  );

  it.each([
    "deleted/",
    "deleted/report.pdf",
    `deleted/item-1/${"a".repeat(64)}`,
    `deleted/shared/item-1/${"A".repeat(64)}`,
    `old/deleted/shared/item-1/${"a".repeat(64)}`,
  ])("does not take %s for one", (key) => {
    expect(isDeletedKey(key)).toBe(false);
  });
});

describe("keys of the table", () => {
  itHolds(
    "are told apart, whatever callers, items and files are called",
    fc.property(itemKey, itemKey, (left, right) => {
      const same = JSON.stringify(left) === JSON.stringify(right);

      expect(tableKey(left) === tableKey(right)).toBe(same);
    }),
  );

  itHolds(
    "list the records of a group and the files of an item apart from each other and from another caller's",
    fc.property(id, id, id, fc.string(), (caller, other, item, group) => {
      expect(groupKey(caller, group)).not.toBe(filesGroupKey({ caller: other, item }));
      if (caller !== other) {
        expect(groupKey(caller, group)).not.toBe(groupKey(other, group));
        expect(filesGroupKey({ caller, item })).not.toBe(filesGroupKey({ caller: other, item }));
      }
    }),
  );
});
