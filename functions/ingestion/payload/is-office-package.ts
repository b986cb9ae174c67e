import type { OfficePackage } from "../../../domain/media-types.ts";
import { type ContentTypes, readContentTypes } from "./read-content-types.ts";
import { readZip, type ZipPart } from "./read-zip.ts";
import { DEFLATED, STORED, unpackPart } from "./unpack-part.ts";

const CONTENT_TYPES = "[content_types].xml";
const MAX_NAME_LENGTH = 1024;
/** Of the list, which has about 130 bytes for each part that is no picture. */
const MAX_LIST_BYTES = 131_072;
/** What a short list may have in any archive, and a longer one as a part of it: a payload may have a hundred archives. */
const SHORT_LIST_BYTES = 16_384;
const ARCHIVE_BYTES_PER_LIST_BYTE = 4;

/**
 * Whether a zip archive is an office document: all its parts have plain names, each once, none is encrypted, and by the list of
 * content types exactly one is the main part, and none a macro. Nothing but that list is unpacked, as far as it may be long.
 */
export function isOfficePackage(bytes: Uint8Array, { mainContentType }: OfficePackage): boolean {
  const parts = readZip(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  if (!parts?.every(isPlain)) return false;
  // Names of parts are the same in either case.
  const byName = new Map(parts.map((part) => [part.name.toLowerCase(), part]));
  const list = byName.get(CONTENT_TYPES);
  if (list === undefined || byName.size < parts.length) return false;
  const types = list.sizeBytes > maxListBytes(bytes.length) ? undefined : readList(list);
  if (types === undefined || hasMacros([...byName.keys()], types)) return false;
  const mainParts = [...byName.keys()].filter(
    (name) => typeOf(name, types) === mainContentType.toLowerCase(),
  );
  return mainParts.length === 1;
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

const maxListBytes = (archiveBytes: number) =>
  Math.min(MAX_LIST_BYTES, Math.max(SHORT_LIST_BYTES, archiveBytes / ARCHIVE_BYTES_PER_LIST_BYTE));

function readList(part: ZipPart): ContentTypes | undefined {
  try {
    return readContentTypes(unpackPart(part).toString("latin1"));
  } catch {
    // It is damaged, or longer than it says.
    return undefined;
  }
}

/** By the types of the list, and by the names that Office gives them whatever the list says. */
function hasMacros(names: readonly string[], { defaults, overrides }: ContentTypes): boolean {
  return (
    [...defaults.values(), ...overrides.values()].some((type) => /macro|vba/.test(type)) ||
    names.some((name) => /(^|\/)(vbaproject\.bin$|macrosheets\/)/.test(name))
  );
}

/** What has no type of its own has that of its ending: so the Open XML SDK writes the main part. */
function typeOf(name: string, { defaults, overrides }: ContentTypes): string | undefined {
  // They tell of the package, and are no parts that an office could open.
  if (name === CONTENT_TYPES || /(^|\/)_rels\//.test(name)) return undefined;
  const [, extension = ""] = /\.([^./]+)$/.exec(name) ?? [];
  return overrides.get(name) ?? defaults.get(extension);
}
