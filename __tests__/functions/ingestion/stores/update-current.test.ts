import { describe, expect, it, vi } from "vitest";
import { updateCurrent } from "../../../../functions/ingestion/stores/update-current.ts";
import { keyedBy } from "../../../support/function-records.ts";

const key = keyedBy("item-1");
const next = {
  kind: "tombstone",
  ...key,
  submissionId: "d-1",
  receivedAt: 1,
  documentsSince: 1,
  expiresAt: 2,
} as const;

describe(updateCurrent, () => {
  it("reads and decides anew after each of seven faster writers", async () => {
    const records = contested(7);
    const change = vi.fn(async () => ({ next, result: "written" }));

    expect(await updateCurrent(records, key, change)).toBe("written");
    expect(records.readCurrent).toHaveBeenCalledTimes(8);
    expect(change).toHaveBeenCalledTimes(8);
  });

  it("gives up after eight", async () => {
    const records = contested(8);

    const result = updateCurrent(records, key, async () => ({ next, result: "written" }));

    await expect(result).rejects.toMatchObject({ name: "ContentionError", code: "CONTENTION" });
    expect(records.replaceCurrent).toHaveBeenCalledTimes(8);
  });

  it("writes nothing where nothing is to change", async () => {
    const records = contested(0);

    expect(await updateCurrent(records, key, async () => ({ result: "kept" }))).toBe("kept");
    expect(records.replaceCurrent).not.toHaveBeenCalled();
  });
});

/** Records that so many other writers are faster to write. */
function contested(fasterWriters: number) {
  let left = fasterWriters;
  return {
    readCurrent: vi.fn(async () => undefined),
    replaceCurrent: vi.fn(async () => left-- <= 0),
  };
}
