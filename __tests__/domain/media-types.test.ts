import { describe, expect, it } from "vitest";
import * as mediaTypes from "../../domain/media-types.ts";
import { createFile } from "../../domain/sample.ts";

const { DOCX, hasSignature, JPEG, PDF, PNG, TIFF, WEBP, XLSX } = mediaTypes;
const known = [PDF, PNG, JPEG, WEBP, TIFF, DOCX, XLSX];

/** Latin characters, one byte each. */
const bytes = (text: string) => Buffer.from(text, "latin1");

describe(hasSignature, () => {
  it.each([
    [PDF, bytes("%PDF-1.7\n")],
    [PNG, bytes("\x89PNG\r\n\x1a\n\0\0\0\rIHDR")],
    [JPEG, bytes("\xff\xd8\xff\xe0\0\x10JFIF")],
    [JPEG, bytes("\xff\xd8\xff\xe1\0\x10Exif")],
    [WEBP, bytes("RIFF\x24\0\0\0WEBPVP8 ")],
    [TIFF, bytes("II*\0\x08\0\0\0")],
    [TIFF, bytes("MM\0*\0\0\0\x08")],
    [DOCX, bytes("PK\x03\x04\x14\0")],
    [XLSX, bytes("PK\x03\x04\x14\0")],
  ])("takes as $name what such a file begins with: %o", (type, content) => {
    expect(hasSignature(content, type)).toBe(true);
    const others = known.filter((each) => each !== type && each.signatures !== type.signatures);
    expect(others.filter((each) => hasSignature(content, each))).toEqual([]);
  });

  it.each([
    ["a WAV, which is a RIFF too", WEBP, bytes("RIFF\x24\0\0\0WAVEfmt ")],
    ["a RIFF that ends before it says what it holds", WEBP, bytes("RIFF\x24\0\0\0WEB")],
    ["the name of the format without the RIFF before it", WEBP, bytes("RIFX\x24\0\0\0WEBP")],
    ["an archive's end, which an empty zip begins with", DOCX, bytes("PK\x05\x06\0\0")],
    ["text before the mark", PDF, bytes(" %PDF-1.7")],
    ["the mark in lower case", PDF, bytes("%pdf-1.7")],
    ["a PNG whose line ends were changed on the way", PNG, bytes("\x89PNG\n\x1a\n\0")],
    ["one order of bytes with the other's number", TIFF, bytes("II\0*\0\0\0\x08")],
    ["two of three bytes", JPEG, bytes("\xff\xd8")],
    ["no bytes", JPEG, bytes("")],
  ])("refuses %s", (_what, type, content) => {
    expect(hasSignature(content, type)).toBe(false);
  });
});

describe("media types", () => {
  it("have each a name of their own and an ending without a dot", () => {
    const exported = Object.values(mediaTypes).filter((each) => typeof each !== "function");

    expect(exported).toEqual(expect.arrayContaining(known));
    expect(exported).toHaveLength(known.length);
    expect(new Set(known.map(({ name }) => name)).size).toBe(known.length);
    for (const extension of known.flatMap(({ extensions }) => extensions)) {
      expect(extension).toMatch(/^[a-z0-9]{1,8}$/);
    }
  });

  it("recognise the smallest file that is made of their signature, and nothing in a file of blanks", () => {
    for (const type of known) {
      expect(hasSignature(createFile(type, "title"), type), type.name).toBe(true);
      expect(hasSignature(Buffer.alloc(100, " "), type), type.name).toBe(false);
    }
  });
});
