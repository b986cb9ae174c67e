const quote = 0x22;
const backslash = 0x5c;

/** A string of a JSON text by the offsets of its bytes, quotes excluded. */
export interface StringSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the longest string of a JSON text without reading it: from quote to quote. Returns undefined where the
 * text has more than `maxOtherBytes` beside that string, or backslashes before quotes, so that no text costs more
 * than that many steps.
 * Says nothing about what is no JSON: an open string is its longest up to the end.
 */
export function findLongestString(bytes: Buffer, maxOtherBytes: number): StringSpan | undefined {
  let longest: StringSpan = { start: 0, end: 0 };
  let escapes = 0;
  let opening = bytes.indexOf(quote);
  while (opening !== -1 && opening - length(longest) <= maxOtherBytes) {
    const start = opening + 1;
    let end = bytes.indexOf(quote, start);
    for (; end !== -1; end = bytes.indexOf(quote, end + 1)) {
      const before = backslashesBefore(bytes, end, maxOtherBytes);
      escapes += before;
      if (escapes > maxOtherBytes) {
        return undefined;
      }
      if (before % 2 === 0) {
        break;
      }
    }
    const span = { start, end: end === -1 ? bytes.length : end };
    if (length(span) > length(longest)) {
      longest = span;
    }
    opening = end === -1 ? -1 : bytes.indexOf(quote, end + 1);
  }
  return bytes.length - length(longest) <= maxOtherBytes ? longest : undefined;
}

function length({ start, end }: StringSpan): number {
  return end - start;
}

/** An odd number escapes the quote behind them. Counts no further than one more than `max`. */
function backslashesBefore(bytes: Buffer, position: number, max: number): number {
  let count = 0;
  while (count <= max && bytes[position - count - 1] === backslash) {
    count += 1;
  }
  return count;
}
