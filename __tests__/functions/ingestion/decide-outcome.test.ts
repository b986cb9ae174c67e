import { describe, expect, it } from "vitest";
import { decideOutcome } from "../../../functions/ingestion/decide-outcome.ts";
import type { StoredRecord, Tombstone } from "../../../functions/ingestion/stores/record.ts";
import { aStoredRecord, keyedBy } from "../../support/function-records.ts";

const submission = { ...keyedBy("item-1"), submissionId: "m", receivedAt: 100 };
const older = { ...submission, submissionId: "z", receivedAt: 99 };
const newer = { ...submission, submissionId: "a", receivedAt: 101 };

describe(decideOutcome, () => {
  it("creates what is not there", () => {
    expect(decideOutcome(submission, "hash", undefined)).toEqual({
      action: "write",
      outcome: { status: "stored", created: true },
    });
  });

  it("replaces other content that was received earlier", () => {
    expect(decideOutcome(submission, "hash", aRecord(older, "other"))).toEqual({
      action: "write",
      outcome: { status: "stored", created: false },
    });
  });

  it("writes the receive time of the same content", () => {
    expect(decideOutcome(submission, "hash", aRecord(older, "hash"))).toEqual({
      action: "write",
      outcome: { status: "unchanged" },
    });
  });

  it.each([
    ["a newer record", aRecord(newer, "other")],
    ["a newer record of the same content", aRecord(newer, "hash")],
    ["a newer deletion", aTombstone(newer)],
    ["a deletion of the same millisecond with the same id", aTombstone(submission)],
    [
      "a record of the same millisecond with a greater id",
      aRecord({ ...submission, submissionId: "n" }, "other"),
    ],
  ])("is superseded by %s", (_name, current) => {
    expect(decideOutcome(submission, "hash", current)).toEqual({
      action: "keep",
      outcome: { status: "superseded" },
    });
  });

  it("replaces a record of the same millisecond with a lesser id", () => {
    const current = aRecord({ ...submission, submissionId: "l" }, "other");

    expect(decideOutcome(submission, "hash", current).action).toBe("write");
  });

  it("creates anew what was deleted earlier", () => {
    expect(decideOutcome(submission, "hash", aTombstone(older)).outcome).toEqual({
      status: "stored",
      created: true,
    });
  });

  it("answers a repeated delivery with its first outcome", () => {
    const outcome = { status: "stored", created: true } as const;

    expect(decideOutcome(submission, "hash", { ...aRecord(submission, "hash"), outcome })).toEqual({
      action: "keep",
      outcome,
    });
  });
});

function aRecord(received: typeof submission, contentSha256: string): StoredRecord {
  return aStoredRecord(received, { ...received, contentSha256, outcome: { status: "unchanged" } });
}

function aTombstone(received: typeof submission): Tombstone {
  return { kind: "tombstone", ...received, documentsSince: 0, expiresAt: 1 };
}
