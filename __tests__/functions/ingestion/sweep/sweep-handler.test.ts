import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { deletedKey, documentKey, intakeKey, tableKey } from "../../../../contract/keys.ts";
import { parseS3Notification } from "../../../../domain/s3-notification.ts";
import type { DocumentVersion } from "../../../../functions/ingestion/stores/document-versions.ts";
import type { CurrentState } from "../../../../functions/ingestion/stores/record.ts";
import type { Progress, SweepTask } from "../../../../functions/ingestion/stores/sweep-progress.ts";
import {
  createSweepHandler,
  type SweepContext,
} from "../../../../functions/ingestion/sweep/sweep-handler.ts";
import { invocation } from "../../../support/function-events.ts";
import { memoryMetrics } from "../../../support/function-metrics.ts";
import { aStoredRecord, keyedBy } from "../../../support/function-records.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.UTC(2026, 2, 1);
const sha = (digit: string) => digit.repeat(64);
const waitingKey = (item: string) => intakeKey(keyedBy(item), "s");

beforeEach(() => {
  vi.spyOn(console, "info").mockReturnValue();
  vi.spyOn(console, "warn").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the sweep of the intake bucket", () => {
  it("queues again what is old enough, and counts it", async () => {
    const { sweep, sentKeys, sums, world } = setUp();
    world.waiting = { [waitingKey("old")]: start - hour, [waitingKey("young")]: start - hour + 1 };

    await sweep();

    expect(sentKeys()).toEqual([waitingKey("old")]);
    expect(sums).toMatchObject({ UnprocessedObjects: 1, RequeuedObjects: 1 });
    expect(console.warn).toHaveBeenCalledOnce();
  });

  it("queues again at every doubling of the age, and counts at every run", async () => {
    const { sweep, world, sent, sums } = setUp();
    world.waiting = { [waitingKey("stuck")]: start };
    const ages: number[] = [];

    for (let age = 1; age <= 40; age += 1) {
      world.now = start + age * hour;
      const before = sent.length;
      await sweep();
      if (sent.length > before) ages.push(age);
    }

    expect(ages).toEqual([1, 2, 4, 8, 16, 32]);
    expect(sums).toMatchObject({ UnprocessedObjects: 40, RequeuedObjects: 6 });
  });

  it("misses no doubling when runs are left out", async () => {
    const { sweep, world, sent } = setUp();
    world.waiting = { [waitingKey("stuck")]: start };

    for (const age of [1, 7, 8, 100]) {
      world.now = start + age * hour;
      await sweep();
    }

    expect(sent).toHaveLength(4);
  });

  it.each([
    "incoming/shared/a/payload/s+1=",
    "incoming/shared/a b/payload/s=",
    "incoming/shared/ä%2F/files/b/s=",
    "incoming/shared/a/files/b//c",
    "incoming/shared//payload/s=",
    "incoming/of-the-older-layout/s+1/2=",
  ])("tells of the key %s as S3 does", async (key) => {
    const { sweep, world, sent } = setUp();
    world.waiting = { [key]: start - day };

    await sweep();

    expect(parseS3Notification(sent[0] ?? "")).toEqual([{ bucket: "intake", key }]);
  });

  it.each([
    "incoming/",
    "incoming/folder/",
    "incoming/shared/folder/",
    "incoming/shared/item/payload/",
    "incoming/photo.jpg",
    "incoming/folder/photo.jpg",
    "incoming/shared/item/photo.jpg",
  ])("counts %s apart, and tells nobody of it", async (key) => {
    const { sweep, world, sent, sums } = setUp();
    world.waiting = { [key]: start - day, [waitingKey("young")]: start };

    await sweep();

    expect(sent).toEqual([]);
    expect(sums).toMatchObject({ UnprocessedObjects: 0, RequeuedObjects: 0, ForeignObjects: 1 });
    expect(console.warn).not.toHaveBeenCalled();
  });

  it("looks at every page, and repeats no more than one after it broke off", async () => {
    const { sweep, world, sentKeys } = setUp();
    const keys = Array.from({ length: 7 }, (_, index) => waitingKey(`item-${index}`));
    world.waiting = Object.fromEntries(keys.map((key) => [key, start - day]));
    world.failAtSend = 3;

    await expect(sweep()).rejects.toThrow("the queue is gone");
    world.failAtSend = 0;
    await sweep();

    // Two a page: the third page was not taken.
    expect(sentKeys()).toEqual(keys);
  });

  it("goes on in the next run where one has not reached the end", async () => {
    const { sweep, world, sentKeys } = setUp();
    const keys = Array.from({ length: 50 }, (_, index) => waitingKey(`item-${10 + index}`));
    world.waiting = Object.fromEntries(keys.map((key) => [key, start - day]));
    world.pageSeconds = 3;

    await sweep();
    const first = sentKeys().length;
    world.now += hour;
    await sweep();

    // A fifth of 300 seconds: 20 pages of two.
    expect(first).toBe(40);
    expect(sentKeys()).toEqual(keys);
  });
});

describe("the sweep of the documents bucket", () => {
  const key = keyedBy("item");
  const path = documentKey(key, sha("a"));
  const old = { path, versionId: "v1", writtenAt: start - 10 * day };
  const record = (documents: string[], documentsSince: number, deletedAt?: number) =>
    aStoredRecord(key, { documents, documentsSince, ...(deletedAt !== undefined && { deletedAt }) });
  const written = old.writtenAt;
  const tombstone = (documentsSince: number): CurrentState => ({
    kind: "tombstone",
    ...key,
    submissionId: "d",
    receivedAt: 1,
    documentsSince,
    expiresAt: 1,
  });

  it.each<[string, CurrentState | undefined, number]>([
    ["keeps the document of a record", record([sha("b"), sha("a")], start - 10 * day), 0],
    ["removes one that was replaced before the grace time", record([sha("b")], start - 7 * day - 1), 1],
    ["keeps one that was replaced within the grace time", record([sha("b")], start - 7 * day), 0],
    ["removes what a deletion of more than an hour ago has left", tombstone(start - hour - 1), 1],
    ["leaves it to the deletion within that hour", tombstone(start - hour), 0],
    ["removes one whose item is forgotten", undefined, 1],
    [
      "removes what a deletion has left behind a newer record",
      record([sha("b")], start - hour - 1, written + 1),
      1,
    ],
    [
      "removes what was put soon after a deletion",
      record([sha("b")], start - hour - 1, written - 20 * minute + 1),
      1,
    ],
    [
      "keeps what was put later and replaced within the grace time",
      record([sha("b")], start - hour - 1, written - 20 * minute),
      0,
    ],
    ["keeps what the newer record has", record([sha("a")], start - day, start - day), 0],
    ["keeps what it replaced within an hour", record([sha("b")], start - hour, start - hour), 0],
  ])("%s", async (_name, state, removed) => {
    const { sweep, world, sums } = setUp();
    world.versions = [old];
    if (state) world.states.set(tableKey(key), state);

    await sweep();

    expect(world.versions).toHaveLength(1 - removed);
    expect(sums).toMatchObject({ RemovedDocuments: removed });
  });

  it("removes of several documents those that the record has not, file by file", async () => {
    const { sweep, world } = setUp();
    const versions = ["a", "b", "c"].map((digit) => ({ ...old, path: documentKey(key, sha(digit)) }));
    world.versions = versions;
    world.states.set(tableKey(key), record([sha("a"), sha("c")], start - 8 * day));

    await sweep();

    expect(world.versions).toEqual([versions[0], versions[2]]);
  });

  it("tells an item's documents from those of its plain files", async () => {
    const { sweep, world } = setUp();
    const scan = keyedBy("item", "scan");
    const ofFile = { ...old, path: documentKey(scan, sha("a")) };
    world.versions = [old, ofFile];
    world.states.set(tableKey(scan), aStoredRecord(scan, { documents: [sha("a")], documentsSince: 1 }));

    await sweep();

    expect(world.versions).toEqual([ofFile]);
  });

  it("keeps what was written within the grace time: a record may be about to point to it", async () => {
    const { sweep, world } = setUp();
    world.versions = [{ ...old, writtenAt: start - 7 * day }];

    await sweep();

    expect(world.versions).toHaveLength(1);
  });

  it("leaves a version that is written while it removes another", async () => {
    const { sweep, world } = setUp();
    const written = { ...old, versionId: "v2", writtenAt: start };
    world.versions = [old];
    world.beforeDelete = () => {
      world.versions.push(written);
      world.states.set(tableKey(key), record([sha("a")], start));
    };

    await sweep();

    expect(world.versions).toEqual([written]);
  });

  it("removes nothing where the bucket is not versioned, and says so", async () => {
    const { sweep, world, sums } = setUp();
    world.versions = [{ ...old, versionId: "null" }];

    await sweep();

    expect(world.versions).toHaveLength(1);
    expect(sums).toMatchObject({ RemovedDocuments: 0, UnversionedDocuments: 1 });
    expect(console.error).toHaveBeenCalledWith({
      message: "documents cannot be removed: their bucket is not versioned",
      documents: 1,
    });
  });

  it("leaves what was put for a deleted item within an hour: its record may be about to be written", async () => {
    const { sweep, world } = setUp();
    const young = { ...old, versionId: "v2", writtenAt: start - hour };
    world.versions = [young, { ...old, writtenAt: start - hour - 1 }];
    world.states.set(tableKey(key), tombstone(start - day));

    await sweep();

    expect(world.versions).toEqual([young]);
  });

  it("keeps a copy of what a deletion has left where the environment does, and none of what was replaced", async () => {
    const { sweep, world, context } = setUp();
    const scan = keyedBy("item", "scan");
    world.versions = [old, { ...old, path: documentKey(scan, sha("a")) }];
    world.states.set(tableKey(key), tombstone(start - day));
    world.states.set(tableKey(scan), aStoredRecord(scan, { documents: [sha("b")], documentsSince: 1 }));
    context.deletedDocumentDays = 30;

    await sweep();

    expect(world.versions.map(({ path: left }) => left)).toEqual([deletedKey(path)]);
  });

  it("keeps a copy of what a deletion has left behind a newer record where the environment does", async () => {
    const { sweep, world, context } = setUp();
    world.versions = [old];
    world.states.set(tableKey(key), record([sha("b")], start - day, start - day));
    context.deletedDocumentDays = 30;

    await sweep();

    expect(world.versions.map(({ path: left }) => left)).toEqual([deletedKey(path)]);
  });

  it("leaves objects alone that are no documents", async () => {
    const { sweep, world } = setUp();
    world.versions = ["documents/readme.txt", `documents/item-1/${"a".repeat(64)}`].map((path) => ({
      ...old,
      path,
    }));

    await sweep();

    expect(world.versions).toHaveLength(2);
    expect(console.warn).toHaveBeenCalledWith({
      message: "objects with keys of no document are kept: they may have an older layout",
      objects: 2,
    });
  });
});

describe("the sweep of deleted documents", () => {
  const path = deletedKey(documentKey(keyedBy("item"), sha("a")));
  const copy = (versionId: string, age: number) => ({ path, versionId, writtenAt: start - age });

  it.each([
    ["removes them once they are older than the environment keeps them", 30, 30 * day + 1, 1],
    ["keeps them until then", 30, 30 * day, 0],
    ["removes those of an environment that keeps none any more", 0, 1, 1],
  ])("%s", async (_name, days, age, removed) => {
    const { sweep, world, context, sums } = setUp();
    context.deletedDocumentDays = days;
    world.versions = [copy("v1", age)];

    await sweep();

    expect(world.versions).toHaveLength(1 - removed);
    expect(sums).toMatchObject({ RemovedDocuments: removed, UnversionedDocuments: 0 });
  });

  it("removes an older copy and leaves a younger one", async () => {
    const { sweep, world, context } = setUp();
    context.deletedDocumentDays = 30;
    world.versions = [copy("v2", day), copy("v1", 31 * day)];

    await sweep();

    expect(world.versions).toEqual([copy("v2", day)]);
  });

  it("leaves objects alone that no deletion has put there", async () => {
    const { sweep, world } = setUp();
    const foreign = ["deleted/report.pdf", "deleted/2026/03/report.pdf", `deleted/item-1/${sha("a")}`];
    world.versions = foreign.map((each) => ({ path: each, versionId: "v1", writtenAt: start - 400 * day }));

    await sweep();

    expect(world.versions.map((version) => version.path)).toEqual(foreign);
    expect(console.warn).toHaveBeenCalledWith({
      message: "objects with keys of no deleted document are kept: this service did not create them",
      objects: 3,
    });
  });

  it("keeps its own progress", async () => {
    const { sweep, world, context, listed } = setUp();
    context.deletedDocumentDays = 30;
    world.versions = Array.from({ length: 30 }, (_, index) => ({
      path: deletedKey(documentKey(keyedBy(`item-${10 + index}`), sha("a"))),
      versionId: "v1",
      writtenAt: start,
    }));
    world.progress.set("documents", { previousPassAt: 1, pass: { startedAt: start, after: "documents/x" } });

    world.pageSeconds = 15;

    await sweep();
    await sweep();

    // What the other two leave of the time is ten pages of two, and what is left comes in the second run.
    const ofDeleted = listed.filter(([prefix]) => prefix === "deleted/").map(([, after]) => after);
    expect(ofDeleted).toHaveLength(15);
    expect(new Set(ofDeleted).size).toBe(15);
    expect(listed.find(([prefix]) => prefix === "documents/")).toEqual(["documents/", "documents/x"]);
    expect(world.progress.get("deleted-documents")).toEqual({ previousPassAt: start });
  });
});

describe(createSweepHandler, () => {
  it("does each task whatever becomes of the other, and fails in the end", async () => {
    const { sweep, world, sums, counters } = setUp();
    world.waiting = { [waitingKey("old")]: start - day };
    world.failAtSend = 1;
    world.versions = [{ path: documentKey(keyedBy("item"), sha("a")), versionId: "v1", writtenAt: 0 }];

    await expect(sweep()).rejects.toThrow("the queue is gone");

    expect(world.versions).toEqual([]);
    expect(sums).toEqual({ RemovedDocuments: 1, UnversionedDocuments: 0 });
    expect(counters.flushes).toBe(1);
  });

  it("leaves each task its part of the time, and the last one enough for its page", async () => {
    const { sweep, world, listed } = setUp();
    const many = Array.from({ length: 100 }, (_, index) => `item-${100 + index}`);
    world.waiting = Object.fromEntries(many.map((each) => [waitingKey(each), start - day]));
    world.versions = many.map((each) => ({
      path: deletedKey(documentKey(keyedBy(each), sha("a"))),
      versionId: "v1",
      writtenAt: start,
    }));
    world.pageSeconds = 10;

    await sweep();

    expect(listed.filter(([prefix]) => prefix === "documents/")).toHaveLength(1);
    expect(listed.filter(([prefix]) => prefix === "deleted/").length).toBeGreaterThan(10);
    expect(world.secondsLeft).toBe(60);
  });

  it("ends before it is cut off", async () => {
    const { handler, world } = setUp();
    world.waiting = { [waitingKey("old")]: start - day };
    world.beforeSend = () => new Promise(() => undefined);

    await expect(handler({}, invocation(20))).rejects.toThrow(
      "The time limit of the invocation is almost reached",
    );
  });
});

/** Everything the sweep works with in memory, with two entries a page. */
function setUp() {
  const world = {
    now: start,
    waiting: {} as Record<string, number>,
    versions: [] as DocumentVersion[],
    states: new Map<string, CurrentState>(),
    progress: new Map<SweepTask, Progress>(),
    failAtSend: 0,
    sends: 0,
    /** What listing a page takes, and what is left of the time of the run. */
    pageSeconds: 0,
    secondsLeft: 300,
    beforeSend: async () => undefined as unknown,
    beforeDelete: () => undefined as unknown,
  };
  const sent: string[] = [];
  const listed: [prefix: string, after: string | undefined][] = [];
  const context: { -readonly [Name in keyof SweepContext]: SweepContext[Name] } = {
    intakeBucket: "intake",
    unprocessedAfterMilliseconds: hour,
    graceMilliseconds: 7 * day,
    deletedDocumentDays: 0,
    now: () => world.now,
    intake: {
      async list(after = "") {
        world.secondsLeft -= world.pageSeconds;
        const keys = Object.keys(world.waiting)
          .sort()
          .filter((key) => key > after);
        const objects = keys.slice(0, 2).map((key) => ({ key, writtenAt: world.waiting[key] ?? 0 }));
        const last = keys.length > 2 ? objects.at(-1)?.key : undefined;
        return { objects, ...(last && { lastKey: last }) };
      },
    },
    queue: {
      async send(bodies) {
        await world.beforeSend();
        world.sends += 1;
        if (world.sends === world.failAtSend) throw new Error("the queue is gone");
        sent.push(...bodies);
      },
    },
    documentVersions: {
      async list(prefix, after) {
        listed.push([prefix, after]);
        world.secondsLeft -= world.pageSeconds;
        const all = world.versions.filter(({ path }) => path.startsWith(prefix));
        if (prefix !== "deleted/") return { versions: all };
        const start = after === undefined ? 0 : Number(after);
        const next = start + 2 < all.length ? String(start + 2) : undefined;
        return { versions: all.slice(start, start + 2), ...(next && { after: next }) };
      },
      listItem: async () => [],
      async keepDeleted({ path }) {
        world.versions.push({ path: deletedKey(path), versionId: "copy", writtenAt: world.now });
        return true;
      },
      async delete(versions) {
        if (versions.length > 0) world.beforeDelete();
        const ids = new Set(versions.map(({ path, versionId }) => `${path} ${versionId}`));
        world.versions = world.versions.filter(({ path, versionId }) => !ids.has(`${path} ${versionId}`));
      },
    },
    records: { readCurrent: async (key) => world.states.get(tableKey(key)) },
    progress: {
      read: async (task) => world.progress.get(task) ?? { previousPassAt: 0 },
      write: async (task, progress) => void world.progress.set(task, progress),
    },
  };
  const { metrics, sums, counters } = memoryMetrics();
  const handler = createSweepHandler({ open: () => context, metrics });
  return {
    handler,
    sweep() {
      world.secondsLeft = 300;
      return handler({}, { getRemainingTimeInMillis: () => world.secondsLeft * 1_000 });
    },
    world,
    context,
    listed,
    sent,
    sentKeys: () => sent.map((body) => parseS3Notification(body)[0]?.key),
    sums,
    counters,
  };
}
