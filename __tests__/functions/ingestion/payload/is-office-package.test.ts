import fc from "fast-check";
import { strToU8, type Zippable, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { DOCX, type MediaType, PDF, XLSX } from "../../../../domain/media-types.ts";
import { createFile } from "../../../../domain/sample.ts";
import { isOfType } from "../../../../functions/ingestion/payload/is-of-type.ts";
import { isOfficePackage } from "../../../../functions/ingestion/payload/is-office-package.ts";
import { itHolds } from "../../../support/property.ts";
import { zipArchive } from "../../../support/zip-archive.ts";

const listName = "[Content_Types].xml";
const wordMain = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
const sheetMain = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
const word = `<Override PartName="/word/document.xml" ContentType="${wordMain}"/>`;
const listOf = (elements: string) =>
  `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">${elements}</Types>`;
const byEnding = `<Default Extension="xml" ContentType="${wordMain}"/>`;
const document = { "word/document.xml": strToU8("<w:document/>") };

/** An archive of these parts, with a list of content types before them. */
const archive = (elements: string, parts: Zippable = document) =>
  zipSync({ [listName]: strToU8(listOf(elements)), ...parts });

const isWord = (bytes: Uint8Array) => isOfType(bytes, DOCX);

/** A copy with another number of four bytes behind each signature of the archive's directory. */
function withNumber(bytes: Uint8Array, offset: number, value: number, signature = "504b0102"): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = copy.indexOf(signature, 0, "hex"); at >= 0; at = copy.indexOf(signature, at + 4, "hex")) {
    copy.writeUInt32LE(value, at + offset);
  }
  return copy;
}

/** A copy in which the first of two names is another one. */
function renamed(bytes: Uint8Array, from: string, to: string): Buffer {
  const copy = Buffer.from(bytes);
  copy.write(to, copy.indexOf(from), "latin1");
  return copy;
}

describe(isOfficePackage, () => {
  it.each<[string, string, Zippable?]>([
    ["as Word writes it", `<Default Extension="xml" ContentType="application/xml"/>${word}`],
    [
      "with single quotes and blanks",
      `<Override  ContentType = '${wordMain}'\n PartName='/word/document.xml' />`,
    ],
    ["with other letters in the name", `<Override PartName="/Word/Document.XML" ContentType="${wordMain}"/>`],
    ["as the Open XML SDK writes it, by the ending", byEnding],
    ["with folders of their own", word, { "word/": new Uint8Array(), ...document }],
    ["with an ampersand in a name", `${word}<Override PartName="/a&amp;b.xml" ContentType="text/xml"/>`],
  ])("takes a document %s", (_what, elements, parts) => {
    expect(isWord(archive(elements, parts))).toBe(true);
  });

  it("takes an archive with a comment, and one whose parts are stored", () => {
    const commented = Buffer.concat([archive(word), Buffer.from("hello")]);
    commented.writeUInt16LE(5, commented.length - 7);

    expect(isWord(commented)).toBe(true);
    expect(isWord(zipSync({ [listName]: strToU8(listOf(word)), ...document }, { level: 0 }))).toBe(true);
  });

  it("tells documents from tables", () => {
    const table = archive(`<Override PartName="/xl/workbook.xml" ContentType="${sheetMain}"/>`, {
      "xl/workbook.xml": strToU8("<workbook/>"),
    });

    expect([isOfType(table, XLSX), isOfType(table, DOCX)]).toEqual([true, false]);
    expect([isOfType(archive(word), XLSX), isOfType(archive(word), DOCX)]).toEqual([false, true]);
  });

  it.each<[string, Uint8Array]>([
    ["only an executable", zipSync({ "setup.exe": strToU8("MZ") })],
    ["nothing", zipSync({})],
    ["no list of content types", zipSync(document)],
    ["a list that names nothing", archive("")],
    ["a list of another main part than there is", archive(word, { "word/other.xml": strToU8("a") })],
    ["a type in an attribute of another name", archive(word.replace("ContentType", "Type"))],
    [
      "macros in its main part",
      archive(
        word.replace(
          "openxmlformats-officedocument.wordprocessingml.document",
          "ms-word.document.macroEnabled",
        ),
      ),
    ],
    [
      "macros beside it",
      archive(`${word}<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>`),
    ],
    ["a comment, in which a type could stand", archive(`<!--${word}-->`)],
    ["a document type", archive(`<!DOCTYPE a>${word}`)],
    ["a type in numbered characters", archive(`${word}<Override PartName="/a" ContentType="&#97;"/>`)],
    ["a list in UTF-16", zipSync({ [listName]: Buffer.from(listOf(word), "utf16le"), ...document })],
    ["a part above the package", archive(word, { ...document, "../../evil.dll": strToU8("a") })],
    ["a part at the root of the disk", archive(word, { ...document, "/etc/passwd": strToU8("a") })],
    ["a part of a drive", archive(word, { ...document, "C:a": strToU8("a") })],
    ["a part behind backslashes", archive(word, { ...document, "..\\a": strToU8("a") })],
    ["a name with a zero", archive(word, { ...document, "a\0b": strToU8("a") })],
    ["a name of 2,000 characters", archive(word, { ...document, ["a".repeat(2_000)]: strToU8("a") })],
    ["two parts of one name", archive(word, { ...document, "word/Document.xml": strToU8("a") })],
    ["two lists", archive(word, { ...document, "[content_types].XML": strToU8(listOf(word)) })],
    ["a compression that offices do not know", withNumber(archive(word), 10, 99)],
    ["encrypted parts", withNumber(archive(word), 8, 0x0008_0001)],
    ["other names before its parts", renamed(archive(word), "word/document.xml", "word/documenu.xml")],
    [
      "two main parts",
      archive(`${word}${word.replace("document", "b")}`, { ...document, "word/b.xml": strToU8("a") }),
    ],
    ["two main parts by their ending", archive(byEnding, { ...document, "word/b.xml": strToU8("a") })],
    ["no part of the ending that is the main part's", archive(byEnding, { "setup.exe": strToU8("MZ") })],
    [
      "only relations of the ending that is the main part's",
      archive(byEnding.replace("xml", "rels"), { "_rels/.rels": strToU8("a") }),
    ],
    [
      "a main part by its ending that has another type of its own",
      archive(`${byEnding}<Override PartName="/word/document.xml" ContentType="text/html"/>`),
    ],
    [
      "the list as its main part",
      archive(`<Override PartName="/[Content_Types].xml" ContentType="${wordMain}"/>`, {}),
    ],
    ["a main part whose name ends like the right one", archive(word, { "xword/document.xml": strToU8("a") })],
    ["a main part in an instruction", archive(`<?x ${word}?>`)],
    ["a main part in a foreign element", archive(word.replace("Override", "Other"))],
    [
      "a main part in an attribute's text",
      archive(
        `<Override a='${word.replaceAll(/[<>]/g, "")}' PartName="/word/document.xml" ContentType="text/html"/>`,
      ),
    ],
    ["a list that is no XML", zipSync({ [listName]: strToU8(`text ${word}`), ...document })],
    [
      "macros of Excel 4",
      archive(
        `${word}<Override PartName="/xl/m.xml" ContentType="application/vnd.ms-excel.macrosheet+xml"/>`,
      ),
    ],
    [
      "sheets of macros, whatever their type",
      archive(word, { ...document, "xl/macrosheets/sheet1.xml": strToU8("a") }),
    ],
    [
      "a project of macros, whatever its type",
      archive(word, { ...document, "word/VBAProject.bin": strToU8("a") }),
    ],
    ["a part without a name", archive(word, { ...document, "": strToU8("a") })],
    ["a part in its own folder", archive(word, { ...document, "word/./a.xml": strToU8("a") })],
    ["a part that is its own folder", archive(word, { ...document, ".": strToU8("a") })],
    ["bytes behind its end", Buffer.concat([archive(word), Buffer.from("MZ")])],
    ["a list of its bytes alone", Buffer.from(listOf(word))],
    ["only its end", Buffer.from(archive(word)).subarray(-22)],
    ["a list that says it is too large", withNumber(archive(word), 24, 0x7fff_ffff)],
    ["a list that says it is smaller than it is", withNumber(archive(word), 24, 40)],
    ["a list that says it is packed larger than it may be", withNumber(archive(word), 20, 0x7fff_ffff)],
    ["a list that is elsewhere", withNumber(archive(word), 42, 0x7fff_ffff)],
    ["a directory that is elsewhere", withNumber(archive(word), 16, 0x7fff_ffff, "504b0506")],
    ["a directory of more parts than it has", withNumber(archive(word), 8, 0x0003_0003, "504b0506")],
    ["a directory without its end", archive(word).subarray(0, -1)],
    ["the first half alone", archive(word).subarray(0, 300)],
    ["nothing behind its first bytes", Buffer.from("504b0304", "hex")],
    ["zeros behind its first bytes", Buffer.concat([Buffer.from("504b0304", "hex"), Buffer.alloc(100_000)])],
    ["packed bytes that are none", Buffer.from(archive(word)).fill(0xff, 49, 90)],
  ])("refuses an archive with %s", (_what, bytes) => {
    expect(isWord(bytes)).toBe(false);
    expect(isOfType(bytes, XLSX)).toBe(false);
  });

  it.each([
    ["16 KiB in a small archive", 0, 16_384],
    ["a quarter of an archive", 100_000, 25_000],
    ["128 KiB in a large archive", 1_000_000, 131_072],
  ])("takes a list of %s, and none that is longer", (_what, archiveBytes, longest) => {
    const archiveOf = (listBytes: number) => {
      const padded = listOf(word + " ".repeat(listBytes - listOf(word).length));
      const parts: Zippable = { [listName]: strToU8(padded), ...document };
      const missing = archiveBytes - zipSync({ ...parts, rest: [new Uint8Array(), { level: 0 }] }).length;
      return zipSync({ ...parts, rest: [new Uint8Array(Math.max(0, missing)), { level: 0 }] });
    };

    expect(isWord(archiveOf(longest))).toBe(true);
    expect(isWord(archiveOf(longest + 1))).toBe(false);
  });

  it("unpacks nothing but the list", () => {
    const archive = zipArchive([
      { name: listName, content: listOf(word) },
      // Only stored, though the archive says deflate.
      {
        name: "word/document.xml",
        content: "none",
        isStored: true,
        before: { 8: 8 },
        inDirectory: { 10: 8 },
      },
    ]);

    expect(isWord(archive)).toBe(true);
  });

  it.each<MediaType>([DOCX, XLSX])("refuses a sample of $name with any one byte cut off its end", (type) => {
    const file = createFile(type, "title");

    expect(isOfType(file, type)).toBe(true);
    expect(isOfType(file.subarray(0, -1), type)).toBe(false);
  });

  const damage = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
    minLength: 1,
    maxLength: 8,
  });
  itHolds(
    "never throws, whatever bytes of an archive are others or missing",
    fc.property(damage, fc.double({ min: 0, max: 1, noNaN: true }), (bytes, kept) => {
      const copy = Buffer.from(archive(word));
      for (const [place, value] of bytes) copy[Math.floor(place * (copy.length - 1))] = value;

      expect(typeof isWord(copy)).toBe("boolean");
      expect(isWord(copy.subarray(0, Math.floor(kept * (copy.length - 1))))).toBe(false);
    }),
    { numRuns: 5_000 },
  );

  it("looks into no file of another kind", () => {
    expect(isOfType(createFile(PDF, "title"), PDF)).toBe(true);
    expect(isOfType(createFile(DOCX, "title"), PDF)).toBe(false);
  });
});
