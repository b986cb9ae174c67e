import { isUtf8 } from "node:buffer";
import { isFilePath, type Path } from "../../../domain/files.ts";
import { type Checked, refuse } from "../outcome.ts";
import { checkStructure, type StructureFault } from "./check-structure.ts";
import { cutLongStrings, type LongString } from "./cut-long-strings.ts";
import { type DecodedBase64, decodeBase64 } from "./decode-base64.ts";

/** The base64 text of a file that was looked at on the way. */
export interface ReadData {
  readonly text: string;
  /** Absent where the text is no base64. */
  readonly bytes?: Buffer | undefined;
}

/** The value of a payload: exactly what `JSON.parse` gives. */
export interface ParsedPayload {
  readonly value: unknown;
  /** By `pathKey` of the file. */
  readonly readData: ReadonlyMap<string, ReadData>;
  /** Of the JSON text, without the long strings where files have their bytes. */
  readonly bytesBesideFiles: number;
}

/** The bytes of files are the only part of a payload that is large; the rest has to fit into a record. */
export const MAX_BYTES_BESIDE_FILES = 262_144;

const backslash = 0x5c;

/** Stands for bytes that are no UTF-8, wherever something decodes them leniently. */
const replacementCharacter = Buffer.from("\ufffd");

/** Keeps a byte order mark, so that it is refused like any other character before the JSON text. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const compressedBeginnings: readonly (readonly number[])[] = [
  [0x1f, 0x8b], // gzip
  [0x78, 0x01], // zlib, by level
  [0x78, 0x5e],
  [0x78, 0x9c],
  [0x78, 0xda],
  [0x28, 0xb5, 0x2f, 0xfd], // Zstandard
  [0x50, 0x4b, 0x03, 0x04], // zip
  [0x42, 0x5a, 0x68], // bzip2
  [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], // xz
];
/** The same after a lenient decoding. */
const replacedBeginnings = compressedBeginnings.map((beginning) => Buffer.from(beginning).toString("utf8"));

/**
 * Strict UTF-8, strict JSON, and a value that is safe to walk, to copy and to describe.
 *
 * API Gateway decodes a body that it hands to a function, and puts U+FFFD in place of what is no UTF-8. So that the same bytes
 * end alike on both paths, that character counts as such bytes; escaped as `\ufffd` it is a character like others.
 *
 * Of a large payload nearly everything is base64 texts, which as parts of the JSON text would be decoded, scanned and
 * copied several times. So the bytes of long strings are cut out, the rest is parsed, and each is put back where it
 * stood: decoded where a file has its bytes, else as `JSON.parse` reads it alone.
 * @param places where files stand
 */
export function parsePayload(payload: Uint8Array, places: readonly string[]): Checked<ParsedPayload> {
  // Searches several times as fast as other byte arrays do.
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  if (isCompressed(bytes)) {
    return refuse("", "compressed", "The payload is compressed; send it as plain JSON.");
  }
  if (!isUtf8(bytes) || holdsReplacement(bytes)) {
    return refuse(
      "",
      "invalid_utf8",
      "The payload is not valid UTF-8, or it holds the replacement character U+FFFD, which must be written as \\ufffd.",
    );
  }
  const cut = cutLongStrings(bytes, MAX_BYTES_BESIDE_FILES);
  if (!cut) return tooLargeBesideFiles();
  try {
    return parseAround(bytes, cut.rest, cut.longStrings, places);
  } catch {
    // The error's message quotes the payload: it must not travel on.
    return refuse("", "invalid_json", "The payload is not valid JSON.");
  }
}

/** Whether it may be another text than was sent: such a payload is never accepted. */
export function holdsReplacement(bytes: Buffer): boolean {
  return bytes.includes(replacementCharacter);
}

function isCompressed(bytes: Buffer): boolean {
  const text = bytes.toString("utf8", 0, 16);
  return (
    compressedBeginnings.some((beginning) => beginning.every((byte, index) => bytes[index] === byte)) ||
    replacedBeginnings.some((beginning) => text.startsWith(beginning))
  );
}

export function tooLargeBesideFiles() {
  return refuse(
    "",
    "too_large_beside_files",
    `Without its files, the payload has more than ${MAX_BYTES_BESIDE_FILES} bytes.`,
  );
}

/** Names a file of a payload: names of properties may hold any separator. */
export function pathKey(path: Path): string {
  return JSON.stringify(path);
}

/** @throws SyntaxError where the payload is no JSON */
function parseAround(
  bytes: Buffer,
  rest: Buffer,
  longStrings: readonly LongString[],
  places: readonly string[],
): Checked<ParsedPayload> {
  const restText = utf8.decode(rest);
  const root = { value: JSON.parse(restText) as unknown };
  const { fault, paths } = checkStructure(restText, new Set(longStrings.map(({ ordinal }) => ordinal)));
  const readData = new Map<string, ReadData>();
  const decodeAt = createDecoder(bytes);
  let bytesBesideFiles = bytes.length;
  for (const { ordinal, start, end } of longStrings) {
    const path = paths.get(ordinal);
    const file = path && fileOf(path, places);
    // What is escaped is another text than its bytes.
    const isPlain = file !== undefined && !bytes.subarray(start, end).includes(backslash);
    const decoded = isPlain ? decodeAt(start, end) : undefined;
    // Parsed even where nothing asks for it, since a payload that is no JSON has no other fault.
    const text: string = decoded?.text ?? JSON.parse(utf8.decode(bytes.subarray(start - 1, end + 1)));
    if (file) bytesBesideFiles -= end - start;
    if (isPlain) readData.set(pathKey(file), { text, bytes: decoded?.bytes });
    if (!fault && path) putBack(root, ["value", ...path], text);
  }
  return fault
    ? refuse("", fault, faultMessages[fault])
    : { ok: true, value: { value: root.value, readData, bytesBesideFiles } };
}

/** The file whose bytes stand at a path. */
function fileOf(path: Path, places: readonly string[]): Path | undefined {
  const file = path.slice(0, -1);
  return path.at(-1) === "data" && isFilePath(file, places) ? file : undefined;
}

/** From this length on, Node.js keeps a text of its own outside of V8's heap. */
const minOwnTextBytes = 1_048_576;

/**
 * Decodes the base64 between two offsets. Shorter texts are slices of one: V8 takes eight times as long to make room for
 * texts of a few hundred kilobytes each.
 */
function createDecoder(bytes: Buffer): (start: number, end: number) => DecodedBase64 | undefined {
  let whole: string | undefined;
  return (start, end) => {
    const token = bytes.subarray(start, end);
    if (token.length >= minOwnTextBytes) return decodeBase64(token);
    return decodeBase64(token, () => {
      whole ??= bytes.toString("latin1");
      return whole.slice(start, end);
    });
  };
}

/** In what `JSON.parse` has made, where the path stands. */
function putBack(container: object, [step = "", ...rest]: Path, text: string): void {
  if (rest.length === 0) Reflect.set(container, step, text);
  else putBack(Reflect.get(container, step), rest, text);
}

const faultMessages: Readonly<Record<StructureFault, string>> = {
  too_deep: "The payload is nested too deeply.",
  too_many_values: "The payload has too many values.",
  forbidden_key: "The payload has a property name that is not allowed.",
  duplicate_key: "An object of the payload has two properties of the same name.",
};
