import { closeSync, createReadStream, openSync } from "node:fs";
import type { ByteRange } from "./byte-range.ts";
import type { Piece } from "./object-version.ts";

interface OpenPiece {
  readonly descriptor: number;
  readonly range: ByteRange;
}

/**
 * The bytes of an object, or a range of them. Their files are opened at once: what removes the object meanwhile cuts nothing
 * off, because an open file outlives its name. They are closed once the bytes were read, or nobody wants them any more.
 */
export function readPieces(
  pieces: readonly Piece[],
  range: ByteRange,
): AsyncIterable<Uint8Array> & Disposable {
  const opened: OpenPiece[] = [];
  let before = 0;
  for (const { file, sizeBytes } of pieces) {
    const start = Math.max(range.start - before, 0);
    const end = Math.min(range.end - before, sizeBytes - 1);
    if (start <= end) opened.push({ descriptor: openSync(file, "r"), range: { start, end } });
    before += sizeBytes;
  }
  const close = () => {
    for (const { descriptor } of opened.splice(0)) closeSync(descriptor);
  };
  return { [Symbol.asyncIterator]: () => readAll(opened, close), [Symbol.dispose]: close };
}

async function* readAll(opened: readonly OpenPiece[], close: () => void): AsyncGenerator<Uint8Array> {
  try {
    for (const { descriptor, range } of opened) {
      yield* createReadStream("", { fd: descriptor, autoClose: false, ...range });
    }
  } finally {
    close();
  }
}
