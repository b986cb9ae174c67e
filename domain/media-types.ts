/** Bytes at an offset of a file. */
interface Mark {
  /** Offset of the first byte. */
  readonly at: number;
  readonly bytes: readonly number[];
}

/** A package of parts in a zip archive, as office documents are (ECMA-376, part 2). */
export interface OfficePackage {
  /** Content type of the part that is the document itself. */
  readonly mainContentType: string;
}

/** A kind of file that senders can send, and how to recognise its bytes. */
export interface MediaType {
  readonly name: string;
  /** Extensions that file names may have, in lower case without the dot. The first is the usual one. */
  readonly extensions: readonly [string, ...string[]];
  /** A file must match all marks of at least one signature. */
  readonly signatures: readonly [readonly Mark[], ...(readonly Mark[])[]];
  /** The package inside. Without it, only the first bytes of a file are checked. */
  readonly container?: OfficePackage;
}

const text = (at: number, characters: string): Mark => ({
  at,
  bytes: [...characters].map((character) => character.charCodeAt(0)),
});
const hex = (at: number, digits: string): Mark => ({
  at,
  bytes: digits.split(" ").map((byte) => Number.parseInt(byte, 16)),
});

/** Office documents are zip archives. */
const zip = [[hex(0, "50 4b 03 04")]] as const;

export const PDF: MediaType = {
  name: "application/pdf",
  extensions: ["pdf"],
  signatures: [[text(0, "%PDF-")]],
};
export const PNG: MediaType = {
  name: "image/png",
  extensions: ["png"],
  signatures: [[hex(0, "89 50 4e 47 0d 0a 1a 0a")]],
};
export const JPEG: MediaType = {
  name: "image/jpeg",
  extensions: ["jpg", "jpeg", "jpe", "jfif"],
  signatures: [[hex(0, "ff d8 ff")]],
};
/** RIFF files can also hold other types, such as WAV. */
export const WEBP: MediaType = {
  name: "image/webp",
  extensions: ["webp"],
  signatures: [[text(0, "RIFF"), text(8, "WEBP")]],
};
/** In both byte orders. */
export const TIFF: MediaType = {
  name: "image/tiff",
  extensions: ["tif", "tiff"],
  signatures: [[hex(0, "49 49 2a 00")], [hex(0, "4d 4d 00 2a")]],
};
export const DOCX: MediaType = {
  name: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  extensions: ["docx"],
  signatures: zip,
  container: {
    mainContentType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
  },
};
export const XLSX: MediaType = {
  name: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  extensions: ["xlsx"],
  signatures: zip,
  container: {
    mainContentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
  },
};

/** Whether bytes match a signature of a media type. */
export function hasSignature(bytes: Uint8Array, { signatures }: MediaType): boolean {
  const stands = (mark: Mark) => mark.bytes.every((byte, index) => bytes[mark.at + index] === byte);
  return signatures.some((marks) => marks.every(stands));
}
