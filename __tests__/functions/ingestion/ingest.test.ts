import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { documentKey, filesGroupKey, groupKey, SHARED_CALLER } from "../../../contract/keys.ts";
import { createSample } from "../../../domain/sample.ts";
import { deleteRecord } from "../../../functions/ingestion/delete-record.ts";
import { ingest } from "../../../functions/ingestion/ingest.ts";
import { memoryStores, now } from "../../support/function-memory-stores.ts";
import { aPayload, aRecord, markedPayload, withFirstFile } from "../../support/function-payloads.ts";
import {
  aPlainFile,
  aStoredRecord,
  keptContent,
  keyedBy,
  sampleGroup,
  sampleHashes,
} from "../../support/function-records.ts";
import { itHolds } from "../../support/property.ts";

const key = keyedBy("item-1");
const payload = { bytes: aPayload() };
/** One write of each file of the sample. */
const documentWrites = [...new Set(sampleHashes())].map(() => "document");

describe(ingest, () => {
  it("keeps the documents before the record, and the result last", async () => {
    const stores = memoryStores();

    const outcome = await ingest(payload, submitted("s-1", 1), stores.context);

    expect(outcome).toEqual({ status: "stored", created: true });
    expect(stores.writes).toEqual([...documentWrites, "record", "result"]);
    for (const { sha256, bytes } of createSample().files) {
      expect(stores.documents.get(documentKey(key, sha256))).toEqual(bytes);
    }
  });

  it("keeps other documents of the same item beside the first, and again before the record", async () => {
    const stores = memoryStores();
    await ingest(payload, submitted("s-1", 1), stores.context);
    const earlierWrites = stores.writes.length;

    const outcome = await ingest({ bytes: markedPayload("other") }, submitted("s-2", 2), stores.context);

    expect(outcome).toEqual({ status: "stored", created: false });
    expect(stores.writes.slice(earlierWrites)).toEqual([...documentWrites, "record", "result"]);
    expect([...stores.documents.keys()].sort()).toEqual(
      [...sampleHashes(), ...sampleHashes("other")].map((sha256) => documentKey(key, sha256)).sort(),
    );
    expect(stores.stateOf(key)).toMatchObject({ documents: sampleHashes("other"), documentsSince: now });
  });

  it("writes only those documents that the record has not had", async () => {
    const stores = memoryStores();
    await ingest(payload, submitted("s-1", 1), stores.context);
    const earlierWrites = stores.writes.length;

    const [other] = createSample({ mark: "other" }).files;
    const changed = withFirstFile(aRecord(), { data: other?.part.data ?? "", sha256: undefined });
    await ingest({ bytes: Buffer.from(JSON.stringify(changed)) }, submitted("s-2", 2), stores.context);

    expect(stores.writes.slice(earlierWrites)).toEqual(["document", "record", "result"]);
    expect(stores.stateOf(key)).toMatchObject({ documents: [other?.sha256, ...sampleHashes().slice(1)] });
  });

  it("knows since when the item has its documents, whatever else of it changes", async () => {
    const stores = memoryStores();
    await ingest(payload, submitted("s-1", 1), { ...stores.context, now: () => 100 });

    const renamed = withFirstFile(aRecord(), { fileName: "another name" });
    const bytes = Buffer.from(JSON.stringify(renamed));
    await ingest({ bytes }, submitted("s-2", 2), { ...stores.context, now: () => 200 });

    expect(stores.stateOf(key)).toMatchObject({ submissionId: "s-2", documentsSince: 100 });

    await ingest({ bytes: markedPayload("other") }, submitted("s-3", 3), {
      ...stores.context,
      now: () => 300,
    });

    expect(stores.stateOf(key)).toMatchObject({ submissionId: "s-3", documentsSince: 300 });
  });

  it("remembers when the item was deleted, also after further submissions", async () => {
    const stores = memoryStores();
    const at = (time: number) => ({ ...stores.context, now: () => time });
    await ingest(payload, submitted("s-1", 1), at(100));
    expect(stores.stateOf(key)).not.toHaveProperty("deletedAt");
    await deleteRecord(submitted("d-1", 2), at(200));

    await ingest(payload, submitted("s-2", 3), at(300));
    expect(stores.stateOf(key)).toMatchObject({ submissionId: "s-2", deletedAt: 200 });

    await ingest({ bytes: markedPayload("other") }, submitted("s-3", 4), at(400));
    expect(stores.stateOf(key)).toMatchObject({ submissionId: "s-3", deletedAt: 200, documentsSince: 400 });
  });

  it("knows of a record that has lost a document since when", async () => {
    const stores = memoryStores();
    const documents = [...sampleHashes(), "b".repeat(64)];
    const before = aStoredRecord(key, { receivedAt: 1, documents, documentsSince: 100 });
    await stores.context.records.replaceCurrent(before, undefined);

    await ingest(payload, submitted("s-2", 2), { ...stores.context, now: () => 200 });

    expect(stores.stateOf(key)).toMatchObject({ submissionId: "s-2", documentsSince: 200 });
  });

  it("puts documents again for each reading: what was put before may be on the list of a deletion", async () => {
    const stores = memoryStores();
    const { replaceCurrent } = stores.context.records;
    const results = [false, false, true];
    vi.spyOn(stores.context.records, "replaceCurrent").mockImplementation(async (next, expected) =>
      results.shift() ? replaceCurrent(next, expected) : false,
    );

    await ingest(payload, submitted("s-1", 1), stores.context);

    expect(stores.writes).toEqual([
      ...documentWrites,
      ...documentWrites,
      ...documentWrites,
      "record",
      "result",
    ]);
  });

  it("keeps of files only what identifies them in the record, and what the record is listed by", async () => {
    const stores = memoryStores();

    await ingest(payload, submitted("s-1", 1), stores.context);

    expect(stores.stateOf(key)).toEqual({
      kind: "record",
      ...submitted("s-1", 1),
      documentsSince: now,
      content: keptContent(),
      documents: [...new Set(sampleHashes())],
      contentSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      outcome: { status: "stored", created: true },
      groupKey: groupKey(SHARED_CALLER, sampleGroup),
      groupItem: "item-1",
    });
  });

  it("writes a result that expires after the retention", async () => {
    const stores = memoryStores();

    await ingest(payload, submitted("s-1", 1), stores.context);

    expect(stores.resultOf(key, "s-1")).toEqual({
      ...submitted("s-1", 1),
      outcome: { status: "stored", created: true },
      finishedAt: now,
      expiresAt: now / 1000 + 30 * 86_400,
    });
  });

  it("answers unchanged for the same content in another layout, and moves the receive time forward", async () => {
    const stores = memoryStores();
    await ingest(payload, submitted("s-1", 1), stores.context);

    const properties = Object.entries(withFirstFile(aRecord(), { sha256: undefined })).reverse();
    const other = Buffer.from(JSON.stringify(Object.fromEntries(properties), null, 2));
    const outcome = await ingest({ bytes: other }, submitted("s-2", 2), stores.context);

    expect(outcome).toEqual({ status: "unchanged" });
    expect(stores.stateOf(key)).toMatchObject({ submissionId: "s-2", receivedAt: 2 });
    expect(stores.writes).toEqual([...documentWrites, "record", "result", "record", "result"]);
  });

  it("rejects for good, with the reasons in the result and nothing stored", async () => {
    const stores = memoryStores();

    const outcome = await ingest({ bytes: Buffer.from("{") }, submitted("s-1", 1), stores.context);

    const reasons = [{ path: "", code: "invalid_json", message: "The payload is not valid JSON." }];
    expect(outcome).toEqual({ status: "rejected", reasons });
    expect(stores.resultOf(key, "s-1")?.outcome).toEqual({ status: "rejected", reasons });
    expect(stores.writes).toEqual(["result"]);
  });

  it("rejects an id outside its pattern", async () => {
    const { context } = memoryStores();

    const outcome = await ingest(payload, { ...submitted("s-1", 1), item: "a/b" }, context);

    expect(outcome).toMatchObject({ status: "rejected", reasons: [{ code: "invalid_item" }] });
  });

  it("removes what it has put for nothing, and nothing that others have put", async () => {
    const stores = memoryStores();
    const { replaceCurrent } = stores.context.records;
    const beforeWrite = vi.fn(async () => {
      await ingest({ bytes: markedPayload("other") }, submitted("s-2", 2), stores.context);
    });
    const records: typeof stores.context.records = {
      ...stores.context.records,
      async replaceCurrent(next, expected) {
        await beforeWrite();
        return replaceCurrent(next, expected);
      },
    };

    await ingest(payload, submitted("s-1", 1), { ...stores.context, records });

    expect(beforeWrite).toHaveBeenCalledOnce();
    expect(stores.documents.keys()).toEqual(
      sampleHashes("other")
        .map((sha256) => documentKey(key, sha256))
        .sort(),
    );
  });

  it("removes what it has put for nothing where the record that won has put the same bytes", async () => {
    const stores = memoryStores();
    const { replaceCurrent } = stores.context.records;
    const [first] = sampleHashes();
    const path = documentKey(key, first ?? "");
    const records: typeof stores.context.records = {
      ...stores.context.records,
      async replaceCurrent(next, expected) {
        await ingest(payload, submitted("s-2", 2), stores.context);
        expect(stores.documents.versionsOf(path)).toHaveLength(2);
        return replaceCurrent(next, expected);
      },
    };

    await ingest(payload, submitted("s-1", 1), { ...stores.context, records });

    expect(stores.documents.versionsOf(path)).toHaveLength(1);
  });

  it("keeps what it has put where its record may have been written, and the one that won refers to the same bytes", async () => {
    const stores = memoryStores();
    const { replaceCurrent } = stores.context.records;
    const records: typeof stores.context.records = {
      ...stores.context.records,
      // Its record was written and the answer lost, and a newer submission of the same bytes relies on it.
      async replaceCurrent(next, expected) {
        await replaceCurrent(next, expected);
        await ingest(payload, submitted("s-2", 2), stores.context);
        return "uncertain";
      },
    };

    const outcome = await ingest(payload, submitted("s-1", 1), { ...stores.context, records });

    expect(outcome).toEqual({ status: "superseded" });
    expect(stores.documents.size).toBe(documentWrites.length);
  });

  it("does not store what a newer submission superseded", async () => {
    const stores = memoryStores();
    await ingest(payload, submitted("s-2", 2), stores.context);

    const outcome = await ingest({ bytes: markedPayload("late") }, submitted("s-1", 1), stores.context);

    expect(outcome).toEqual({ status: "superseded" });
    expect(stores.documents.size).toBe(documentWrites.length);
    expect(stores.resultOf(key, "s-1")?.outcome).toEqual({ status: "superseded" });
  });

  it("does not bring back what was deleted later", async () => {
    const stores = memoryStores();
    await deleteRecord(submitted("d-1", 2), stores.context);

    const outcome = await ingest(payload, submitted("s-1", 1), stores.context);

    expect(outcome).toEqual({ status: "superseded" });
    expect(stores.stateOf(key)?.kind).toBe("tombstone");
  });

  it("gives a repeated delivery its first outcome and writes nothing more", async () => {
    const stores = memoryStores();
    const first = await ingest(payload, submitted("s-1", 1), stores.context);
    await ingest({ bytes: markedPayload("next") }, submitted("s-2", 2), stores.context);
    const writes = [...stores.writes];

    const repeated = await ingest(payload, submitted("s-1", 1), stores.context);

    expect(repeated).toEqual(first);
    expect(stores.writes).toEqual(writes);
  });

  it("finishes a delivery that was cut off before its result was written", async () => {
    const stores = memoryStores();
    const first = await ingest(payload, submitted("s-1", 1), stores.context);
    stores.results.clear();

    const repeated = await ingest(payload, submitted("s-1", 1), stores.context);

    expect(repeated).toEqual(first);
    expect(stores.results.size).toBe(1);
    expect(stores.writes).toEqual([...documentWrites, "record", "result", "result"]);
  });

  it("decides again when another writer was faster", async () => {
    const stores = memoryStores();
    const { replaceCurrent } = stores.context.records;
    let raced = false;
    const records: typeof stores.context.records = {
      ...stores.context.records,
      async replaceCurrent(next, expected) {
        if (!raced) {
          raced = true;
          await ingest({ bytes: markedPayload("faster") }, submitted("s-2", 2), stores.context);
        }
        return replaceCurrent(next, expected);
      },
    };

    const outcome = await ingest(payload, submitted("s-1", 1), { ...stores.context, records });

    expect(outcome).toEqual({ status: "superseded" });
    expect(stores.stateOf(key)).toMatchObject({ submissionId: "s-2" });
  });

  it("throws when other writers are always faster, and leaves no result", async () => {
    const stores = memoryStores();
    const records = { ...stores.context.records, replaceCurrent: async () => false };

    const result = ingest(payload, submitted("s-1", 1), { ...stores.context, records });

    await expect(result).rejects.toMatchObject({ name: "ContentionError", code: "CONTENTION" });
    expect(stores.results.size).toBe(0);
  });

  it("throws what a store throws, and leaves neither record nor result", async () => {
    const stores = memoryStores();
    const failure = new Error("S3 is not there");
    const documents = { ...stores.context.documents, put: () => Promise.reject(failure) };

    const result = ingest(payload, submitted("s-1", 1), { ...stores.context, documents });

    await expect(result).rejects.toBe(failure);
    expect(stores.writes).toEqual([]);
  });

  const write = fc.record({
    receivedAt: fc.integer({ min: 1, max: 4 }),
    mark: fc.constantFrom("a", "b", "delete"),
  });
  itHolds(
    "ends with the last received write, whatever the order of deliveries and repetitions",
    fc.asyncProperty(
      fc.array(write, { minLength: 1, maxLength: 6 }),
      fc.infiniteStream(fc.nat()),
      async (writes, order) => {
        const all = writes.map((entry, index) => ({ ...entry, submissionId: `s-${index}` }));
        const stores = memoryStores();

        for (const next of shuffled([...all, ...all], order)) {
          const submission = submitted(next.submissionId, next.receivedAt);
          await (next.mark === "delete"
            ? deleteRecord(submission, stores.context)
            : ingest({ bytes: markedPayload(next.mark) }, submission, stores.context));
        }

        const last = all.reduce((left, right) => (isAfter(right, left) ? right : left));
        expect(stores.stateOf(key)).toMatchObject({
          kind: last.mark === "delete" ? "tombstone" : "record",
          submissionId: last.submissionId,
          receivedAt: last.receivedAt,
          ...(last.mark !== "delete" && {
            documents: [...new Set(sampleHashes(last.mark))],
          }),
        });
      },
    ),
    { numRuns: 200 },
  );
});

describe("ingesting a plain file", () => {
  const fileKey = keyedBy("item-1", "scan");
  const { bytes, contentType, sha256 } = aPlainFile();
  const file = { bytes, contentType, fileName: "M%C3%A4rz" };
  const received = { ...fileKey, submissionId: "s-1", receivedAt: 1 };

  it("keeps it as an item of its own, listed with the item that it was sent to", async () => {
    const stores = memoryStores();
    await ingest(payload, submitted("s-0", 9), stores.context);

    const outcome = await ingest(file, received, stores.context);

    expect(outcome).toEqual({ status: "stored", created: true });
    expect(stores.documents.get(documentKey(fileKey, sha256))).toEqual(bytes);
    expect(stores.stateOf(fileKey)).toMatchObject({
      ...received,
      content: { fileName: "März", contentType, sha256, sizeBytes: bytes.length },
      documents: [sha256],
      groupKey: filesGroupKey(key),
      groupItem: "scan",
    });
    expect(stores.stateOf(key)).toMatchObject({ submissionId: "s-0", documents: sampleHashes() });
    expect(stores.resultOf(fileKey, "s-1")).toMatchObject({ fileId: "scan", outcome });
  });

  it("replaces, supersedes and deletes it apart from its item", async () => {
    const stores = memoryStores();
    await ingest(file, { ...received, receivedAt: 2 }, stores.context);

    const late = { ...received, submissionId: "s-0" };
    expect(await ingest(file, late, stores.context)).toEqual({ status: "superseded" });
    await deleteRecord({ ...key, submissionId: "d-1", receivedAt: 3 }, stores.context);
    expect(stores.stateOf(fileKey)?.kind).toBe("record");
    await deleteRecord({ ...fileKey, submissionId: "d-2", receivedAt: 4 }, stores.context);
    expect(stores.stateOf(fileKey)).toMatchObject({ kind: "tombstone", fileId: "scan" });
  });

  it.each([
    ["of another type than its bytes", { ...file, bytes: Buffer.from("?") }, "content_type_mismatch"],
    ["of a type that is not taken", { ...file, contentType: "text/html" }, "invalid_value"],
    ["whose name is too long as it is sent", { ...file, fileName: "%C3%A4".repeat(171) }, "too_big"],
    ["whose name is cut off", { ...file, fileName: "M%C3" }, "invalid_format"],
  ])("rejects one %s", async (_name, wrong, code) => {
    const stores = memoryStores();

    const outcome = await ingest(wrong, received, stores.context);

    expect(outcome).toMatchObject({ status: "rejected", reasons: [{ code }] });
    expect(stores.writes).toEqual(["result"]);
  });

  it("rejects all of them where the domain takes none", async () => {
    const stores = memoryStores();

    const outcome = await ingest(file, received, { ...stores.context, plainFiles: false });

    expect(outcome).toMatchObject({ status: "rejected", reasons: [{ code: "no_plain_files" }] });
    expect(stores.writes).toEqual(["result"]);
  });
});

function submitted(submissionId: string, receivedAt: number) {
  return { ...key, submissionId, receivedAt };
}

interface Received {
  readonly submissionId: string;
  readonly receivedAt: number;
}

function isAfter(left: Received, right: Received): boolean {
  return left.receivedAt === right.receivedAt
    ? left.submissionId > right.submissionId
    : left.receivedAt > right.receivedAt;
}

function shuffled<T>(values: T[], order: Iterator<number>): T[] {
  const keyed = values.map((value) => ({ value, key: order.next().value ?? 0 }));
  return keyed.sort((left, right) => left.key - right.key).map(({ value }) => value);
}
