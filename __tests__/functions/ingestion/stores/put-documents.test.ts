import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { putDocuments } from "../../../../functions/ingestion/stores/put-documents.ts";
import { keyedBy } from "../../../support/function-records.ts";

const key = keyedBy("item-1");
const files = Array.from({ length: 25 }, (_, index) => ({
  metadata: { fileName: "a", contentType: "b", sha256: String(index), sizeBytes: 1 },
  bytes: Buffer.from([index]),
}));

describe(putDocuments, () => {
  it("puts all of them below their item, several at the same time but not all", async () => {
    const { documents, taken, peak } = countingStore();

    const versions = await putDocuments(documents, key, files);

    expect(taken).toEqual(files.map((file) => ({ key, file })));
    expect(versions).toEqual(files.map(({ metadata }) => ({ path: metadata.sha256, versionId: "v" })));
    expect(peak()).toBe(10);
  });

  it("tells of no versions where the bucket has none", async () => {
    const documents = { put: async () => undefined };

    expect(await putDocuments(documents, key, files)).toEqual([]);
  });

  it("fails with what failed, once nothing is under way, and begins no more", async () => {
    const { documents, taken, underWay } = countingStore("3");

    await expect(putDocuments(documents, key, files)).rejects.toThrow("no room for 3");

    expect(underWay()).toBe(0);
    expect(taken).toHaveLength(9);
  });
});

/** Takes each put after a while, but not that of one file. */
function countingStore(refused?: string) {
  const taken: unknown[] = [];
  let running = 0;
  let most = 0;
  return {
    taken,
    underWay: () => running,
    peak: () => most,
    documents: {
      async put(of: typeof key, file: (typeof files)[number]) {
        if (file.metadata.sha256 === refused) throw new Error(`no room for ${refused}`);
        running += 1;
        most = Math.max(most, running);
        await setImmediate();
        running -= 1;
        taken.push({ key: of, file });
        return { path: file.metadata.sha256, versionId: "v" };
      },
    },
  };
}
