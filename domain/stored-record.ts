import { domain } from "./domain.ts";
import { replaceFiles } from "./files.ts";
import { SHARED_PATH } from "./names.ts";
import type { Sample } from "./sample.ts";

/** Where the bytes of an item's file are read. */
export function documentPath(item: string, sha256: string): string {
  return `${SHARED_PATH}/${item}/documents/${sha256}`;
}

/** What is read of a sample once it is stored: as the contract keeps it, and in place of bytes what says where they are. */
export function storedRecord(item: string, { record, files }: Sample): Record<string, unknown> {
  const sizes = new Map(files.map(({ sha256, bytes }) => [sha256, bytes.length]));
  return replaceFiles(
    domain.contract.parse(record),
    domain.files,
    ({ fileName, contentType, sha256 = "" }) => ({
      fileName,
      contentType,
      sha256,
      sizeBytes: sizes.get(sha256),
      path: documentPath(item, sha256),
    }),
  );
}
