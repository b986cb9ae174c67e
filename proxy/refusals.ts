import { CHECKSUM_HEADERS } from "../contract/checksum-headers.ts";
import { ITEM_PATTERN, SHARED_CALLER } from "../contract/keys.ts";
import { GATEWAY_MAX_REQUEST_BYTES, RETRY_AFTER_SECONDS } from "../contract/limits.ts";
import type { Callers } from "./callers.ts";
import { MAX_FORWARDED_HEADER_BYTES, MAX_HEADER_BYTES, preconditionHeaders } from "./request-headers.ts";
import { MAX_PATH_BYTES, MAX_TARGET_BYTES } from "./request-paths.ts";
import type { PayloadLimits, RefusalName } from "./routing.ts";

/** A problem document (RFC 9457) with which the proxy answers by itself. */
export interface Refusal {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const problemContentType = "application/problem+json";

/** Every reason for which the proxy answers instead of an API. None repeats what the client sent. */
export function refusalsFor({ maxBytes }: PayloadLimits): Readonly<Record<RefusalName, Refusal>> {
  return {
    "too-many-requests": {
      status: 429,
      title: "Too Many Requests",
      detail:
        "This address exceeds its request limit. Send the request again later, and send fewer requests per second.",
      headers: { "retry-after": String(RETRY_AFTER_SECONDS) },
    },
    unauthorized: {
      status: 401,
      title: "Unauthorized",
      detail: "The request needs valid credentials of a known caller.",
    },
    forbidden: {
      status: 403,
      title: "Forbidden",
      detail: "The caller is not registered, or does not have the right to use this method.",
    },
    "caller-over-limit": {
      status: 429,
      title: "Too Many Requests",
      detail:
        "The caller exceeds its limit of requests, connections or bytes. Send the request again later, and send less per second.",
      headers: { "retry-after": String(RETRY_AFTER_SECONDS) },
    },
    "target-not-allowed": {
      status: 400,
      title: "Bad Request",
      detail: "The request's target must be a path.",
    },
    "headers-too-large": {
      status: 431,
      title: "Request Header Fields Too Large",
      detail: `All headers together must not exceed ${MAX_HEADER_BYTES} bytes. The headers for the API must not exceed ${MAX_FORWARDED_HEADER_BYTES} bytes.`,
    },
    "uri-too-long": {
      status: 414,
      title: "URI Too Long",
      detail: `The path must not exceed ${MAX_PATH_BYTES} bytes, and path and query together ${MAX_TARGET_BYTES} bytes.`,
    },
    "path-not-allowed": {
      status: 400,
      title: "Bad Request",
      detail: "The path contains characters, dot segments or percent-encoding that are not allowed.",
    },
    "host-required": {
      status: 400,
      title: "Bad Request",
      detail: "An HTTP/1.1 request must have the header Host.",
    },
    "header-not-allowed": {
      status: 400,
      title: "Bad Request",
      detail: "A header must not contain control characters.",
    },
    "not-found": {
      status: 404,
      title: "Not Found",
      detail: "There is no such resource or method.",
    },
    "method-not-allowed": {
      status: 405,
      title: "Method Not Allowed",
      detail: "The resource does not have this method. The header Allow lists its methods.",
    },
    "condition-not-supported": {
      status: 400,
      title: "Bad Request",
      detail: `Conditional writes are not supported, and nothing was written. Send the request without ${preconditionHeaders.join(", ")}.`,
    },
    "checksum-not-supported": {
      status: 400,
      title: "Bad Request",
      detail: `Send at most one checksum header, and only one of ${CHECKSUM_HEADERS.join(", ")}.`,
    },
    "length-required": {
      status: 411,
      title: "Length Required",
      detail: "Send the request with Content-Length, without Transfer-Encoding.",
    },
    "content-too-large": {
      status: 413,
      title: "Content Too Large",
      detail: `The body must not exceed ${maxBytes} bytes.`,
    },
    "content-over-gateway-limit": {
      status: 413,
      title: "Content Too Large",
      detail: `The body must not exceed ${GATEWAY_MAX_REQUEST_BYTES} bytes.`,
    },
    "content-encoded": {
      status: 415,
      title: "Unsupported Media Type",
      detail:
        "Compressed payloads are not supported. Send the payload uncompressed, without Content-Encoding.",
    },
    "item-not-allowed": {
      status: 400,
      title: "Bad Request",
      detail: `An id in the path must match ^${ITEM_PATTERN}$.`,
    },
    unavailable: {
      status: 503,
      title: "Service Unavailable",
      detail: "The service cannot be reached at the moment. Send the request again later.",
      headers: { "retry-after": String(RETRY_AFTER_SECONDS) },
    },
  };
}

/** On one machine a name is the credential, and no secret: a request without one is told a valid name. */
export function localRefusals(callers: Callers): Partial<Record<RefusalName, Refusal>> {
  if (callers === SHARED_CALLER) return {};
  return {
    unauthorized: {
      status: 401,
      title: "Unauthorized",
      detail: `Send the name of a caller as token: Authorization: Bearer ${callers[0]?.name}.`,
      headers: { "www-authenticate": "Bearer" },
    },
  };
}

/** In place of the 413 of the synchronous API, whose limit is one of Lambda and lower than the proxy's. */
export const tooLargeForSmallApi: Refusal = {
  status: 413,
  title: "Content Too Large",
  detail:
    "The request is larger than this API accepts. Send it again with the header Prefer: respond-async, which chooses the API for large payloads.",
};

export function problemDocument({ status, title, detail }: Refusal): string {
  return JSON.stringify({ type: "about:blank", title, status, detail });
}
