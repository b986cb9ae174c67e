import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { type ChecksumAlgorithm, DEFAULT_CHECKSUM_ALGORITHM, startChecksum } from "./checksums.ts";

/** Bytes in a file that no object has yet: `put` makes it one, `discard` removes it. */
export interface Staged {
  readonly file: string;
  readonly sizeBytes: number;
  /** Hexadecimal. */
  readonly md5: string;
  /** Base64. CRC-64/NVME is always among them. */
  readonly checksums: Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
}

/**
 * Writes a body to a new file while its digests are computed, never holding more of it than a chunk.
 * @throws whatever breaks the body or the file off; then the file is gone
 */
export async function stageBody(
  directory: string,
  body: AsyncIterable<Uint8Array> | Readable,
  algorithms: readonly ChecksumAlgorithm[] = [],
): Promise<Staged> {
  const file = join(directory, randomUUID());
  const names = [...new Set<ChecksumAlgorithm>([DEFAULT_CHECKSUM_ALGORITHM, ...algorithms])];
  const running = names.map((name) => [name, startChecksum(name)] as const);
  const md5 = startChecksum("MD5");
  let sizeBytes = 0;
  const output = createWriteStream(file);
  // An error of the stream is heard from its first moment, whether or not anything waits for it yet.
  const written = finished(output);
  written.catch(() => undefined);
  try {
    for await (const chunk of body) {
      sizeBytes += chunk.length;
      for (const [, checksum] of running) checksum.update(chunk);
      md5.update(chunk);
      if (!output.write(chunk)) await Promise.race([once(output, "drain"), written]);
    }
    output.end();
    await written;
  } catch (error) {
    output.destroy();
    await written.catch(() => undefined);
    await rm(file, { force: true });
    throw error;
  }
  const digests = await Promise.all(
    running.map(async ([name, checksum]) => [name, Buffer.from(await checksum.digest()).toString("base64")]),
  );
  return {
    file,
    sizeBytes,
    md5: Buffer.from(await md5.digest()).toString("hex"),
    checksums: Object.fromEntries(digests),
  };
}
