import type { IncomingMessage, ServerResponse } from "node:http";
import { GATEWAY_MAX_REQUEST_BYTES } from "../../contract/limits.ts";
import type { ApiRequest, ApiResponse, Headers } from "./messages.ts";

/** What is still read of a body over the limit, so that its sender sees the answer, before the connection is cut. */
const maxDrainedBytes = 8 * GATEWAY_MAX_REQUEST_BYTES;

/**
 * A request of Node.js' HTTP server as the gateway takes it, with the spelling of its headers. Of a body over the
 * gateway's limit only one byte more than the limit is kept.
 */
export async function readRequest(
  message: IncomingMessage,
  target: string,
): Promise<Omit<ApiRequest, "sourceVpcEndpoint">> {
  return {
    method: message.method ?? "GET",
    target,
    headers: headerLines(message.rawHeaders),
    body: await readBody(message),
    sourceIp: message.socket.remoteAddress ?? "127.0.0.1",
  };
}

export function headerLines(rawHeaders: readonly string[]): Headers {
  return rawHeaders.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""]] : [],
  );
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    size += chunk.length;
    if (size <= GATEWAY_MAX_REQUEST_BYTES) chunks.push(chunk);
    if (size > maxDrainedBytes) message.destroy();
  }
  return size > GATEWAY_MAX_REQUEST_BYTES
    ? Buffer.alloc(GATEWAY_MAX_REQUEST_BYTES + 1)
    : Buffer.concat(chunks);
}

export function writeResponse(response: ServerResponse, { status, headers, body }: ApiResponse): void {
  response.statusCode = status;
  for (const [name, value] of headers) response.appendHeader(name, value);
  // That of an answer to HEAD tells the length of what it does not hold, or nothing.
  if (!response.hasHeader("Content-Length") && response.req.method !== "HEAD") {
    response.setHeader("Content-Length", body.length);
  }
  response.end(body);
}
