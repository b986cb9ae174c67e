import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CALLER_METADATA, type ItemKey, intakeKey, itemPattern } from "../../../../contract/keys.ts";
import { createQueueHandler } from "../../../../functions/ingestion/queue/queue-handler.ts";
import { requeueUnprocessed } from "../../../../functions/ingestion/sweep/requeue-unprocessed.ts";
import { invocation, s3Notification, sqsEvent } from "../../../support/function-events.ts";
import { memoryIntake, memoryStores, now } from "../../../support/function-memory-stores.ts";
import { memoryMetrics } from "../../../support/function-metrics.ts";
import { aPayload } from "../../../support/function-payloads.ts";
import { itHolds } from "../../../support/property.ts";

const submissionId = "Jm5/z+=";
const failed = { batchItemFailures: [{ itemIdentifier: "message-0" }] };
const done = { batchItemFailures: [] };

beforeEach(() => {
  for (const level of ["info", "warn", "error"] as const) vi.spyOn(console, level).mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** An object as API Gateway writes it for what stands in x-caller-id, which it does not check. */
function setUp(
  written: ItemKey,
  { caller = written.caller, body = aPayload() }: { caller?: string | undefined; body?: Buffer } = {},
) {
  const key = intakeKey(written, submissionId);
  const metadata = {
    "submission-id": submissionId,
    "received-at": "1772355600000",
    [CALLER_METADATA]: caller,
  };
  const stores = memoryStores();
  const intake = memoryIntake(new Map([[key, { bytes: body, metadata }]]));
  const { metrics } = memoryMetrics();
  const context = { ...stores.context, intake: intake.store, intakeBucket: "intake" };
  const handler = createQueueHandler({ open: () => context, metrics });
  const deliver = () => handler(sqsEvent(s3Notification("intake", key)), invocation());
  return { key, handler, deliver, stores, intake, metadata };
}

function expectUntouched({ key, stores, intake }: ReturnType<typeof setUp>): void {
  expect(stores.writes).toEqual([]);
  expect([...stores.states, ...stores.results, ...stores.documents.keys()]).toEqual([]);
  expect([...intake.objects.keys()]).toEqual([key]);
  expect(intake).toMatchObject({ read: [], discarded: [key] });
}

describe("the caller of an object", () => {
  it("has the outcome, the record and the documents under its own name", async () => {
    const { deliver, stores, intake } = setUp({ caller: "partner", item: "item" });

    expect(await deliver()).toEqual(done);
    expect([...stores.states.keys()]).toEqual(["caller#partner#item#item"]);
    expect([...stores.results.keys()]).toEqual([`caller#partner#item#item ${submissionId}`]);
    expect(stores.documents.keys().every((path) => path.startsWith("documents/partner/item/"))).toBe(true);
    expect(intake.objects.size).toBe(0);
    expect(console.info).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ caller: "partner", item: "item" }),
    );
  });

  it.each<[string, ItemKey]>([
    ["an item of the victim", { caller: "victim/x", item: "item" }],
    ["what looks like a submission of the victim", { caller: "victim/x/payload", item: "item" }],
    ["what looks like a plain file of the victim", { caller: "victim/x/files/f", item: "item" }],
    ["a plain file of the victim", { caller: "victim/x", item: "item", fileId: "file" }],
    ["nothing", { caller: "victim/", item: "item" }],
    ["the caller of everything", { caller: "shared/x", item: "item" }],
  ])("is nobody where a caller with slashes would reach %s", async (_name, written) => {
    const system = setUp(written, { body: Buffer.from("no JSON") });

    expect(await system.deliver()).toEqual(failed);
    expectUntouched(system);
    expect(console.error).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ errorName: "KeyLayoutError" }),
    );
  });

  it.each([
    ["of another name", { caller: "victim", item: "item" }, "attacker"],
    ["of another spelling", { caller: "victim", item: "item" }, "Victim"],
    ["with a blank", { caller: "victim", item: "item" }, "victim "],
    ["of no name", { caller: "victim", item: "item" }, ""],
    ["of another name, of a file", { caller: "victim", item: "item", fileId: "file" }, "attacker"],
    ["of another name, under shared", { caller: "shared", item: "item" }, "victim"],
    ["that is told in the key alone", { caller: "..", item: "item" }, ".."],
  ])("is nobody where the metadata names one %s", async (_name, written, caller) => {
    const system = setUp(written, { caller });

    expect(await system.deliver()).toEqual(failed);
    expectUntouched(system);
  });

  it("is shared where nothing names it: so was all that came in before callers", async () => {
    const { deliver, stores, metadata } = setUp({ caller: "shared", item: "item" });
    Reflect.deleteProperty(metadata, CALLER_METADATA);

    expect(await deliver()).toEqual(done);
    expect([...stores.states.keys()]).toEqual(["caller#shared#item#item"]);
  });

  it("is nobody where nothing names it under another key than that of shared", async () => {
    const system = setUp({ caller: "victim", item: "item" });
    Reflect.deleteProperty(system.metadata, CALLER_METADATA);

    expect(await system.deliver()).toEqual(failed);
    expectUntouched(system);
  });

  it("does not share an outcome with another caller's payload of the same name", async () => {
    const { deliver, stores, intake } = setUp({ caller: "victim", item: "item" });
    await deliver();
    const other = intakeKey({ caller: "attacker", item: "item" }, submissionId);
    const { metrics } = memoryMetrics();
    const context = { ...stores.context, intake: intake.store, intakeBucket: "intake" };
    const handler = createQueueHandler({ open: () => context, metrics });

    const lost = await handler(sqsEvent(s3Notification("intake", other)), invocation());

    expect(lost).toEqual(failed);
    expect(console.error).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ errorName: "LostPayloadError" }),
    );
  });

  it("stays nobody when the sweep tells of its payload again", async () => {
    const { key, stores, intake, handler } = setUp({ caller: "victim/x", item: "item" });
    const bodies: string[] = [];

    await requeueUnprocessed({
      intake: intake.store,
      intakeBucket: "intake",
      queue: { send: async (sent) => void bodies.push(...sent) },
      progress: { read: async () => ({ previousPassAt: 0 }), write: async () => undefined },
      mayGoOn: () => true,
      unprocessedAfterMilliseconds: 1,
      now: () => now,
    });
    const response = await handler(sqsEvent(...bodies), invocation());

    expect(bodies).toHaveLength(1);
    expect(response).toEqual(failed);
    expect(stores.writes).toEqual([]);
    expect([...intake.objects.keys()]).toEqual([key]);
  });

  const part = fc.constantFrom("victim", "shared", "x", "/", "payload", "files", "..", ".", " ", "%2F", "ä");
  const anything = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(""));
  const ids = fc.record({
    caller: anything,
    item: anything,
    fileId: fc.option(anything, { nil: undefined }),
  });

  itHolds(
    "writes under its own name or not at all, whatever it and its item are called",
    fc.asyncProperty(ids, fc.boolean(), async (written, isValid) => {
      const body = isValid ? aPayload() : Buffer.from("no JSON");
      const system = setUp(written, { body });
      const { caller } = written;

      const { batchItemFailures } = await system.deliver();

      const { stores, intake } = system;
      const touched = [...stores.states.values(), ...stores.results.values()].map((each) => each.caller);
      if (!itemPattern.test(caller)) expectUntouched(system);
      expect([caller, ...touched].every((each) => each === caller)).toBe(true);
      expect(stores.documents.keys().every((path) => path.startsWith(`documents/${caller}/`))).toBe(true);
      expect(intake.objects.size).toBe(batchItemFailures.length);
    }),
    { numRuns: 500 },
  );
});
