import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { readZip } from "../../../../functions/ingestion/payload/read-zip.ts";
import { unpackPart } from "../../../../functions/ingestion/payload/unpack-part.ts";
import { type WrittenEnd, type WrittenPart, zipArchive } from "../../../support/zip-archive.ts";

const a: WrittenPart = { name: "a.xml", content: "first ".repeat(20) };
const b: WrittenPart = { name: "b.xml", content: "second ".repeat(20) };

/** Two parts, the first of which is written in this way. */
const first = (changes: Partial<WrittenPart>, end?: WrittenEnd) => zipArchive([{ ...a, ...changes }, b], end);

/** What a reader of the archive finds; undefined where it is refused. */
const unpacked = (archive: Uint8Array) =>
  readZip(Buffer.from(archive))?.map((part) => [part.name, unpackPart(part).toString()]);

const both = [
  [a.name, a.content],
  [b.name, b.content],
];

/** An extra field of an id that nobody knows. */
const extra = Buffer.from("5a5a0300616263", "hex");
/** Version, checksum of the name that it stands for, and another name. */
const otherName = Buffer.from("75700a0001000000006f74686572", "hex");

describe(readZip, () => {
  it.each<[string, Uint8Array]>([
    ["as fflate writes it", zipSync({ "a.xml": strToU8(`${a.content}`), "b.xml": strToU8(`${b.content}`) })],
    ["of packed parts", zipArchive([a, b])],
    ["of stored parts", first({ isStored: true })],
    ["with extra fields before a content", first({ extraBefore: extra })],
    ["with extra fields in its directory", first({ extraInDirectory: extra })],
    ["with a comment on a part", first({ comment: "a comment" })],
    ["with a comment", first({}, { comment: "a comment" })],
    ["with sizes behind a content", first({ descriptor: "signed" })],
    ["with sizes behind a content without a signature", first({ descriptor: "bare" })],
    ["with wide sizes behind a content", first({ descriptor: "signed wide", isWide: true })],
    ["with wide sizes without a signature", first({ descriptor: "bare wide", isWide: true })],
    ["with sizes behind a content that is stored", first({ descriptor: "signed", isStored: true })],
    ["of zip64", first({ isWide: true })],
    [
      "of zip64 behind other extra fields",
      first({ isWide: true, extraBefore: extra, extraInDirectory: extra }),
    ],
    ["with an end of zip64", first({}, { isWide: true })],
    ["with an end of zip64 and a comment", first({ isWide: true }, { isWide: true, comment: "a comment" })],
  ])("reads an archive %s", (_what, archive) => {
    expect(unpacked(archive)).toEqual(both);
  });

  it("reads parts that its directory has in another order", () => {
    const archive = zipArchive([a, b]);
    const directory = archive.indexOf("504b0102", 0, "hex");
    const second = archive.indexOf("504b0102", directory + 4, "hex");
    const end = archive.indexOf("504b0506", 0, "hex");
    const swapped = [
      archive.subarray(0, directory),
      archive.subarray(second, end),
      archive.subarray(directory, second),
      archive.subarray(end),
    ];

    expect(unpacked(Buffer.concat(swapped))).toEqual(both);
  });

  it("reads an archive of nothing", () => {
    expect(unpacked(zipArchive([]))).toEqual([]);
  });

  it.each<[string, Buffer]>([
    ["another signature before a content", first({ before: { 2: 0x0101 } })],
    ["another signature in its directory", first({ inDirectory: { 2: 0x0202 } })],
    ["another method before a content", first({ before: { 8: 0 } })],
    ["a part that only the directory calls encrypted", first({ inDirectory: { 8: 1 } })],
    ["a part that only itself calls encrypted", first({ before: { 6: 1 } })],
    ["sizes behind a content, which only the directory tells of", first({ inDirectory: { 8: 8 } })],
    ["sizes behind a content, which only the part tells of", first({ before: { 6: 8 } })],
    ["sizes that are nowhere", first({ before: { 6: 8 }, inDirectory: { 8: 8 } })],
    ["another checksum before a content", first({ before: { 14: 7 } })],
    ["a packed size before a content that is another one", first({ before: { 18: 7 } })],
    ["a size before a content that is another one", first({ before: { 22: 7 } })],
    ["a size of zero before a content, which has no other", first({ before: { 22: 0 } })],
    ["another packed size in its directory", first({ inDirectory: { 20: 7 } })],
    ["another signature behind a content", first({ descriptor: "signed", behind: { 0: 7 } })],
    ["another packed size behind a content", first({ descriptor: "bare", behind: { 4: 7 } })],
    ["another wide size behind a content", first({ descriptor: "bare wide", behind: { 14: 7 } })],
    ["bytes behind its directory's entries", first({}, { lastInDirectory: Buffer.from("MZ") })],
    ["another checksum behind a content", first({ descriptor: "signed", inDirectory: { 16: 7 } })],
    ["another size behind a content", first({ descriptor: "bare", inDirectory: { 24: 7 } })],
    ["another size before a content than behind it", first({ descriptor: "bare", before: { 22: 7 } })],
    ["no field of zip64 where sizes point to it", first({ before: { 18: 0xffff, 20: 0xffff } })],
    [
      "a field of zip64 that is too short",
      first({ extraBefore: Buffer.from("0100040000000000", "hex"), before: { 18: 0xffff, 20: 0xffff } }),
    ],
    ["bytes behind its end", Buffer.concat([first({}), Buffer.from("MZ")])],
    ["an extra field that ends behind the content", first({ before: { 28: 0xffff } })],
    ["another name in an extra field before a content", first({ extraBefore: otherName })],
    ["another name in an extra field of its directory", first({ extraInDirectory: otherName })],
    ["a comment that ends behind the directory", zipArchive([a, { ...b, inDirectory: { 32: 9 } }])],
    ["bytes before its first part", first({ gap: Buffer.from("MZ") })],
    ["bytes between its parts", zipArchive([a, { ...b, gap: Buffer.from("MZ") }])],
    ["a part that its directory does not have", first({}, { beforeDirectory: hiddenPart() })],
    ["bytes between its directory and its end", first({}, { afterDirectory: Buffer.from("MZ") })],
    ["bytes before its end of zip64", first({}, { isWide: true, afterDirectory: Buffer.from("MZ") })],
    ["bytes before an archive of nothing", zipArchive([], { beforeDirectory: Buffer.from("MZ") })],
    ["two entries for one part", zipArchive([a, { ...a, inDirectory: { 42: 0 } }])],
  ])("refuses an archive with %s", (_what, archive) => {
    expect(readZip(archive)).toBeUndefined();
  });

  it.each([
    ["the number of its disk", 4],
    ["the disk of its directory", 6],
    ["the number of parts on this disk", 8],
    ["the number of parts", 10],
    ["the length of its directory", 12],
    ["the place of its directory", 16],
    ["the length of its comment", 20],
  ])("refuses an archive in which %s is one more", (_what, offset) => {
    for (const isWide of [false, true]) {
      const copy = first({}, { isWide });
      const at = copy.length - 22 + offset;
      copy.writeUInt16LE((copy.readUInt16LE(at) + 1) % 65_536, at);

      expect(readZip(copy)).toBeUndefined();
    }
  });

  it.each([
    ["signature", 0],
    ["length", 4],
    ["number of parts on this disk", 24],
    ["number of parts", 32],
    ["length of the directory", 40],
    ["place of the directory", 48],
    ["own place", 64],
  ])("refuses an archive whose end of zip64 has another %s", (_what, offset) => {
    const copy = first({}, { isWide: true });
    const at = copy.length - 22 - 76 + offset;
    copy.writeUInt16LE(copy.readUInt16LE(at) + 1, at);

    expect(readZip(copy)).toBeUndefined();
  });

  it("takes 10,000 parts, and no more", () => {
    const archive = (count: number) =>
      Buffer.from(
        zipSync(
          Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}`, new Uint8Array()])),
        ),
      );

    expect(readZip(archive(10_000))).toHaveLength(10_000);
    expect(readZip(archive(10_001))).toBeUndefined();
  });
});

/** All of a part but its entry in a directory. */
function hiddenPart(): Buffer {
  const archive = zipArchive([{ name: "hidden.bin", content: "hidden" }]);
  return archive.subarray(0, archive.indexOf("504b0102", 0, "hex"));
}
