import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { documentKey, intakeKey } from "../../../../contract/keys.ts";
import { domain } from "../../../../domain/domain.ts";
import { createQueueHandler } from "../../../../functions/ingestion/queue/queue-handler.ts";
import { invocation, s3Notification, sqsEvent } from "../../../support/function-events.ts";
import {
  memoryIntake,
  memoryStores,
  now,
  type WaitingObject,
} from "../../../support/function-memory-stores.ts";
import { memoryMetrics } from "../../../support/function-metrics.ts";
import { aPayload, aRecord, toBytes } from "../../../support/function-payloads.ts";
import { aPlainFile, keyedBy } from "../../../support/function-records.ts";

const itemKey = keyedBy("item-1");
const key = intakeKey(itemKey, "Jm5/z+=");
const otherKey = intakeKey(keyedBy("item-2"), "s-2");
const metadata = { "submission-id": "Jm5/z+=", "received-at": "1772355600000" };
const submission = { ...itemKey, submissionId: "Jm5/z+=", receivedAt: 1_772_355_600_000 };
const valid = { bytes: aPayload(), metadata };

beforeEach(() => {
  vi.spyOn(console, "info").mockReturnValue();
  vi.spyOn(console, "warn").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe(createQueueHandler, () => {
  it("brings a payload to its outcome under the gateway's id and time, then deletes it", async () => {
    const { handler, intake, stores } = setUp({ [key]: valid });

    const response = await handler(sqsEvent(s3Notification("intake", key)), invocation());

    expect(response).toEqual({ batchItemFailures: [] });
    expect(stores.stateOf(itemKey)).toMatchObject({ kind: "record", ...submission });
    expect(intake.objects.size).toBe(0);
  });

  it("reads the version that the event names", async () => {
    const { handler, intake } = setUp({ [key]: valid });

    await handler(sqsEvent(s3Notification("intake", key, { versionId: "v7" })), invocation());

    expect(intake.opened).toEqual(["v7"]);
  });

  it("finishes a rejected payload at its first receive", async () => {
    const { handler, intake, stores } = setUp({ [key]: { bytes: Buffer.from("no JSON"), metadata } });

    const response = await handler(sqsEvent(s3Notification("intake", key)), invocation());

    expect(response).toEqual({ batchItemFailures: [] });
    expect(stores.resultOf(itemKey, "Jm5/z+=")?.outcome).toMatchObject({
      status: "rejected",
      reasons: [{ code: "invalid_json" }],
    });
    expect(intake.objects.size).toBe(0);
  });

  it("rejects a payload beyond the limit without reading it", async () => {
    const { handler, intake, stores } = setUp({ [key]: { bytes: Buffer.alloc(1_000_001), metadata } });

    await handler(sqsEvent(s3Notification("intake", key)), invocation());

    expect(stores.resultOf(itemKey, "Jm5/z+=")?.outcome).toMatchObject({
      status: "rejected",
      reasons: [{ code: "payload_too_large" }],
    });
    expect(intake).toMatchObject({ read: [], discarded: [key] });
    expect(intake.objects.size).toBe(0);
  });

  it("rejects what a caller called an item with a slash in it", async () => {
    const slashed = "incoming/shared/a/b/payload/s-1";
    const { handler, stores } = setUp({
      [slashed]: { ...valid, metadata: { ...metadata, "submission-id": "s-1" } },
    });

    await handler(sqsEvent(s3Notification("intake", slashed)), invocation());

    expect(stores.resultOf(keyedBy("a/b"), "s-1")?.outcome).toMatchObject({
      reasons: [{ code: "invalid_item" }],
    });
  });

  it("only deletes the payload of a submission that has an outcome", async () => {
    const { handler, intake, stores } = setUp({ [key]: valid });
    await handler(sqsEvent(s3Notification("intake", key)), invocation());
    intake.objects.set(key, valid);
    const writes = [...stores.writes];

    const response = await handler(sqsEvent(s3Notification("intake", key)), invocation());

    expect(response).toEqual({ batchItemFailures: [] });
    expect(stores.writes).toEqual(writes);
    expect(intake).toMatchObject({ read: [key], discarded: [key] });
    expect(intake.objects.size).toBe(0);
  });

  it("is done with a missing payload whose submission has an outcome", async () => {
    const { handler } = setUp({ [key]: valid });
    await handler(sqsEvent(s3Notification("intake", key)), invocation());

    const response = await handler(sqsEvent(s3Notification("intake", key)), invocation());

    expect(response).toEqual({ batchItemFailures: [] });
  });

  it.each([
    ["an id with slashes", keyedBy("item-1"), "s/1/2"],
    ["an id that looks like a key", keyedBy("item-1"), "a/payload/s"],
    ["an item with slashes", keyedBy("a/b/c"), "s-1"],
    ["slashes in both", keyedBy("a//b/c"), "s/1/2="],
    ["an item of nothing but slashes", keyedBy("/".repeat(500)), "s/1"],
    ["an empty item", keyedBy(""), "s-1"],
    ["an item that looks like a file", keyedBy("item-1/files/scan"), "s-1"],
    ["a plain file", keyedBy("item-1", "scan"), "s/1="],
    ["a plain file whose id has slashes", keyedBy("item-1", "a/b"), "s/1="],
    ["a plain file of a malformed item", keyedBy("a b/c", "scan"), "s-1"],
  ])("finds the outcome of a missing payload under %s", async (_name, sentTo, submissionId) => {
    const missing = intakeKey(sentTo, submissionId);
    const { handler, stores } = setUp({
      [missing]: { ...valid, metadata: { ...metadata, "submission-id": submissionId } },
    });
    await handler(sqsEvent(s3Notification("intake", missing)), invocation());

    const response = await handler(sqsEvent(s3Notification("intake", missing)), invocation());

    expect(stores.resultOf(sentTo, submissionId)).toMatchObject(sentTo);
    expect(stores.results.size).toBe(1);
    expect(response).toEqual({ batchItemFailures: [] });
  });

  it("looks for few outcomes, however many slashes a lost payload's key has", async () => {
    const { handler, stores } = setUp({});
    const readResult = vi.spyOn(stores.context.records, "readResult");

    const response = await handler(
      sqsEvent(s3Notification("intake", `incoming/shared/files/files/${"/".repeat(900)}s-1=`)),
      invocation(),
    );

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: "message-0" }] });
    expect(readResult).toHaveBeenCalledTimes(16);
  });

  it("returns the message of a payload that is lost without an outcome", async () => {
    const { handler } = setUp({});

    const response = await handler(sqsEvent(s3Notification("intake", key)), invocation());

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: "message-0" }] });
  });

  it.each([
    ["no submission id", { "received-at": "1" }],
    ["no receive time", { "submission-id": "Jm5/z+=" }],
    ["a receive time that is no number", { ...metadata, "received-at": "2026-03-01" }],
  ])("leaves an object with %s alone and warns", async (_name, foreign) => {
    const { handler, intake, stores } = setUp({ [key]: { ...valid, metadata: foreign } });

    const response = await handler(sqsEvent(s3Notification("intake", key)), invocation());

    expect(response).toEqual({ batchItemFailures: [] });
    expect(intake.objects.size).toBe(1);
    expect(intake.discarded).toEqual([key]);
    expect(stores.writes).toEqual([]);
    expect(console.warn).toHaveBeenCalledOnce();
  });

  it.each([
    ["the layout before callers", "incoming/item-1/Jm5/z+="],
    ["that of another submission", intakeKey(itemKey, "other")],
    ["no room for an item", "incoming/shared/Jm5/z+="],
    ["a caller outside the pattern", "incoming/../item-1/payload/Jm5/z+="],
  ])("returns a submission whose key has %s: a person has to look", async (_name, strange) => {
    const { handler, intake, stores } = setUp({ [strange]: valid });

    const response = await handler(sqsEvent(s3Notification("intake", strange)), invocation());

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: "message-0" }] });
    expect(console.error).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ errorName: "KeyLayoutError" }),
    );
    expect(intake.objects.size).toBe(1);
    expect(intake.discarded).toEqual([strange]);
    expect(stores.writes).toEqual([]);
  });

  it.each(["incoming/", "incoming/folder/", "incoming/photo.jpg", "incoming/folder/photo.jpg"])(
    "tells once of %s, and leaves it alone whether it is still there or not",
    async (foreign) => {
      const { handler, intake, stores, sums } = setUp({ [foreign]: { ...valid, metadata: {} } });

      const there = await handler(sqsEvent(s3Notification("intake", foreign)), invocation());
      intake.objects.clear();
      const gone = await handler(sqsEvent(s3Notification("intake", foreign)), invocation());

      expect([there, gone]).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
      expect(sums).toEqual({ ForeignEvents: 2 });
      expect(console.warn).toHaveBeenCalledTimes(2);
      expect(stores.writes).toEqual([]);
    },
  );

  it.each([
    ["an event that created nothing", s3Notification("intake", key, { eventName: "ObjectRemoved:Delete" })],
    ["an event of a foreign bucket", s3Notification("other", key)],
    ["an event outside the prefix", s3Notification("intake", "elsewhere/item-1/s-1")],
  ])("acknowledges %s with a warning and touches nothing", async (_name, body) => {
    const { handler, intake, stores } = setUp({ [key]: valid });

    const response = await handler(sqsEvent(body), invocation());

    expect(response).toEqual({ batchItemFailures: [] });
    expect(intake.opened).toEqual([]);
    expect(stores.writes).toEqual([]);
    expect(console.warn).toHaveBeenCalledOnce();
  });

  it("takes the test event of S3 without a word: it comes whenever the notification is configured", async () => {
    const { handler, intake, stores, sums } = setUp({ [key]: valid });
    const body = JSON.stringify({ Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "intake" });

    const response = await handler(sqsEvent(body), invocation());

    expect(response).toEqual({ batchItemFailures: [] });
    expect(intake.opened).toEqual([]);
    expect(stores.writes).toEqual([]);
    expect(sums.ForeignEvents ?? 0).toBe(0);
    for (const method of ["info", "warn", "error"] as const) {
      expect(console[method]).not.toHaveBeenCalled();
    }
  });

  it("returns only the ids of messages that failed, and finishes the others", async () => {
    const { handler, stores } = setUp({ [key]: valid });

    const response = await handler(
      sqsEvent(
        "no event",
        s3Notification("intake", key),
        s3Notification("intake", intakeKey(keyedBy("item-2"), "lost")),
      ),
      invocation(),
    );

    expect(response.batchItemFailures).toEqual([
      { itemIdentifier: "message-0" },
      { itemIdentifier: "message-2" },
    ]);
    expect(stores.stateOf(itemKey)?.kind).toBe("record");
  });

  it("keeps the payload when a store fails, so that it can be tried again", async () => {
    const { intake, stores } = setUp({ [key]: valid });
    const documents = { ...stores.context.documents, put: () => Promise.reject(new Error("slow down")) };
    const context = { ...stores.context, documents, intake: intake.store, intakeBucket: "intake" };
    const handler = createQueueHandler({ open: () => context, metrics: memoryMetrics().metrics });

    const response = await handler(sqsEvent(s3Notification("intake", key)), invocation());

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: "message-0" }] });
    expect(intake.objects.size).toBe(1);
  });

  it("returns what can't be finished in time, and ends its calls", async () => {
    const { intake, stores } = setUp({
      [key]: valid,
      [otherKey]: { ...valid, metadata: { ...metadata, "submission-id": "s-2" } },
    });
    const signals: AbortSignal[] = [];
    const handler = createQueueHandler({
      open: (deadline) => {
        signals.push(deadline);
        const documents = { ...stores.context.documents, put: () => new Promise<never>(() => undefined) };
        return { ...stores.context, documents, intake: intake.store, intakeBucket: "intake" };
      },
      metrics: memoryMetrics().metrics,
    });
    const event = sqsEvent(s3Notification("intake", key), s3Notification("intake", otherKey));

    const response = await handler(event, invocation(20));

    expect(response.batchItemFailures).toEqual([
      { itemIdentifier: "message-0" },
      { itemIdentifier: "message-1" },
    ]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    // The second one was not even begun.
    expect(intake.opened).toHaveLength(1);
    expect(intake.objects.size).toBe(2);
  });

  it("counts outcomes, foreign events and failures, and writes them down once", async () => {
    const { handler, sums, counters } = setUp({
      [key]: valid,
      [otherKey]: { bytes: valid.bytes, metadata: {} },
    });

    await handler(
      sqsEvent(
        s3Notification("intake", key),
        s3Notification("intake", key),
        s3Notification("intake", otherKey),
        s3Notification("other", key),
        s3Notification("intake", "elsewhere/x"),
        "{}",
        "no event",
      ),
      invocation(),
    );

    expect(sums).toMatchObject({
      Stored: 1,
      PayloadBytes: valid.bytes.length,
      ForeignEvents: 3,
      FailedMessages: 2,
    });
    expect(sums.TimeToOutcome).toBe(now - 1_772_355_600_000);
    expect(counters.flushes).toBe(1);
  });

  it("takes correlation id, trace and encoding from the metadata that the gateway wrote", async () => {
    const { handler, stores } = setUp({
      [key]: {
        bytes: valid.bytes,
        metadata: {
          ...metadata,
          "correlation-id": "order-7",
          "trace-id": "1-65a1-c0ffee",
          "content-encoding": "br",
        },
      },
    });

    await handler(sqsEvent(s3Notification("intake", key)), invocation());

    expect(stores.resultOf(itemKey, "Jm5/z+=")).toMatchObject({
      correlationId: "order-7",
      outcome: { status: "rejected", reasons: [{ code: "compressed" }] },
    });
    expect(vi.mocked(console.info).mock.calls.flat()).toMatchObject([
      { correlationId: "order-7", traceId: "1-65a1-c0ffee", reason: "compressed" },
    ]);
  });

  it("takes type and name of a plain file from the metadata that the gateway wrote", async () => {
    const scan = keyedBy("item-1", "scan");
    const waiting = intakeKey(scan, "s-1");
    const { bytes, contentType, sha256 } = aPlainFile();
    const ofFile = { "content-type": contentType, "file-name": "%E2%82%AC%20rechnung" };
    const { handler, intake, stores } = setUp({
      [waiting]: { bytes, metadata: { ...metadata, "submission-id": "s-1", ...ofFile } },
    });

    await handler(sqsEvent(s3Notification("intake", waiting)), invocation());

    expect(stores.stateOf(scan)).toMatchObject({
      content: { fileName: "€ rechnung", contentType, sha256, sizeBytes: bytes.length },
    });
    expect(stores.documents.get(documentKey(scan, sha256))).toEqual(bytes);
    expect(intake.objects.size).toBe(0);
    expect(vi.mocked(console.info).mock.calls.flat()).toMatchObject([{ item: "item-1", fileId: "scan" }]);
  });

  it("logs nothing of a payload", async () => {
    const { handler } = setUp({
      [key]: { bytes: toBytes(aRecord({ [domain.listedBy]: "Erika Mustermann\n".repeat(500) })), metadata },
    });

    await handler(sqsEvent(s3Notification("intake", key), "Erika Mustermann"), invocation());

    expect(JSON.stringify(loggedLines())).not.toContain("Erika");
    expect(loggedLines().length).toBeGreaterThan(0);
  });
});

function setUp(objects: Record<string, WaitingObject>) {
  const stores = memoryStores();
  const intake = memoryIntake(new Map(Object.entries(objects)));
  const { metrics, sums, counters } = memoryMetrics();
  const context = { ...stores.context, intake: intake.store, intakeBucket: "intake" };
  const handler = createQueueHandler({ open: () => context, metrics });
  return { handler, stores, intake, sums, counters };
}

function loggedLines(): unknown[] {
  return [console.info, console.warn, console.error].flatMap((level) => vi.mocked(level).mock.calls);
}
