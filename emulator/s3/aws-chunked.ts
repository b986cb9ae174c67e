import { incompleteBody, S3Error } from "./s3-error.ts";

const maxLineBytes = 16 * 1024;

/**
 * Takes a body of the encoding aws-chunked apart: yields the bytes of its chunks, and returns the trailer's headers in lower
 * case. Signatures of chunks are not checked.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 * @throws S3Error IncompleteBody where it ends before its last chunk, InvalidRequest where a chunk has no size
 */
export async function* decodeAwsChunked(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, Readonly<Record<string, string>>> {
  const reader = createReader(body);
  for (;;) {
    const size = Number.parseInt(/^([0-9a-f]+)(;.*)?$/i.exec(await reader.line())?.[1] ?? "", 16);
    if (Number.isNaN(size))
      throw new S3Error(400, "InvalidRequest", "A chunk of the body has no valid size.");
    if (size === 0) return await readTrailer(reader);
    yield* reader.bytes(size);
    if ((await reader.line()) !== "")
      throw new S3Error(400, "InvalidRequest", "A chunk is longer than it says.");
  }
}

async function readTrailer(reader: ReturnType<typeof createReader>): Promise<Record<string, string>> {
  const trailer: Record<string, string> = {};
  for (;;) {
    const line = await reader.lastLine();
    if (line === "") return trailer;
    const colon = line.indexOf(":");
    trailer[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
}

function createReader(body: AsyncIterable<Uint8Array>) {
  const chunks = body[Symbol.asyncIterator]();
  let rest = Buffer.alloc(0);

  async function more(): Promise<boolean> {
    const { done, value } = await chunks.next();
    if (done === true) return false;
    rest = rest.length === 0 ? Buffer.from(value) : Buffer.concat([rest, value]);
    return true;
  }

  async function findLine(): Promise<string | undefined> {
    for (;;) {
      const end = rest.indexOf("\n");
      if (end !== -1) {
        const line = rest.subarray(0, end).toString().replace(/\r$/, "");
        rest = rest.subarray(end + 1);
        return line;
      }
      if (rest.length > maxLineBytes)
        throw new S3Error(400, "InvalidRequest", "A chunk's header is too long.");
      if (!(await more())) return undefined;
    }
  }

  return {
    async line(): Promise<string> {
      const line = await findLine();
      if (line === undefined) throw incompleteBody();
      return line;
    },
    /** Some senders leave out the empty line behind the trailer: then the end of the body ends it. */
    lastLine: async (): Promise<string> => (await findLine()) ?? "",
    async *bytes(size: number): AsyncGenerator<Uint8Array> {
      let missing = size;
      while (missing > 0) {
        if (rest.length === 0 && !(await more())) throw incompleteBody();
        const taken = rest.subarray(0, missing);
        rest = rest.subarray(taken.length);
        missing -= taken.length;
        yield taken;
      }
    },
  };
}
