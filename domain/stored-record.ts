import { domain } from "./domain.ts";
import { replaceFiles } from "./files.ts";
import { SHARED_PATH } from "./names.ts";
import type { Sample } from "./sample.ts";

/** The path of the bytes of an item's file. */
export function documentPath(item: string, sha256: string): string {
  return `${SHARED_PATH}/${item}/documents/${sha256}`;
}

/** A sample as the API returns it after it was stored: with the metadata and path of each file in place of its bytes. */
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
