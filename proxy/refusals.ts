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
      detail: "This address sends more requests than it may. Send them again later, and more slowly.",
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
      detail: "The caller is not registered here, or may not do what the method means.",
    },
    "caller-over-limit": {
      status: 429,
      title: "Too Many Requests",
      detail:
        "The caller sends more requests or bytes than it may, whatever the address. Send them again later, and more slowly.",
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
      detail: `All headers together must not exceed ${MAX_HEADER_BYTES} bytes, and those that are for the API ${MAX_FORWARDED_HEADER_BYTES} bytes.`,
    },
    "uri-too-long": {
      status: 414,
      title: "URI Too Long",
      detail: `A path must not exceed ${MAX_PATH_BYTES} bytes, and a path with its query ${MAX_TARGET_BYTES} bytes.`,
    },
    "path-not-allowed": {
      status: 400,
      title: "Bad Request",
      detail: "The path holds characters, dot segments or percent-encoding that no path here has a use for.",
    },
    "host-required": {
      status: 400,
      title: "Bad Request",
      detail: "A request of HTTP/1.1 must have the header Host.",
    },
    "header-not-allowed": {
      status: 400,
      title: "Bad Request",
      detail: "A header must not hold control characters.",
    },
    "not-found": {
      status: 404,
      title: "Not Found",
      detail: "There is no such resource or method.",
    },
    "method-not-allowed": {
      status: 405,
      title: "Method Not Allowed",
      detail: "The resource does not have this method. The header Allow names those that it has.",
    },
    "condition-not-supported": {
      status: 400,
      title: "Bad Request",
      detail: `Writing under a condition is not supported, and nothing was written. Send the request without ${preconditionHeaders.join(", ")}.`,
    },
    "checksum-not-supported": {
      status: 400,
      title: "Bad Request",
      detail: `Of checksums, one of ${CHECKSUM_HEADERS.join(", ")} is compared, in one header; send no other.`,
    },
    "length-required": {
      status: 411,
      title: "Length Required",
      detail:
        "The body's size decides where it goes: send it with Content-Length, not with Transfer-Encoding.",
    },
    "content-too-large": {
      status: 413,
      title: "Content Too Large",
      detail: `A request must not exceed ${maxBytes} bytes.`,
    },
    "content-over-gateway-limit": {
      status: 413,
      title: "Content Too Large",
      detail: `A request must not exceed ${GATEWAY_MAX_REQUEST_BYTES} bytes.`,
    },
    "content-encoded": {
      status: 415,
      title: "Unsupported Media Type",
      detail: "The payload is compressed; send it as it is, without Content-Encoding.",
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

/** On one machine a name is the credential, and no secret: who says none is told one. */
export function localRefusals(callers: Callers): Partial<Record<RefusalName, Refusal>> {
  if (callers === SHARED_CALLER) return {};
  return {
    unauthorized: {
      status: 401,
      title: "Unauthorized",
      detail: `Say who calls, by its name: Authorization: Bearer ${callers[0]?.name}.`,
      headers: { "www-authenticate": "Bearer" },
    },
  };
}

/** In place of the 413 of the synchronous API, whose limit is one of Lambda and lower than the proxy's. */
export const tooLargeForSmallApi: Refusal = {
  status: 413,
  title: "Content Too Large",
  detail:
    "The request is larger than this API accepts. Send it again with the header Prefer: respond-async; then it takes the path of large payloads.",
};

export function problemDocument({ status, title, detail }: Refusal): string {
  return JSON.stringify({ type: "about:blank", title, status, detail });
}
