const quote = 0x22;
const backslash = 0x5c;

/** A string of a JSON text by the offsets of its bytes, quotes excluded. */
export interface StringSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the longest string of a JSON text without reading it: from quote to quote. Returns undefined where the
 * text has more than `maxOtherBytes` beside that string, so that no text costs more than that many steps.
 * Says nothing about what is no JSON: an open string is its longest up to the end.
 */
export function findLongestString(bytes: Uint8Array, maxOtherBytes: number): StringSpan | undefined {
  let longest: StringSpan = { start: 0, end: 0 };
  let escapedQuotes = 0;
  let opening = bytes.indexOf(quote);
  while (opening !== -1 && opening - length(longest) <= maxOtherBytes) {
    const start = opening + 1;
    let end = bytes.indexOf(quote, start);
    for (; end !== -1 && isEscaped(bytes, end); end = bytes.indexOf(quote, end + 1)) {
      escapedQuotes += 1;
      if (escapedQuotes > maxOtherBytes) {
        return undefined;
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

/** Whether an odd number of backslashes stands before the quote. */
function isEscaped(bytes: Uint8Array, position: number): boolean {
  let first = position;
  while (bytes[first - 1] === backslash) {
    first -= 1;
  }
  return (position - first) % 2 === 1;
}
