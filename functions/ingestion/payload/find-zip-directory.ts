/** Where an archive lists its parts: one entry for each, from `start` to `end`. */
export interface ZipDirectory {
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

/** "PK" and two bytes; lengths of the records. APPNOTE.TXT of PKWARE, 4.3.14 to 4.3.16. */
const END_SIGNATURE = "PK\x05\x06";
const WIDE_END_SIGNATURE = 0x06064b50;
const LOCATOR_SIGNATURE = 0x07064b50;
const END_LENGTH = 22;
const WIDE_END_LENGTH = 56;
const LOCATOR_LENGTH = 20;
const MAX_COMMENT_LENGTH = 65_535;

/** Undefined where the archive is damaged or one of several, or where something stands between its directory and its end. */
export function findZipDirectory(bytes: Buffer): ZipDirectory | undefined {
  const at = findEnd(bytes);
  if (at === undefined) return undefined;
  // Numbers of this archive and of the one with the directory, where an archive is cut into several.
  if (bytes.readUInt32LE(at + 4) !== 0 || bytes.readUInt16LE(at + 8) !== bytes.readUInt16LE(at + 10)) {
    return undefined;
  }
  const narrow = {
    count: bytes.readUInt16LE(at + 10),
    length: bytes.readUInt32LE(at + 12),
    start: bytes.readUInt32LE(at + 16),
  };
  const wideAt = at - LOCATOR_LENGTH - WIDE_END_LENGTH;
  const isWide = wideAt >= 0 && bytes.readUInt32LE(at - LOCATOR_LENGTH) === LOCATOR_SIGNATURE;
  const wide = isWide ? readWideEnd(bytes, wideAt) : narrow;
  if (wide === undefined) return undefined;
  const agrees =
    [wide.count, 0xffff].includes(narrow.count) &&
    [wide.length, 0xffff_ffff].includes(narrow.length) &&
    [wide.start, 0xffff_ffff].includes(narrow.start);
  const { start, count } = wide;
  const end = start + wide.length;
  return agrees && end === (isWide ? wideAt : at) ? { start, end, count } : undefined;
}

/** Nothing may stand behind the archive but its own comment. */
function findEnd(bytes: Buffer): number | undefined {
  const tail = bytes.subarray(Math.max(0, bytes.length - END_LENGTH - MAX_COMMENT_LENGTH));
  const found = tail.lastIndexOf(END_SIGNATURE, undefined, "latin1");
  const end = bytes.length - tail.length + found;
  if (found < 0 || end + END_LENGTH > bytes.length) return undefined;
  return end + END_LENGTH + bytes.readUInt16LE(end + 20) === bytes.length ? end : undefined;
}

/** What zip64 has before the end, with room for larger numbers, and behind it where it begins. */
function readWideEnd(bytes: Buffer, at: number) {
  const wide = (offset: number) => Number(bytes.readBigUInt64LE(at + offset));
  const isWhole =
    bytes.readUInt32LE(at) === WIDE_END_SIGNATURE &&
    wide(4) === WIDE_END_LENGTH - 12 &&
    wide(24) === wide(32) &&
    wide(WIDE_END_LENGTH + 8) === at;
  return isWhole ? { count: wide(32), length: wide(40), start: wide(48) } : undefined;
}
