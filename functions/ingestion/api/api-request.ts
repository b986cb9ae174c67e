import type { APIGatewayProxyEvent } from "aws-lambda";
import * as z from "zod/mini";
import { CALLER_HEADER, correlationIdPattern, type ItemKey, itemPattern } from "../../../contract/keys.ts";
import { domain } from "../../../domain/domain.ts";
import type { Payload, Submission } from "../outcome.ts";
import type { Page } from "../stores/record-store.ts";
import { possibleSubmissionIds } from "./submission-ids.ts";

/** The caller's fault, answered with 400. The message goes to the caller. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly code = "BAD_REQUEST";
}

const { [domain.listedBy]: groupSchema = z.never() } = domain.contract.shape;

export const maxPageSize = 100;
const defaultPageSize = 50;

/**
 * Who calls, as the proxy has verified it: this is the one place that says whose an item is.
 * @throws {RequestError}
 */
export function readCaller(event: APIGatewayProxyEvent): string {
  const callers = readHeaderLines(event, CALLER_HEADER);
  const [caller] = callers;
  if (caller === undefined || callers.length > 1 || !itemPattern.test(caller)) {
    throw new RequestError(`The header ${CALLER_HEADER} must occur exactly once and match ${itemPattern}.`);
  }
  return caller;
}

/**
 * The item of the path, or the plain file where the path names one.
 * @throws {RequestError}
 */
export function readKey(event: APIGatewayProxyEvent): ItemKey {
  const key = { caller: readCaller(event), item: readId(event, domain.key) };
  return event.pathParameters?.["fileId"] === undefined ? key : { ...key, fileId: readId(event, "fileId") };
}

function readId(event: APIGatewayProxyEvent, name: string): string {
  const id = decodeParameter(event, name);
  if (id === undefined || !itemPattern.test(id)) {
    throw new RequestError(`The id in the path must match ${itemPattern}.`);
  }
  return id;
}

/** The ids that the path may mean, the likeliest first; none where it can't be one. */
export function readSubmissionIds(event: APIGatewayProxyEvent): string[] {
  return possibleSubmissionIds(decodeParameter(event, "submissionId") ?? "");
}

/** This request as a write of the item. */
export function readSubmission(event: APIGatewayProxyEvent): Submission {
  const { extendedRequestId, requestTimeEpoch } = event.requestContext;
  if (!extendedRequestId) {
    throw new Error("API Gateway gave the request no extended request id");
  }
  const correlationId = readCorrelationId(event);
  return {
    ...readKey(event),
    submissionId: extendedRequestId,
    receivedAt: requestTimeEpoch,
    ...(correlationId && { correlationId }),
  };
}

export function readPayload(event: APIGatewayProxyEvent): Payload & { readonly bytes: Buffer } {
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

/** All values of a header, in the order of its lines. */
export function readHeaderLines({ multiValueHeaders }: APIGatewayProxyEvent, wanted: string): string[] {
  return Object.entries(multiValueHeaders ?? {}).flatMap(([name, values]) =>
    name.toLowerCase() === wanted ? (values ?? []) : [],
  );
}

/** Names of headers arrive as the caller spelled them. */
function readHeader({ headers }: APIGatewayProxyEvent, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return Object.entries(headers ?? {}).find(([candidate]) => candidate.toLowerCase() === wanted)?.[1];
}

/**
 * What records are listed by, as the contract has that field.
 * @throws {RequestError}
 */
export function readGroup(event: APIGatewayProxyEvent): string {
  const { [domain.listedBy]: given } = event.queryStringParameters ?? {};
  const group = z.safeParse(groupSchema, given);
  if (!group.success || typeof group.data !== "string") {
    throw new RequestError(`The query parameter ${domain.listedBy} is missing or has the wrong form.`);
  }
  return group.data;
}

/** @throws {RequestError} */
export function readPage(event: APIGatewayProxyEvent): Page {
  const { cursor, limit } = event.queryStringParameters ?? {};
  return { limit: readLimit(limit), ...(cursor && { after: readCursor(cursor) }) };
}

/** A cursor is opaque to callers, and worth nothing more than the item or the file it names. */
export function writeCursor(last: string): string {
  return Buffer.from(last).toString("base64url");
}

function readCursor(cursor: string): string {
  const last = Buffer.from(cursor, "base64url").toString();
  if (!itemPattern.test(last)) {
    throw new RequestError(
      "The query parameter cursor is not valid. Send the cursor of the previous page, unchanged.",
    );
  }
  return last;
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
