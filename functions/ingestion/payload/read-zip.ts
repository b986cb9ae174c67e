/** A part of a zip archive, as the archive's directory has it. */
export interface ZipPart {
  /** Byte by byte, so that no two names become one. */
  readonly name: string;
  /** 0 is stored, 8 is deflate. */
  readonly compression: number;
  readonly isEncrypted: boolean;
  readonly packed: Buffer;
  /** As the archive says. */
  readonly sizeBytes: number;
}

/** An office document has some hundred parts. */
const MAX_PARTS = 10_000;

/** "PK" and two bytes, as numbers. */
const LOCAL_SIGNATURE = 0x04034b50;
const ENTRY_SIGNATURE = 0x02014b50;
const END_SIGNATURE = "PK\x05\x06";
/** Lengths of the records before their names, and of the one at the end. APPNOTE.TXT of PKWARE, 4.3. */
const LOCAL_LENGTH = 30;
const ENTRY_LENGTH = 46;
const END_LENGTH = 22;
const MAX_COMMENT_LENGTH = 65_535;

/**
 * The parts of a zip archive, of which nothing is unpacked; undefined where it is damaged, has too many parts, or where what
 * stands before a part names it otherwise than the directory, so that two readers would find two archives.
 * No library does it here: fflate unpacks a part that lies about its size to its end, and does not tell what is encrypted.
 */
export function readZip(bytes: Buffer): ZipPart[] | undefined {
  const end = findEnd(bytes);
  if (end === undefined) return undefined;
  const count = bytes.readUInt16LE(end + 10);
  const length = bytes.readUInt32LE(end + 12);
  let at = bytes.readUInt32LE(end + 16);
  const directoryEnd = at + length;
  if (count > MAX_PARTS || directoryEnd > end) return undefined;
  const parts: ZipPart[] = [];
  while (parts.length < count) {
    const part = readPart(bytes, at, directoryEnd);
    if (part === undefined) return undefined;
    parts.push(part);
    at = part.next;
  }
  return at === directoryEnd ? parts : undefined;
}

/** Nothing may stand behind the archive but its own comment. */
function findEnd(bytes: Buffer): number | undefined {
  const tail = bytes.subarray(Math.max(0, bytes.length - END_LENGTH - MAX_COMMENT_LENGTH));
  const found = tail.lastIndexOf(END_SIGNATURE, undefined, "latin1");
  const end = bytes.length - tail.length + found;
  if (found < 0 || end + END_LENGTH > bytes.length) return undefined;
  return end + END_LENGTH + bytes.readUInt16LE(end + 20) === bytes.length ? end : undefined;
}

function readPart(bytes: Buffer, at: number, end: number): (ZipPart & { next: number }) | undefined {
  if (at + ENTRY_LENGTH > end || bytes.readUInt32LE(at) !== ENTRY_SIGNATURE) return undefined;
  const nameEnd = at + ENTRY_LENGTH + bytes.readUInt16LE(at + 28);
  const next = nameEnd + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  if (next > end) return undefined;
  const name = bytes.subarray(at + ENTRY_LENGTH, nameEnd);
  const start = findContent(bytes, bytes.readUInt32LE(at + 42), name);
  const packedBytes = bytes.readUInt32LE(at + 20);
  if (start === undefined || start + packedBytes > bytes.length) return undefined;
  return {
    name: name.toString("latin1"),
    compression: bytes.readUInt16LE(at + 10),
    // Bit 0, by whatever method.
    isEncrypted: bytes.readUInt16LE(at + 8) % 2 === 1,
    packed: bytes.subarray(start, start + packedBytes),
    sizeBytes: bytes.readUInt32LE(at + 24),
    next,
  };
}

/** Where the content of a part begins, behind a header that names it once more. */
function findContent(bytes: Buffer, at: number, name: Buffer): number | undefined {
  if (at + LOCAL_LENGTH > bytes.length || bytes.readUInt32LE(at) !== LOCAL_SIGNATURE) return undefined;
  const nameEnd = at + LOCAL_LENGTH + bytes.readUInt16LE(at + 26);
  if (!bytes.subarray(at + LOCAL_LENGTH, nameEnd).equals(name)) return undefined;
  return nameEnd + bytes.readUInt16LE(at + 28);
}
