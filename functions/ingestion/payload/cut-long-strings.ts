const quote = 0x22;
const backslash = 0x5c;

/** Shorter strings cost less to parse than to cut out. */
export const MIN_CUT_BYTES = 1024;

/** A string of a JSON text, by the offsets of its bytes without quotes. */
export interface LongString {
  /** How many strings begin before it, names of properties included. */
  readonly ordinal: number;
  readonly start: number;
  readonly end: number;
}

export interface CutText {
  /** The JSON text with an empty string in place of each long one. */
  readonly rest: Buffer;
  /** In the order of the text. */
  readonly longStrings: readonly LongString[];
}

/**
 * Cuts the long strings out of a JSON text without reading it: from quote to quote. Returns undefined where the text has more
 * than `maxOtherBytes` beside them, or backslashes before quotes, so that no text costs more than that many steps.
 * Says nothing about what is no JSON: an open string lasts up to the end.
 */
export function cutLongStrings(bytes: Buffer, maxOtherBytes: number): CutText | undefined {
  const longStrings: LongString[] = [];
  let cutBytes = 0;
  let escapes = 0;
  let opening = bytes.indexOf(quote);
  for (let ordinal = 0; opening !== -1; ordinal += 1) {
    const start = opening + 1;
    if (start - cutBytes > maxOtherBytes) return undefined;
    let end = bytes.indexOf(quote, start);
    for (; end !== -1; end = bytes.indexOf(quote, end + 1)) {
      const before = backslashesBefore(bytes, end, maxOtherBytes);
      escapes += before;
      if (escapes > maxOtherBytes) return undefined;
      if (before % 2 === 0) break;
    }
    const isOpen = end === -1;
    if (isOpen) end = bytes.length;
    if (end - start >= MIN_CUT_BYTES) {
      longStrings.push({ ordinal, start, end });
      cutBytes += end - start;
    }
    opening = isOpen ? -1 : bytes.indexOf(quote, end + 1);
  }
  return bytes.length - cutBytes <= maxOtherBytes
    ? { rest: without(bytes, longStrings), longStrings }
    : undefined;
}

function without(bytes: Buffer, longStrings: readonly LongString[]): Buffer {
  if (longStrings.length === 0) return bytes;
  const starts = [0, ...longStrings.map(({ end }) => end)];
  const ends = [...longStrings.map(({ start }) => start), bytes.length];
  return Buffer.concat(starts.map((start, index) => bytes.subarray(start, ends[index])));
}

/** An odd number escapes the quote behind them. Counts no further than one more than `max`. */
function backslashesBefore(bytes: Buffer, position: number, max: number): number {
  let count = 0;
  while (count <= max && bytes[position - count - 1] === backslash) {
    count += 1;
  }
  return count;
}
