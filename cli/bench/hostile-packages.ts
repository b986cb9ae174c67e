import { deflateRawSync } from "node:zlib";
import { strToU8, type Zippable, zipSync } from "fflate";
import { DOCX } from "../../domain/media-types.ts";
import { payloadText } from "./large-payload.ts";

/** A payload whose documents are said to be office documents. */
export function officePayload(...files: readonly Uint8Array[]): Buffer {
  const text = payloadText(...files.map((file) => Buffer.from(file).toString("base64")));
  return Buffer.from(text.replaceAll('"application/pdf"', `"${DOCX.name}"`).replaceAll('.pdf"', '.docx"'));
}

/** What all files of a payload have together, in base64 a third more. */
const filesBytes = 7_620_000;

/** An archive with one more part, so that so many of them fill a payload. */
function filling(parts: Zippable, files = 1): Uint8Array {
  const rest = new Uint8Array(Math.max(0, filesBytes / files - zipSync(parts).length - 150));
  return zipSync({ ...parts, rest: [rest, { level: 0 }] });
}

/** An archive of many parts without content, whose names are long and of many folders. */
export function manyParts(count: number, nameLength: number): Uint8Array {
  const folders = "a/".repeat(nameLength / 2 - 3);
  const names = Array.from({ length: count }, (_, index) => `${folders}${String(index).padStart(5, "0")}`);
  return filling(Object.fromEntries(names.map((name) => [name, new Uint8Array()])));
}

const listName = "[Content_Types].xml";

/** A hundred documents whose lists of content types are as long as they may be, of entries as short as they can be. */
export function longLists(listBytes: number): Uint8Array[] {
  const type = DOCX.container?.mainContentType ?? "";
  const root = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">';
  const entries = Array.from(
    { length: Math.floor(listBytes / 50) },
    (_, index) => `<Default Extension="x${index}" ContentType=""/>`,
  );
  const list = `${root}<Override PartName="/a" ContentType="${type}"/>${entries.join("")}</Types>`.padEnd(
    listBytes,
  );
  return Array<Uint8Array>(100).fill(filling({ [listName]: strToU8(list), a: new Uint8Array() }, 100));
}

/** A hundred lists of content types that say that they are short, and become a thousand times as long as they are packed. */
export function listBombs(): Uint8Array[] {
  const packed = deflateRawSync(Buffer.alloc(50_000_000, " "));
  const archive = Buffer.from(filling({ [listName]: [packed, { level: 0 }] }, 100));
  // What it says of itself: how it is packed, and how long it becomes.
  const directory = archive.indexOf("504b0102", 0, "hex");
  archive.writeUInt16LE(8, directory + 10);
  archive.writeUInt32LE(1000, directory + 24);
  return Array<Uint8Array>(100).fill(archive);
}
