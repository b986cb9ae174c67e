/** Bytes that stand at one place of a file. */
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

/** A kind of file that is taken in, and how its bytes are recognised. */
export interface MediaType {
  readonly name: string;
  /** Endings that such files' names may have, in lower case without the dot. The first is the usual one. */
  readonly extensions: readonly [string, ...string[]];
  /** One of them has to fit, with all its marks. */
  readonly signatures: readonly [readonly Mark[], ...(readonly Mark[])[]];
  /** What is inside. Without it a file is recognised by its first bytes alone. */
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
/** RIFF holds other things too, such as WAV. */
export const WEBP: MediaType = {
  name: "image/webp",
  extensions: ["webp"],
  signatures: [[text(0, "RIFF"), text(8, "WEBP")]],
};
/** In either order of bytes. */
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

/** Whether bytes begin as those of a media type do. */
export function hasSignature(bytes: Uint8Array, { signatures }: MediaType): boolean {
  const stands = (mark: Mark) => mark.bytes.every((byte, index) => bytes[mark.at + index] === byte);
  return signatures.some((marks) => marks.every(stands));
}
