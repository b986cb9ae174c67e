import { crc32, deflateRawSync } from "node:zlib";

/** A part as a writer may write it; each number can be another one than is true. */
export interface WrittenPart {
  readonly name: string;
  readonly content?: string | Buffer;
  readonly isStored?: boolean;
  /** What stands behind the content: nothing, or checksum and sizes of four or, by zip64, of eight bytes, with a signature or without. */
  readonly descriptor?: "signed" | "bare" | "signed wide" | "bare wide";
  /** With the extra field of zip64 in place of sizes and offset. */
  readonly isWide?: boolean;
  readonly extraBefore?: Buffer;
  readonly extraInDirectory?: Buffer;
  readonly comment?: string;
  /** Written over the record before the content, that behind it, or that in the directory, by offset. */
  readonly before?: Readonly<Record<number, number>>;
  readonly behind?: Readonly<Record<number, number>>;
  readonly inDirectory?: Readonly<Record<number, number>>;
  /** Stands before the part, and belongs to none. */
  readonly gap?: Buffer;
}

export interface WrittenEnd {
  readonly comment?: string;
  readonly isWide?: boolean;
  /** Between the parts and the directory; last in the directory; between the directory and the end. */
  readonly beforeDirectory?: Buffer;
  readonly lastInDirectory?: Buffer;
  readonly afterDirectory?: Buffer;
}

/** A zip archive, byte by byte as APPNOTE.TXT of PKWARE has it. */
export function zipArchive(parts: readonly WrittenPart[], end: WrittenEnd = {}): Buffer {
  const chunks: Buffer[] = [];
  const entries: Buffer[] = [];
  for (const part of parts) {
    chunks.push(part.gap ?? Buffer.alloc(0));
    const start = Buffer.concat(chunks).length;
    const { before, packed, behind, entry } = writePart(part, start);
    chunks.push(before, packed, behind);
    entries.push(entry);
  }
  chunks.push(end.beforeDirectory ?? Buffer.alloc(0));
  const content = Buffer.concat(chunks);
  const directory = Buffer.concat([...entries, end.lastInDirectory ?? Buffer.alloc(0)]);
  const tail = writeEnd(parts.length, directory.length, content.length, end);
  return Buffer.concat([content, directory, end.afterDirectory ?? Buffer.alloc(0), tail]);
}

function writePart(part: WrittenPart, start: number) {
  const { name, isStored = false, descriptor, isWide = false } = part;
  const content = Buffer.from(part.content ?? "");
  const packed = isStored ? content : deflateRawSync(content);
  const sizes = [packed.length, content.length];
  const [flags, method] = [descriptor ? 8 : 0, isStored ? 0 : 8];
  const told = descriptor ? [0, 0, 0] : [crc32(content), ...sizes];
  const narrow = (numbers: number[]) => (isWide ? numbers.map(() => 0xffff_ffff) : numbers);
  const zip64 = (numbers: number[]) =>
    isWide ? Buffer.concat([u16(1, numbers.length * 8), u64(...numbers)]) : "";
  const extraBefore = Buffer.concat([
    part.extraBefore ?? Buffer.alloc(0),
    Buffer.from(zip64([told[2] ?? 0, told[1] ?? 0])),
  ]);
  const extra = Buffer.concat([
    part.extraInDirectory ?? Buffer.alloc(0),
    Buffer.from(zip64([content.length, packed.length, start])),
  ]);
  const before = Buffer.concat([
    u32(0x04034b50),
    u16(20, flags, method, 0, 33),
    u32(told[0] ?? 0, ...narrow(told.slice(1))),
    u16(Buffer.byteLength(name), extraBefore.length),
    Buffer.from(name),
    extraBefore,
  ]);
  const entry = Buffer.concat([
    u32(0x02014b50),
    u16(20, 20, flags, method, 0, 33),
    u32(crc32(content), ...narrow(sizes)),
    u16(Buffer.byteLength(name), extra.length, part.comment?.length ?? 0, 0, 0),
    u32(0, ...narrow([start])),
    Buffer.from(name),
    extra,
    Buffer.from(part.comment ?? ""),
  ]);
  const numbers = descriptor?.endsWith("wide") ? u64(...sizes) : u32(...sizes);
  const signature = descriptor?.startsWith("signed") ? u32(0x08074b50) : Buffer.alloc(0);
  const behind = descriptor ? Buffer.concat([signature, u32(crc32(content)), numbers]) : Buffer.alloc(0);
  overwrite(before, part.before);
  overwrite(behind, part.behind);
  overwrite(entry, part.inDirectory);
  return { before, packed, behind, entry };
}

function overwrite(record: Buffer, numbers: Readonly<Record<number, number>> = {}): void {
  for (const [at, value] of Object.entries(numbers)) record.writeUInt16LE(value, Number(at));
}

function writeEnd(
  count: number,
  length: number,
  start: number,
  { comment = "", isWide = false, ...others }: WrittenEnd,
) {
  const at = start + length + (others.afterDirectory?.length ?? 0);
  const wide = Buffer.concat([
    Buffer.concat([u32(0x06064b50), u64(44), u16(45, 45), u32(0, 0), u64(count, count, length, start)]),
    Buffer.concat([u32(0x07064b50, 0), u64(at), u32(1)]),
  ]);
  const numbers = isWide
    ? [u16(0xffff, 0xffff), u32(0xffff_ffff, 0xffff_ffff)]
    : [u16(count, count), u32(length, start)];
  const end = [u32(0x06054b50), u16(0, 0), ...numbers, u16(comment.length), Buffer.from(comment)];
  return Buffer.concat([isWide ? wide : Buffer.alloc(0), ...end]);
}

function u16(...values: number[]): Buffer {
  return Buffer.from(Uint16Array.from(values).buffer);
}

function u32(...values: number[]): Buffer {
  return Buffer.from(Uint32Array.from(values).buffer);
}

function u64(...values: number[]): Buffer {
  return Buffer.from(BigUint64Array.from(values.map(BigInt)).buffer);
}
