import type { APIGatewayProxyEvent } from "aws-lambda";
import * as z from "zod/mini";
import { clientIdSchema, itemPattern } from "../../../domain/proposals.ts";
import { correlationIdPattern, type Payload, type Submission } from "../outcome.ts";

/** The caller's fault, answered with 400. The message goes to the caller. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly code = "BAD_REQUEST";
}

/** Of API Gateway's extended request ids: base64-like. Dots are left out, so that no key has relative segments. */
const submissionIdSchema = z.string().check(z.regex(/^[A-Za-z0-9+/=_:-]{1,256}$/));

const maxPageSize = 100;
const defaultPageSize = 50;

/** @throws {RequestError} */
export function readItem(event: APIGatewayProxyEvent): string {
  const item = decodeParameter(event, "item");
  if (item === undefined || !itemPattern.test(item)) {
    throw new RequestError(`The id in the path must match ${itemPattern}.`);
  }
  return item;
}

/** Returns undefined for what can't be the id of a submission. */
export function readSubmissionId(event: APIGatewayProxyEvent): string | undefined {
  const result = submissionIdSchema.safeParse(decodeParameter(event, "submissionId"));
  return result.success ? result.data : undefined;
}

/** This request as a write of the item. */
export function readSubmission(event: APIGatewayProxyEvent): Submission {
  const { extendedRequestId, requestTimeEpoch } = event.requestContext;
  if (!extendedRequestId) {
    throw new Error("API Gateway gave the request no extended request id");
  }
  const correlationId = readCorrelationId(event);
  return {
    item: readItem(event),
    submissionId: extendedRequestId,
    receivedAt: requestTimeEpoch,
    ...(correlationId && { correlationId }),
  };
}

export function readPayload(event: APIGatewayProxyEvent): Payload {
  const { body, isBase64Encoded } = event;
  return {
    bytes: Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8"),
    contentEncoding: readHeader(event, "Content-Encoding"),
  };
}

/** The caller's own id of this request; one of another form counts as none. */
export function readCorrelationId(event: APIGatewayProxyEvent): string | undefined {
  const given = readHeader(event, "x-correlation-id");
  return given !== undefined && correlationIdPattern.test(given) ? given : undefined;
}

/** Of the trace in which API Gateway received the request. */
export function readTraceId(event: APIGatewayProxyEvent): string | undefined {
  return /Root=([\w-]{1,64})/.exec(readHeader(event, "X-Amzn-Trace-Id") ?? "")?.[1];
}

/** Names of headers arrive as the caller spelled them. */
function readHeader({ headers }: APIGatewayProxyEvent, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return Object.entries(headers ?? {}).find(([candidate]) => candidate.toLowerCase() === wanted)?.[1];
}

/** @throws {RequestError} */
export function readPageRequest(event: APIGatewayProxyEvent) {
  const { clientId, cursor, limit } = event.queryStringParameters ?? {};
  const client = clientIdSchema.safeParse(clientId);
  if (!client.success) {
    throw new RequestError("The query parameter clientId is missing or has the wrong form.");
  }
  return { clientId: client.data, limit: readLimit(limit), ...(cursor && { afterItem: readCursor(cursor) }) };
}

/** A cursor is opaque to callers, and worth nothing more than the item it names. */
export function writeCursor(lastItem: string): string {
  return Buffer.from(lastItem).toString("base64url");
}

function readCursor(cursor: string): string {
  const item = Buffer.from(cursor, "base64url").toString();
  if (!itemPattern.test(item)) {
    throw new RequestError("The query parameter cursor is not one that this API gave.");
  }
  return item;
}

function readLimit(limit: string | undefined): number {
  if (limit === undefined) {
    return defaultPageSize;
  }
  const size = Number(limit);
  // `Number` also reads hexadecimals, exponents and blanks.
  if (!/^\d+$/.test(limit) || size < 1 || size > maxPageSize) {
    throw new RequestError(`The query parameter limit must be a number from 1 to ${maxPageSize}.`);
  }
  return size;
}

/** Path parameters arrive as the caller encoded them. */
function decodeParameter(event: APIGatewayProxyEvent, name: string): string | undefined {
  try {
    return decodeURIComponent(event.pathParameters?.[name] ?? "");
  } catch {
    return undefined;
  }
}
