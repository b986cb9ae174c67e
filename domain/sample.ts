import { createHash } from "node:crypto";
import { domain } from "./domain.ts";
import type { FilePart } from "./files.ts";
import { filesOf, type Path, replaceFiles } from "./files.ts";
import type { MediaType } from "./media-types.ts";

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
  /** Place by place, as the domain names them. */
  readonly files: readonly SampleFile[];
  /** What is sent. */
  readonly body: string;
}

interface SampleOptions {
  /** About so long is the body. */
  readonly bodyBytes?: number;
  /** Tells samples apart, and so the bytes of their files. */
  readonly mark?: string;
  /** Makes a file of at least that many bytes that holds the title. */
  readonly contentOf?: (mediaType: MediaType, title: string, sizeBytes: number) => Buffer;
}

/** A record that keeps the contract. All its files have the same size, and of each what its media type begins with. */
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

/** What the mechanism takes for a file of that type, no more. */
export function createFile({ signatures: [marks] }: MediaType, title: string, sizeBytes = 0): Buffer {
  const end = Math.max(...marks.map(({ at, bytes }) => at + bytes.length));
  const text = Buffer.from(` ${title}\n`);
  const file = Buffer.alloc(Math.max(sizeBytes, end + text.length), " ");
  for (const { at, bytes } of marks) file.set(bytes, at);
  text.copy(file, end);
  return file;
}

function mediaTypeOf(contentType: string): MediaType {
  const found = domain.mediaTypes.find(({ name }) => name === contentType);
  if (found === undefined) throw new Error(`the domain has no media type ${contentType}`);
  return found;
}
