import { describe, expect, it } from "vitest";
import { deletedKey, documentKey } from "../../../contract/keys.ts";
import { deleteRecord } from "../../../functions/ingestion/delete-record.ts";
import { ingest } from "../../../functions/ingestion/ingest.ts";
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

  it("leaves what was received later", async () => {
    const stores = memoryStores();
    await ingest(payload, submitted("s-1", 2), stores.context);

    const erased = await deleteRecord(submitted("d-1", 1), stores.context);

    expect(erased).toEqual({ removed: 0, unversioned: 0 });
    expect(stores.stateOf(key)?.kind).toBe("record");
    expect(stores.documents.size).toBe(new Set(pathsOf("")).size);
  });
});

function submitted(submissionId: string, receivedAt: number) {
  return { ...key, submissionId, receivedAt };
}
