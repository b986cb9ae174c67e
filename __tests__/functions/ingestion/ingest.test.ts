import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deleteRecord, ingest } from "../../../functions/ingestion/ingest.ts";
import { memoryStores, now } from "../../support/function-memory-stores.ts";
import {
  aDocument,
  aProposal,
  markedProposal,
  pdfBytes,
  sha256Hex,
  toBytes,
} from "../../support/function-payloads.ts";
import { itHolds } from "../../support/property.ts";

const item = "item-1";
const documentPath = `documents/${item}/${sha256Hex(pdfBytes)}`;
const payload = { bytes: toBytes(aProposal()) };

describe(ingest, () => {
  it("keeps the document before the record, and the result last", async () => {
    const stores = memoryStores();

    const outcome = await ingest(payload, submitted("s-1", 1), stores.context);

    expect(outcome).toEqual({ status: "stored", created: true });
    expect(stores.writes).toEqual(["document", "record", "result"]);
    expect(stores.documents.get(documentPath)).toEqual(pdfBytes);
  });

  it("keeps another document of the same item beside the first, and again before the record", async () => {
    const stores = memoryStores();
    const other = Buffer.concat([pdfBytes, Buffer.from("other")]);
    await ingest(payload, submitted("s-1", 1), stores.context);
    const earlierWrites = stores.writes.length;

    const outcome = await ingest(
      { bytes: toBytes(markedProposal("other")) },
      submitted("s-2", 2),
      stores.context,
    );

    const otherPath = `documents/${item}/${sha256Hex(other)}`;
    expect(outcome).toEqual({ status: "stored", created: false });
    expect(stores.writes.slice(earlierWrites)).toEqual(["document", "record", "result"]);
    expect([...stores.documents]).toEqual([
      [documentPath, pdfBytes],
      [otherPath, other],
    ]);
    expect(stores.states.get(item)).toMatchObject({ document: { path: otherPath } });
  });

  it("keeps of the document only what identifies it in the record", async () => {
    const stores = memoryStores();

    await ingest(payload, submitted("s-1", 1), stores.context);

    const { profile, proposal } = aProposal();
    expect(stores.states.get(item)).toMatchObject({
      ...submitted("s-1", 1),
      clientId: "client-1",
      profile,
      proposal,
    });
    expect(stores.states.get(item)).toHaveProperty("document", {
      path: documentPath,
      sha256: sha256Hex(pdfBytes),
      sizeBytes: pdfBytes.length,
      contentType: "application/pdf",
      fileName: "Anlageprofil für März.pdf",
    });
  });

  it("writes a result that expires after the retention", async () => {
    const stores = memoryStores();

    await ingest(payload, submitted("s-1", 1), stores.context);

    expect(stores.results.get(`${item} s-1`)).toEqual({
      ...submitted("s-1", 1),
      outcome: { status: "stored", created: true },
      finishedAt: now,
      expiresAt: now / 1000 + 30 * 86_400,
    });
  });

  it("answers unchanged for the same content in another layout, and moves the receive time forward", async () => {
    const stores = memoryStores();
    const { document, ...rest } = aProposal();
    await ingest(payload, submitted("s-1", 1), stores.context);

    const { sha256, ...withoutHash } = document;
    const other = Buffer.from(JSON.stringify({ document: withoutHash, ...rest }, null, 2));
    const outcome = await ingest({ bytes: other }, submitted("s-2", 2), stores.context);

    expect(outcome).toEqual({ status: "unchanged" });
    expect(stores.states.get(item)).toMatchObject({ submissionId: "s-2", receivedAt: 2 });
    expect(stores.writes).toEqual(["document", "record", "result", "record", "result"]);
  });

  it("rejects for good, with the reasons in the result and nothing stored", async () => {
    const stores = memoryStores();

    const outcome = await ingest({ bytes: Buffer.from("{") }, submitted("s-1", 1), stores.context);

    const reasons = [{ path: "", code: "invalid_json", message: "The payload is not valid JSON." }];
    expect(outcome).toEqual({ status: "rejected", reasons });
    expect(stores.results.get(`${item} s-1`)?.outcome).toEqual({ status: "rejected", reasons });
    expect(stores.writes).toEqual(["result"]);
  });

  it("rejects an id outside its pattern", async () => {
    const { context } = memoryStores();

    const outcome = await ingest(payload, { ...submitted("s-1", 1), item: "a/b" }, context);

    expect(outcome).toMatchObject({ status: "rejected", reasons: [{ code: "invalid_item" }] });
  });

  it("does not store what a newer submission superseded", async () => {
    const stores = memoryStores();
    await ingest(payload, submitted("s-2", 2), stores.context);

    const outcome = await ingest(
      { bytes: toBytes(markedProposal("late")) },
      submitted("s-1", 1),
      stores.context,
    );

    expect(outcome).toEqual({ status: "superseded" });
    expect(stores.documents.size).toBe(1);
    expect(stores.results.get(`${item} s-1`)?.outcome).toEqual({ status: "superseded" });
  });

  it("does not bring back what was deleted later", async () => {
    const stores = memoryStores();
    await deleteRecord(submitted("d-1", 2), stores.context);

    const outcome = await ingest(payload, submitted("s-1", 1), stores.context);

    expect(outcome).toEqual({ status: "superseded" });
    expect(stores.states.get(item)?.kind).toBe("tombstone");
  });

  it("gives a repeated delivery its first outcome and writes nothing more", async () => {
    const stores = memoryStores();
    const first = await ingest(payload, submitted("s-1", 1), stores.context);
    await ingest({ bytes: toBytes(markedProposal("next")) }, submitted("s-2", 2), stores.context);
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
    expect(stores.writes).toEqual(["document", "record", "result", "result"]);
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
          await ingest({ bytes: toBytes(markedProposal("faster")) }, submitted("s-2", 2), stores.context);
        }
        return replaceCurrent(next, expected);
      },
    };

    const outcome = await ingest(payload, submitted("s-1", 1), { ...stores.context, records });

    expect(outcome).toEqual({ status: "superseded" });
    expect(stores.states.get(item)).toMatchObject({ submissionId: "s-2" });
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
    const documents = { put: () => Promise.reject(failure) };

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
            : ingest({ bytes: toBytes(markedProposal(next.mark)) }, submission, stores.context));
        }

        const last = all.reduce((left, right) => (isAfter(right, left) ? right : left));
        expect(stores.states.get(item)).toMatchObject({
          kind: last.mark === "delete" ? "tombstone" : "record",
          submissionId: last.submissionId,
          receivedAt: last.receivedAt,
          ...(last.mark !== "delete" && {
            document: { sha256: aDocument(Buffer.concat([pdfBytes, Buffer.from(last.mark)])).sha256 },
          }),
        });
      },
    ),
    { numRuns: 200 },
  );
});

describe(deleteRecord, () => {
  it("leaves a tombstone without the client, that expires after the retention", async () => {
    const stores = memoryStores();
    await ingest(payload, submitted("s-1", 1), stores.context);

    await deleteRecord(submitted("d-1", 2), stores.context);

    expect(stores.states.get(item)).toEqual({
      kind: "tombstone",
      ...submitted("d-1", 2),
      documentSince: now,
      expiresAt: now / 1000 + 30 * 86_400,
    });
  });

  it("writes nothing more when it is repeated", async () => {
    const stores = memoryStores();
    await deleteRecord(submitted("d-1", 1), stores.context);

    await deleteRecord(submitted("d-1", 1), stores.context);

    expect(stores.writes).toEqual(["tombstone"]);
  });

  it("leaves what was received later", async () => {
    const stores = memoryStores();
    await ingest(payload, submitted("s-1", 2), stores.context);

    await deleteRecord(submitted("d-1", 1), stores.context);

    expect(stores.states.get(item)?.kind).toBe("record");
  });
});

function submitted(submissionId: string, receivedAt: number) {
  return { item, submissionId, receivedAt };
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
