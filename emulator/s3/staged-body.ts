import { randomUUID } from "node:crypto";
import type { WriteStream } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type ChecksumAlgorithm, type RunningDigest, startDigest } from "./checksums.ts";

/** Bytes of a body, in a file that is written to its end and that nobody else has. */
export interface StagedBody {
  readonly file: string;
  readonly sizeBytes: number;
  readonly md5: Buffer;
  /** Base64, of the algorithms that were asked for. */
  readonly checksums: Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
}

/**
 * Writes a body to a file of the folder and computes its digests on the way, so that no body is ever in memory as a whole.
 * @throws the body's error where it breaks off; no file is left then
 */
export async function stageBody(
  body: AsyncIterable<Uint8Array>,
  folder: string,
  algorithms: readonly ChecksumAlgorithm[],
): Promise<StagedBody> {
  const file = join(folder, randomUUID());
  const md5 = startDigest("md5");
  const digests = new Map<ChecksumAlgorithm, RunningDigest>(
    algorithms.map((algorithm) => [algorithm, startDigest(algorithm)]),
  );
  let sizeBytes = 0;
  // Opened before the body is read: a file that is opened after its body broke off would be left.
  const target = (await open(file, "wx")).createWriteStream();
  try {
    await pipeline(
      body,
      async function* measure(chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          sizeBytes += chunk.length;
          for (const digest of [md5, ...digests.values()]) digest.update(chunk);
          yield chunk;
        }
      },
      target,
    );
  } catch (error) {
    await closed(target);
    await rm(file, { force: true });
    throw error;
  }
  const checksums = await Promise.all(
    [...digests].map(async ([name, digest]) => [name, (await digest.digest()).toString("base64")] as const),
  );
  return { file, sizeBytes, md5: await md5.digest(), checksums: Object.fromEntries(checksums) };
}

async function closed(stream: WriteStream): Promise<void> {
  if (!stream.closed) await new Promise<void>((done) => stream.once("close", () => done()));
}
