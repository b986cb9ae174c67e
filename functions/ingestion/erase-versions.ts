import { type DocumentVersion, type DocumentVersions, unversioned } from "./stores/document-versions.ts";
import { mapBounded } from "./stores/map-bounded.ts";

export interface EraseContext {
  readonly documentVersions: DocumentVersions;
  /** More than 0 keeps a copy where no API reads, which the sweep removes. */
  readonly deletedDocumentDays: number;
}

export interface Erased {
  readonly removed: number;
  /** Of a bucket that is not versioned: what is written meanwhile would go with them, so they stay. */
  readonly unversioned: number;
}

/** So many are copied before they are removed: a deletion that is cut off has done its part, and the next one does the rest. */
const maxBatchDocuments = 100;

/** Removes exactly these versions for good. */
export async function eraseVersions(
  versions: readonly DocumentVersion[],
  { documentVersions, deletedDocumentDays }: EraseContext,
): Promise<Erased> {
  const removable = versions.filter(({ versionId }) => versionId !== unversioned);
  if (deletedDocumentDays > 0) {
    await moveAway(groupByPath(removable), documentVersions);
  } else {
    await documentVersions.delete(removable);
  }
  return { removed: removable.length, unversioned: versions.length - removable.length };
}

async function moveAway(
  documents: readonly (readonly DocumentVersion[])[],
  documentVersions: DocumentVersions,
): Promise<void> {
  for (let start = 0; start < documents.length; start += maxBatchDocuments) {
    const batch = documents.slice(start, start + maxBatchDocuments);
    await mapBounded(batch, (document) => keepOne(document, documentVersions));
    await documentVersions.delete(batch.flat());
  }
}

/** Every version of a document has the same bytes. One that is gone was removed by whoever wrote it, or was kept by a faster deletion. */
async function keepOne(document: readonly DocumentVersion[], documentVersions: DocumentVersions) {
  for (const version of document) {
    if (await documentVersions.keepDeleted(version)) return;
  }
}

function groupByPath(versions: readonly DocumentVersion[]): DocumentVersion[][] {
  const documents = new Map<string, DocumentVersion[]>();
  for (const version of versions) {
    documents.set(version.path, [...(documents.get(version.path) ?? []), version]);
  }
  return [...documents.values()];
}
