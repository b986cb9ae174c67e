import { createHash } from "node:crypto";
import { zipSync } from "fflate";
import { domain } from "./domain.ts";
import type { FilePart } from "./files.ts";
import { filesOf, type Path, replaceFiles } from "./files.ts";
import type { MediaType, OfficePackage } from "./media-types.ts";

export interface SampleFile {
  readonly path: Path;
  readonly bytes: Buffer;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly part: FilePart;
}

/** The example of the domain, with bytes in its files. */
export interface Sample {
  readonly record: Readonly<Record<string, unknown>>;
  /** In the order of the domain's `files`. */
  readonly files: readonly SampleFile[];
  /** The body of the request. */
  readonly body: string;
}

interface SampleOptions {
  /** The approximate length of the body. */
  readonly bodyBytes?: number;
  /** Makes the bytes of this sample's files different from those of other samples. */
  readonly mark?: string;
  /** Makes a file of at least that many bytes that holds the title. */
  readonly contentOf?: (mediaType: MediaType, title: string, sizeBytes: number) => Buffer;
}

/** A record that matches the contract. All files have the same size, and the signature of their media type. */
export function createSample(options: SampleOptions = {}): Sample {
  const { bodyBytes = 0, mark = "", contentOf = createFile } = options;
  const { example, files: places } = domain;
  const count = filesOf(example, places).length;
  const bytesBeside = Buffer.byteLength(JSON.stringify(example)) + count * 100;
  // Base64 makes four bytes of three.
  const size = Math.max(0, Math.floor(((bodyBytes - bytesBeside) / count / 4) * 3));
  const record = replaceFiles(example, places, ({ fileName, contentType }, path) => {
    const bytes = contentOf(mediaTypeOf(contentType), `${fileName} ${path.join(".")} ${mark}`, size);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { fileName, contentType, data: bytes.toString("base64"), sha256 };
  });
  const files = filesOf(record, places).map(({ path, file: part }) => ({
    path,
    bytes: Buffer.from(part.data, "base64"),
    sha256: part.sha256 ?? "",
    part,
  }));
  return { record, files, body: JSON.stringify(record) };
}

/** The least that the checks accept as a file of this type. */
export function createFile(type: MediaType, title: string, sizeBytes = 0, fill = blanks): Buffer {
  return type.container === undefined
    ? createMarked(type, title, sizeBytes, fill)
    : createPackage(type.container, title, sizeBytes, fill);
}

/** Makes the bytes that fill a file up to its size. */
type Fill = (sizeBytes: number) => Uint8Array;

const blanks: Fill = (sizeBytes) => Buffer.alloc(sizeBytes, " ");

function createMarked({ signatures: [marks] }: MediaType, title: string, sizeBytes: number, fill: Fill) {
  const end = Math.max(...marks.map(({ at, bytes }) => at + bytes.length));
  const start = Buffer.alloc(end, " ");
  for (const { at, bytes } of marks) start.set(bytes, at);
  const text = Buffer.from(` ${title}\n`);
  return Buffer.concat([start, text, fill(Math.max(0, sizeBytes - end - text.length))]);
}

/** About 500 bytes longer than its content, for the list of parts. */
function createPackage(
  { mainContentType }: OfficePackage,
  title: string,
  sizeBytes: number,
  fill: Fill,
): Buffer {
  const list = `<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Override PartName="/main.xml" ContentType="${mainContentType}"/>
</Types>`;
  const main = Buffer.concat([Buffer.from(` ${title}\n`), fill(sizeBytes)]);
  // Without compression, for an exact size, and with a fixed time, for the same bytes on every machine.
  return Buffer.from(
    zipSync(
      { "[Content_Types].xml": Buffer.from(list), "main.xml": main },
      { level: 0, mtime: new Date(1980, 0, 1) },
    ),
  );
}

function mediaTypeOf(contentType: string): MediaType {
  const found = domain.mediaTypes.find(({ name }) => name === contentType);
  if (found === undefined)
    throw new Error(`the example has the media type ${contentType}, which is not in the domain's mediaTypes`);
  return found;
}
