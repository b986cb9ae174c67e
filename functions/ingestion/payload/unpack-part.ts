import { crc32, inflateRawSync } from "node:zlib";
import type { ZipPart } from "./read-zip.ts";

export const STORED = 0;
export const DEFLATED = 8;

/**
 * No byte more is unpacked than the archive says.
 * @throws Error where it is damaged, or not as long as the archive says
 */
export function unpackPart({ name, compression, packed, sizeBytes, checksum }: ZipPart): Buffer {
  // zlib refuses a limit of no bytes.
  const maxOutputLength = Math.max(1, sizeBytes);
  const content = compression === STORED ? packed : inflateRawSync(packed, { maxOutputLength });
  if (content.length !== sizeBytes || crc32(content) !== checksum) {
    throw new Error(`the part ${JSON.stringify(name)} does not match the directory of its archive`);
  }
  return content;
}
