import { CHECKSUM_HEADERS } from "../contract/checksum-headers.ts";
import { correlationIdPattern } from "../contract/keys.ts";
import { GATEWAY_MAX_HEADER_BYTES } from "../contract/limits.ts";

/** As they were sent, in their order. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

/**
 * Headers of a client that reach an API. Whatever else it sends stays behind: what would choose a host or an API
 * (`x-apigw-api-id`), an object's metadata (`x-amz-*`), a request id, an address, or concern one connection.
 */
export const forwardedHeaders = [
  "accept",
  "accept-language",
  "content-encoding",
  "content-length",
  "content-type",
  "prefer",
  "traceparent",
  "tracestate",
  "user-agent",
  "x-correlation-id",
  "x-file-name",
  // S3 and the function compare them with the bytes that arrive.
  ...CHECKSUM_HEADERS,
] as const;

/** Conditions of RFC 9110, which no API here looks at: a write would be done whether or not they hold. */
export const preconditionHeaders = [
  "if-match",
  "if-none-match",
  "if-modified-since",
  "if-unmodified-since",
  "if-range",
] as const;

/** Control characters but the tab, of which HAProxy itself lets all through but CR and LF. RFC 9110, 5.5 */
export const controlCharacterPattern = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]";

const supported = CHECKSUM_HEADERS.map((name) => name.replace("x-amz-checksum-", "")).join("|");
/**
 * Matches the names of a request's headers, with commas between, where a checksum would be dropped: an API compares one of
 * `x-amz-checksum-*`, in one header, and none of the others by which a sender may say what its bytes are.
 */
export const droppedChecksumPattern = [
  "(^|,)(content-md5|digest|content-digest|repr-digest)(,|$)",
  `(^|,)x-amz-checksum-(?!(${supported})(,|$))`,
  "(^|,)x-amz-checksum-[^,]*,(.*,)?x-amz-checksum-",
].join("|");

/** Of all headers that a client sends, with names and line ends; credentials among them stay behind. */
export const MAX_HEADER_BYTES = 10_240;

/**
 * Of those that go on. The rest of what API Gateway takes is for the names of the API, of the caller and of the request,
 * and for what a VPC endpoint adds.
 */
export const MAX_FORWARDED_HEADER_BYTES = GATEWAY_MAX_HEADER_BYTES - 800;

/** As HTTP/1.1 writes them: name, colon, blank, value, end of line. */
export function headerBytes(headers: HeaderLines): number {
  return headers.reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value, "latin1") + 4, 0);
}

/** All values of a header, split at the commas outside of quotes and trimmed. */
export function valuesOf(headers: HeaderLines, wanted: string): string[] {
  return linesOf(headers, wanted).flatMap((value) => splitAtCommas(value).map((each) => each.trim()));
}

function splitAtCommas(value: string): string[] {
  const pieces = value.split(/("(?:\\.|[^"\\])*"?)/);
  const isQuoted = (index: number) => index % 2 === 1;
  // No header holds a line break.
  return pieces
    .map((piece, index) => (isQuoted(index) ? piece : piece.replaceAll(",", "\n")))
    .join("")
    .split("\n");
}

export function hasHeader(headers: HeaderLines, wanted: string): boolean {
  return linesOf(headers, wanted).length > 0;
}

function linesOf(headers: HeaderLines, wanted: string): string[] {
  return headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
}

/** What is left of a client's headers, where its correlation id is replaced by the request's id unless it is a good one. */
export function keptHeaders(headers: HeaderLines, requestId: string): HeaderLines {
  const kept = headers.filter(([name]) => forwardedHeaders.some((each) => each === name.toLowerCase()));
  const [correlationId = "", ...further] = linesOf(kept, "x-correlation-id");
  if (further.length === 0 && correlationIdPattern.test(correlationId)) return kept;
  return [
    ...kept.filter(([name]) => name.toLowerCase() !== "x-correlation-id"),
    ["x-correlation-id", requestId],
  ];
}
