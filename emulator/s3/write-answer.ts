import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { S3Error } from "./s3-error.ts";
import type { S3Answer } from "./s3-request.ts";
import { formatXml } from "./xml.ts";

export interface RequestIds {
  readonly requestId: string;
  readonly hostId: string;
}

export function createRequestIds(): RequestIds {
  return {
    requestId: randomBytes(8).toString("hex").toUpperCase(),
    hostId: randomBytes(48).toString("base64"),
  };
}

/** Sends an answer; its bytes are read as fast as they are taken. */
export async function writeAnswer(
  response: ServerResponse,
  { status, headers, body }: S3Answer,
  { requestId, hostId }: RequestIds,
): Promise<void> {
  response.statusCode = status;
  response.setHeader("x-amz-request-id", requestId);
  response.setHeader("x-amz-id-2", hostId);
  response.setHeader("server", "AmazonS3");
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  if (body !== undefined && typeof body !== "string") {
    using bytes = body;
    await pipeline(bytes, response);
    return;
  }
  if (body !== undefined) response.setHeader("content-type", "application/xml");
  const hasLength = response.hasHeader("content-length") || status === 204 || status === 304;
  if (!hasLength) response.setHeader("content-length", Buffer.byteLength(body ?? ""));
  response.end(body);
}

/** The document that an error is; a HEAD has none. */
export function errorAnswer(
  error: S3Error,
  { method, path }: { readonly method: string; readonly path: string },
  { requestId, hostId }: RequestIds,
): S3Answer {
  const { status, code, message, details, headers } = error;
  if (method === "HEAD") return { status, headers: { ...headers, "content-type": "application/xml" } };
  const content = {
    Code: code,
    Message: message,
    ...details,
    Resource: path,
    RequestId: requestId,
    HostId: hostId,
  };
  return { status, headers, body: formatXml("Error", content, { hasNamespace: false }) };
}

export function internalError(): S3Error {
  return new S3Error(500, "InternalError", "We encountered an internal error. Please try again.");
}
