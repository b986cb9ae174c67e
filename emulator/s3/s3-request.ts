import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { S3Event } from "./events.ts";
import { S3Error } from "./s3-error.ts";
import type { Store } from "./store.ts";

export interface S3Request {
  readonly method: string;
  /** Empty for the service itself. */
  readonly bucket: string;
  /** Decoded; empty for the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: IncomingMessage;
}

export interface S3Context {
  readonly store: Store;
  readonly accountId: string;
  readonly region: string;
  emit(event: S3Event): void;
}

/** One operation of the API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */
export interface Operation {
  readonly name: string;
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  readonly on: "service" | "bucket" | "object";
  /** The parameter of the query that asks for it. */
  readonly subresource?: string;
  /** A header that asks for it. */
  readonly header?: string;
  run(request: S3Request, context: S3Context): S3Answer | Promise<S3Answer>;
}

export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** XML, or the bytes of an object, whose length a header says. */
  readonly body?: string | (AsyncIterable<Uint8Array> & Disposable);
}

const maxKeyBytes = 1024;

/**
 * Of a path-style address.
 * @throws S3Error InvalidURI, KeyTooLongError
 */
export function parseRequest(message: IncomingMessage): S3Request {
  const target = message.url ?? "/";
  const queryAt = target.indexOf("?");
  const path = queryAt === -1 ? target : target.slice(0, queryAt);
  const [bucket = "", ...key] = path.slice(1).split("/");
  const request = {
    method: message.method ?? "GET",
    bucket: decode(bucket),
    key: decode(key.join("/")),
    query: new URLSearchParams(queryAt === -1 ? "" : target.slice(queryAt + 1)),
    headers: message.headers,
    body: message,
  };
  const keyBytes = Buffer.byteLength(request.key);
  if (keyBytes > maxKeyBytes) {
    throw new S3Error(400, "KeyTooLongError", "Your key is too long", {
      Size: String(keyBytes),
      MaxSizeAllowed: String(maxKeyBytes),
    });
  }
  return request;
}

/** A plus is a plus: only in queries it is a blank. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error(400, "InvalidURI", "Couldn't parse the specified URI.", { URI: text });
  }
}

/** The one value of a header. */
export function header({ headers }: Pick<S3Request, "headers">, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : value?.join(",");
}

const maxDocumentBytes = 2 ** 20;

/**
 * The body of a request that is a document, and no object.
 * @throws S3Error MaxMessageLengthExceeded
 */
export async function readDocument(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxDocumentBytes) {
      throw new S3Error(400, "MaxMessageLengthExceeded", "Your request was too big.");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
