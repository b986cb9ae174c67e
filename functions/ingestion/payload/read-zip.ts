import { findZipDirectory, type ZipDirectory } from "./find-zip-directory.ts";

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
  /** CRC-32 of what is unpacked, as the archive says. */
  readonly checksum: number;
}

/** An office document has some hundred parts. */
const MAX_PARTS = 10_000;

/** "PK" and two bytes, as numbers. */
const LOCAL_SIGNATURE = 0x04034b50;
const ENTRY_SIGNATURE = 0x02014b50;
const DESCRIPTOR_SIGNATURE = 0x08074b50;
/** Lengths of the records before their names. APPNOTE.TXT of PKWARE, 4.3. */
const LOCAL_LENGTH = 30;
const ENTRY_LENGTH = 46;
/** Bits of the flags: encrypted by whatever method; sizes stand behind the content, since the writer did not know them before. */
const ENCRYPTED = 1;
const DESCRIBED_BEHIND = 8;
/** Ids of extra fields: numbers that do not fit into four bytes, and another name, which some readers take. */
const ZIP64 = 0x0001;
const UNICODE_NAME = 0x7075;
/** Stands where the number is in the extra field of zip64. */
const ELSEWHERE = 0xffff_ffff;

/**
 * The parts of a zip archive, of which nothing is unpacked; undefined where it is damaged or has too many parts, or where a
 * reader that goes from part to part would find others than one that goes by the directory. Of a part with its sizes behind it,
 * only unpacking would tell where the former sees its end.
 * No library does it here: fflate unpacks a part that lies about its size to its end, and does not tell what is encrypted.
 */
export function readZip(bytes: Buffer): ZipPart[] | undefined {
  const directory = findZipDirectory(bytes);
  const entries = directory && readEntries(bytes, directory);
  if (entries === undefined) return undefined;
  const before = bytes.subarray(0, directory?.start);
  const parts: ZipPart[] = [];
  let at = 0;
  for (const [index, entry] of entries.entries()) {
    const end = entries[index + 1]?.start ?? before.length;
    const packed = entry.start === at ? readContent(before, entry, end) : undefined;
    if (packed === undefined) return undefined;
    const { name, compression, flags, sizeBytes, checksum } = entry;
    const isEncrypted = (flags & ENCRYPTED) !== 0;
    parts.push({ name: name.toString("latin1"), compression, isEncrypted, packed, sizeBytes, checksum });
    at = end;
  }
  return at === before.length ? parts : undefined;
}

interface Entry {
  readonly name: Buffer;
  readonly flags: number;
  readonly compression: number;
  readonly checksum: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  /** Of the part, with what stands before its content. */
  readonly start: number;
  readonly extra: Buffer;
}

/** In the order in which the parts lie. */
function readEntries(bytes: Buffer, { start, end, count }: ZipDirectory): Entry[] | undefined {
  if (count > MAX_PARTS) return undefined;
  const entries: Entry[] = [];
  let at = start;
  while (entries.length < count) {
    if (at + ENTRY_LENGTH > end || bytes.readUInt32LE(at) !== ENTRY_SIGNATURE) return undefined;
    const nameEnd = at + ENTRY_LENGTH + bytes.readUInt16LE(at + 28);
    const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
    const next = extraEnd + bytes.readUInt16LE(at + 32);
    entries.push(readEntry(bytes.subarray(at, extraEnd), nameEnd - at));
    at = next;
  }
  return at === end ? entries.toSorted((a, b) => a.start - b.start) : undefined;
}

function readEntry(entry: Buffer, nameEnd: number): Entry {
  const extra = entry.subarray(nameEnd);
  const numbers = [24, 20, 42].map((at) => entry.readUInt32LE(at));
  const [sizeBytes = 0, packedBytes = 0, start = 0] = widen(numbers, extra);
  return {
    name: entry.subarray(ENTRY_LENGTH, nameEnd),
    flags: entry.readUInt16LE(8),
    compression: entry.readUInt16LE(10),
    checksum: entry.readUInt32LE(16),
    packedBytes,
    sizeBytes,
    start,
    extra,
  };
}

/** What is packed of a part, if the part fills exactly the bytes up to `end` and says itself what the directory says of it. */
function readContent(bytes: Buffer, entry: Entry, end: number): Buffer | undefined {
  const part = bytes.subarray(entry.start, end);
  if (part.length < LOCAL_LENGTH || part.readUInt32LE(0) !== LOCAL_SIGNATURE) return undefined;
  const nameEnd = LOCAL_LENGTH + part.readUInt16LE(26);
  const start = nameEnd + part.readUInt16LE(28);
  const contentEnd = start + entry.packedBytes;
  if (contentEnd > part.length || !part.subarray(LOCAL_LENGTH, nameEnd).equals(entry.name)) return undefined;
  const extra = part.subarray(nameEnd, start);
  if ([extra, entry.extra].some((each) => fieldOf(each, UNICODE_NAME) !== undefined)) return undefined;
  const behind = part.subarray(contentEnd);
  const isFilled = isDescribedBehind(entry) ? isDescriptor(behind, entry) : behind.length === 0;
  return isFilled && agrees(part, extra, entry) ? part.subarray(start, contentEnd) : undefined;
}

/** Whether a part says of itself what the directory says; what stands behind its content may be zero before it. */
function agrees(part: Buffer, extra: Buffer, entry: Entry): boolean {
  const [size = 0, packed = 0] = widen([part.readUInt32LE(22), part.readUInt32LE(18)], extra);
  const said: [number, number][] = [
    [part.readUInt32LE(14), entry.checksum],
    [packed, entry.packedBytes],
    [size, entry.sizeBytes],
  ];
  return (
    ((part.readUInt16LE(6) ^ entry.flags) & (ENCRYPTED | DESCRIBED_BEHIND)) === 0 &&
    part.readUInt16LE(8) === entry.compression &&
    said.every(([here, there]) => here === there || (isDescribedBehind(entry) && here === 0))
  );
}

function isDescribedBehind({ flags }: Entry): boolean {
  return (flags & DESCRIBED_BEHIND) !== 0;
}

/** With or without a signature, and with sizes of four bytes or, by zip64, of eight. APPNOTE.TXT, 4.3.9. */
function isDescriptor(behind: Buffer, { checksum, packedBytes, sizeBytes }: Entry): boolean {
  if (![12, 16, 20, 24].includes(behind.length)) return false;
  const isSigned = behind.length % 8 === 0;
  if (isSigned && behind.readUInt32LE(0) !== DESCRIPTOR_SIGNATURE) return false;
  const numbers = behind.subarray(isSigned ? 4 : 0);
  const isWide = numbers.length === 20;
  const size = (index: number) =>
    isWide ? Number(numbers.readBigUInt64LE(4 + 8 * index)) : numbers.readUInt32LE(4 + 4 * index);
  return numbers.readUInt32LE(0) === checksum && size(0) === packedBytes && size(1) === sizeBytes;
}

/** Numbers of a record; zip64 has those that do not fit one behind the other. What is missing there stays too large. */
function widen(numbers: readonly number[], extra: Buffer): number[] {
  const wide = fieldOf(extra, ZIP64);
  let at = 0;
  return numbers.map((number) => {
    if (number !== ELSEWHERE || wide === undefined || at + 8 > wide.length) return number;
    at += 8;
    return Number(wide.readBigUInt64LE(at - 8));
  });
}

/** Each is its id, its length and so many bytes. */
function fieldOf(extra: Buffer, id: number): Buffer | undefined {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === id) return extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
  }
  return undefined;
}
