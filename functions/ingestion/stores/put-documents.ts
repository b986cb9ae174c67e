import type { ItemKey } from "../../../contract/keys.ts";
import type { CheckedFile } from "../payload/checked-payload.ts";
import type { DocumentStore } from "./document-store.ts";
import type { StoredVersion } from "./document-versions.ts";
import { mapBounded } from "./map-bounded.ts";

/**
 * Keeps all of the files, or fails once nothing is under way any more.
 * @returns the versions that it wrote, where the bucket has versions
 */
export async function putDocuments(
  documents: Pick<DocumentStore, "put">,
  key: ItemKey,
  files: readonly CheckedFile[],
): Promise<StoredVersion[]> {
  const written = await mapBounded(files, (file) => documents.put(key, file));
  return written.filter((version) => version !== undefined);
}
