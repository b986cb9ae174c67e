import type { ItemKey } from "../../../contract/keys.ts";
import type { CheckedFile } from "../payload/checked-payload.ts";
import type { DocumentStore } from "./document-store.ts";

/** So that a payload of many small files does not wait for each of them by itself. */
const maxConcurrentPuts = 10;

/** Keeps all of the files, or fails once nothing is under way any more: what goes on behind an answer is cut off anywhere. */
export async function putDocuments(
  documents: DocumentStore,
  key: ItemKey,
  files: readonly CheckedFile[],
): Promise<void> {
  for (let start = 0; start < files.length; start += maxConcurrentPuts) {
    const puts = files.slice(start, start + maxConcurrentPuts).map((file) => documents.put(key, file));
    const failed = (await Promise.allSettled(puts)).find((put) => put.status === "rejected");
    if (failed) {
      throw failed.reason;
    }
  }
}
