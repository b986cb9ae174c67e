import { inflateRawSync } from "node:zlib";
import type { OfficePackage } from "../../../domain/media-types.ts";
import { readZip, type ZipPart } from "./read-zip.ts";

const CONTENT_TYPES = "[content_types].xml";
const MAX_NAME_LENGTH = 1024;
/** Of the list, with about 130 bytes for each part that is no picture; a payload may have a hundred files. */
const MAX_LIST_BYTES = 131_072;

/**
 * Whether a zip archive is an office document: all its parts have plain names, each once, none is encrypted, and the list of
 * content types has one main part, which is there, and no macros. Nothing but that list is unpacked, as far as it may be long.
 */
export function isOfficePackage(bytes: Uint8Array, { mainContentType }: OfficePackage): boolean {
  const parts = readZip(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  if (!parts?.every(isPlain)) return false;
  // Names of parts are the same in either case.
  const byName = new Map(parts.map((part) => [part.name.toLowerCase(), part]));
  const list = byName.get(CONTENT_TYPES);
  if (list === undefined || byName.size < parts.length) return false;
  const text = unpack(list)?.toString("latin1").toLowerCase();
  return text !== undefined && hasMainPart(text, [...byName.keys()], mainContentType.toLowerCase());
}

function isPlain({ name, compression, isEncrypted }: ZipPart): boolean {
  if (isEncrypted || ![STORED, DEFLATED].includes(compression)) return false;
  return (
    name !== "" &&
    name.length <= MAX_NAME_LENGTH &&
    !/^\/|[\\:\0]/.test(name) &&
    !/(^|\/)\.\.?(\/|$)/.test(name)
  );
}

const STORED = 0;
const DEFLATED = 8;

function unpack({ compression, packed, sizeBytes }: ZipPart): Buffer | undefined {
  if (sizeBytes > MAX_LIST_BYTES) return undefined;
  try {
    const content =
      compression === STORED ? packed : inflateRawSync(packed, { maxOutputLength: MAX_LIST_BYTES });
    return content.length === sizeBytes ? content : undefined;
  } catch {
    // It is damaged, or longer than it says.
    return undefined;
  }
}

/** @param list in lower case */
function hasMainPart(list: string, names: readonly string[], mainContentType: string): boolean {
  // Comments and numbered characters could hide from us what an office finds.
  if (["<!", "&#", "macroenabled", "vbaproject"].some((each) => list.includes(each))) return false;
  const at = list.indexOf(mainContentType);
  if (at < 0 || at !== list.lastIndexOf(mainContentType)) return false;
  const element = list.slice(list.lastIndexOf("<", at), list.indexOf(">", at));
  if (attributeOf(element, "contenttype") !== mainContentType) return false;
  // What has no type of its own has that of its ending: so the Open XML SDK writes it.
  const part = attributeOf(element, "partname");
  const extension = attributeOf(element, "extension");
  if (part !== undefined) return names.includes(part.slice(1));
  return extension !== undefined && names.some((name) => name.endsWith(`.${extension}`));
}

function attributeOf(element: string, name: string): string | undefined {
  const [, inDouble, inSingle] = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(element) ?? [];
  return inDouble ?? inSingle;
}
