import { describe, expect, it } from "vitest";
import { deletedKey, documentKey } from "../../../contract/keys.ts";
import { deleteRecord } from "../../../functions/ingestion/delete-record.ts";
import { ingest } from "../../../functions/ingestion/ingest.ts";
import type { StoredVersion } from "../../../functions/ingestion/stores/document-versions.ts";
import { memoryStores, now } from "../../support/function-memory-stores.ts";
import { aPayload, markedPayload } from "../../support/function-payloads.ts";
import { aPlainFile, keyedBy, sampleHashes } from "../../support/function-records.ts";

const key = keyedBy("item-1");
const fileKey = keyedBy("item-1", "scan");
const payload = { bytes: aPayload() };
const pathsOf = (mark: string) => sampleHashes(mark).map((sha256) => documentKey(key, sha256));

describe(deleteRecord, () => {
  it("leaves a tombstone without the content, that expires after the retention", async () => {
    const stores = memoryStores();
    await ingest(payload, submitted("s-1", 1), stores.context);

    await deleteRecord(submitted("d-1", 2), stores.context);

    expect(stores.stateOf(key)).toEqual({
      kind: "tombstone",
      ...submitted("d-1", 2),
      documentsSince: now,
      expiresAt: now / 1000 + 30 * 86_400,
    });
  });

  it("removes all documents that the item has had once the tombstone is there, and not those of its plain files", async () => {
    const stores = memoryStores();
    const { bytes, contentType, sha256 } = aPlainFile();
    await ingest({ bytes, contentType }, { ...fileKey, submissionId: "f", receivedAt: 1 }, stores.context);
    await ingest(payload, submitted("s-1", 1), stores.context);
    await ingest({ bytes: markedPayload("other") }, submitted("s-2", 2), stores.context);
    const earlier = stores.writes.length;

    const { removed } = await deleteRecord(submitted("d-1", 3), stores.context);

    expect(removed).toBe(new Set([...pathsOf(""), ...pathsOf("other")]).size);
    expect(stores.documents.keys()).toEqual([documentKey(fileKey, sha256)]);
    expect(stores.writes.slice(earlier)).toEqual(["tombstone", "removal"]);
  });

  it("removes the documents of a plain file, and not those of its item", async () => {
    const stores = memoryStores();
    const { bytes, contentType } = aPlainFile();
    await ingest(payload, submitted("s-1", 1), stores.context);
    const ofFile = { ...fileKey, submissionId: "f", receivedAt: 1 };
    await ingest({ bytes, contentType }, ofFile, stores.context);

    await deleteRecord({ ...ofFile, submissionId: "d-1", receivedAt: 2 }, stores.context);

    expect(stores.documents.keys()).toEqual([...new Set(pathsOf(""))].sort());
  });

  it("keeps a copy of each out of reach where the environment keeps them for some days", async () => {
    const stores = memoryStores();
    await ingest(payload, submitted("s-1", 1), stores.context);

    await deleteRecord(submitted("d-1", 2), { ...stores.context, deletedDocumentDays: 30 });

    expect(stores.documents.keys()).toEqual([...new Set(pathsOf(""))].map(deletedKey).sort());
  });

  it("removes nothing where the bucket is not versioned, and says how much that is", async () => {
    const stores = memoryStores({ isVersioned: false });
    await ingest(payload, submitted("s-1", 1), stores.context);

    const erased = await deleteRecord(submitted("d-1", 2), stores.context);

    expect(erased).toEqual({ removed: 0, unversioned: new Set(pathsOf("")).size });
    expect(stores.documents.keys()).toEqual([...new Set(pathsOf(""))].sort());
  });

  it("stays the same deletion when it is repeated, and another state", async () => {
    const stores = memoryStores();
    await deleteRecord(submitted("d-1", 1), stores.context);
    const first = stores.stateOf(key);

    await deleteRecord(submitted("d-1", 1), stores.context);

    expect(stores.stateOf(key)).toEqual({ ...first, documentsSince: now + 1 });
  });

  it("leaves the tombstone of a deletion that was received later, and removes what it has left", async () => {
    const stores = memoryStores();
    await ingest(payload, submitted("s-1", 1), stores.context);
    const { documentVersions } = stores.context;
    const failing = { ...documentVersions, delete: () => Promise.reject(new Error("slow down")) };
    const later = submitted("d-2", 3);
    const failed = deleteRecord(later, { ...stores.context, documentVersions: failing });
    await expect(failed).rejects.toThrow("slow down");

    await deleteRecord(submitted("d-1", 2), stores.context);

    expect(stores.stateOf(key)).toMatchObject({ kind: "tombstone", submissionId: "d-2", receivedAt: 3 });
    expect(stores.documents.size).toBe(0);
  });

  it("leaves what was received later, notes that it came, and removes what was replaced", async () => {
    const stores = memoryStores();
    await ingest({ bytes: markedPayload("other") }, submitted("s-1", 1), stores.context);
    await ingest(payload, submitted("s-2", 3), stores.context);
    const record = stores.stateOf(key);

    const erased = await deleteRecord(submitted("d-1", 2), stores.context);

    const replaced = new Set(pathsOf("other").filter((path) => !pathsOf("").includes(path)));
    expect(replaced.size).toBeGreaterThan(0);
    expect(erased).toEqual({ removed: replaced.size, unversioned: 0 });
    expect(stores.stateOf(key)).toEqual({ ...record, deletedAt: now, documentsSince: now + 1 });
    expect(stores.documents.keys()).toEqual([...new Set(pathsOf(""))].sort());
  });

  it("notes the latest deletion alone, whatever the clock says", async () => {
    const stores = memoryStores();
    await ingest(payload, submitted("s-1", 3), stores.context);
    await deleteRecord(submitted("d-1", 1), stores.context);

    await deleteRecord(submitted("d-2", 2), { ...stores.context, now: () => now - 5 });

    expect(stores.stateOf(key)).toMatchObject({ submissionId: "s-1", deletedAt: now });
  });

  it("removes thousands of versions of one item", async () => {
    const stores = memoryStores();
    await ingest(payload, submitted("s-1", 1), stores.context);
    const [path = ""] = pathsOf("");
    for (let count = 0; count < 2_500; count += 1) stores.documents.put(path, new Uint8Array());

    const { removed } = await deleteRecord(submitted("d-1", 2), {
      ...stores.context,
      deletedDocumentDays: 30,
    });

    expect(removed).toBe(2_500 + new Set(pathsOf("")).size);
    expect(stores.documents.keys()).toEqual([...new Set(pathsOf(""))].map(deletedKey).sort());
  });

  it("makes progress when it is cut off while it keeps copies: what was copied is removed before the next", async () => {
    const stores = memoryStores();
    const paths = Array.from({ length: 250 }, (_, index) =>
      documentKey(key, index.toString(16).padStart(64, "0")),
    );
    for (const path of paths) stores.documents.put(path, new Uint8Array());
    const { documentVersions } = stores.context;
    let copies = 0;
    const cutOff = {
      ...documentVersions,
      keepDeleted(version: StoredVersion) {
        copies += 1;
        return copies > 150 ? Promise.reject(new Error("cut off")) : documentVersions.keepDeleted(version);
      },
    };

    const deletion = deleteRecord(submitted("d-1", 2), {
      ...stores.context,
      documentVersions: cutOff,
      deletedDocumentDays: 30,
    });

    await expect(deletion).rejects.toThrow("cut off");
    expect(paths.filter((path) => stores.documents.has(path))).toEqual(paths.slice(100));
  });
});

function submitted(submissionId: string, receivedAt: number) {
  return { ...key, submissionId, receivedAt };
}
