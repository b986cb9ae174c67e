import { Readable } from "node:stream";

/** The body of an answer that is still to be read, or to be discarded. */
export interface OpenBody {
  readonly sizeBytes: number;
  /** @throws Error where not all of it came, or not as it was stored */
  read(): Promise<Uint8Array>;
  /** Closes the connection: an unread body would keep it. */
  discard(): void;
}

/**
 * The one place that takes the body of an answer as a stream. It listens for errors from the first moment on: a connection that
 * breaks, or a call that is aborted, while other work is awaited would otherwise end the process, as Node.js does on an "error"
 * event that nobody hears. The stream itself keeps its error, and `read` throws it.
 */
export function openBody(body: unknown, sizeBytes: number | undefined): OpenBody {
  if (!(body instanceof Readable)) {
    throw new Error("S3 answered without a body");
  }
  body.on("error", () => undefined);
  if (sizeBytes === undefined) {
    body.destroy();
    throw new Error("S3 answered without the length of its body");
  }
  return { sizeBytes, read: () => readAll(body, sizeBytes), discard: () => void body.destroy() };
}

/** Into one piece of memory at once: to gather chunks and join them takes twice the memory for a while. */
async function readAll(body: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(sizeBytes);
  let offset = 0;
  for await (const chunk of body) {
    if (offset + chunk.length > sizeBytes) {
      throw new Error(`S3 sent more than the ${sizeBytes} bytes that it announced`);
    }
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  if (offset < sizeBytes) {
    throw new Error(`S3 sent ${offset} bytes of the ${sizeBytes} that it announced`);
  }
  return bytes;
}
