import { type CallerRight, RIGHT_OF_METHOD } from "../contract/caller-rights.ts";
import { ITEM_PATTERN } from "../contract/keys.ts";
import { GATEWAY_MAX_REQUEST_BYTES } from "../contract/limits.ts";
import { isAtOrBelow } from "../contract/paths.ts";
import { isSizeRouted, LARGE_API, SHARED_PATH, SMALL_API } from "../domain/names.ts";
import { rightOf } from "./callers.ts";

/** An API that has paths of its own: it gets every request at or below one of them, as it is. */
export interface PathRoute {
  readonly api: string;
  readonly paths: readonly string[];
}

/** The routes of all APIs but the two that share their paths. */
export function pathRoutes(
  apis: readonly { readonly name: string; readonly paths: readonly string[] }[],
): PathRoute[] {
  return apis.filter(({ name }) => !isSizeRouted(name)).map(({ name, paths }) => ({ api: name, paths }));
}

export interface PayloadLimits {
  /** Bodies of this size and more take the large API. */
  readonly thresholdBytes: number;
  /** Bodies over this size are refused. */
  readonly maxBytes: number;
}

/** Of a body that is refused, this much is taken and thrown away; behind it the connection is closed. */
export function maxDrainedBytes({ maxBytes }: PayloadLimits, routes: readonly PathRoute[]): number {
  return 4 * (routes.length > 0 ? GATEWAY_MAX_REQUEST_BYTES : maxBytes);
}

/** Methods that reach an API; it tells by itself which of them a path has. */
export const methods: readonly string[] = Object.keys(RIGHT_OF_METHOD);

export const itemPathPrefix = `${SHARED_PATH}/`;
export const itemPathPattern = `^${itemPathPrefix}${ITEM_PATTERN}(/|$)`;
/** Of files that are sent by themselves. Where a domain takes none, no API has these paths. */
export const filePathPrefixPattern = `^${itemPathPrefix}[^/]+/files/`;
export const allowedFilePathPattern = `^${itemPathPrefix}${ITEM_PATTERN}/files/${ITEM_PATTERN}(/|$)`;
export const filePathPattern = `^${itemPathPrefix}[^/]+/files/[^/]+$`;
export const documentPathPattern = `^${itemPathPrefix}[^/]+(/files/[^/]+)?/documents/[0-9a-f]{64}$`;
/** A value of Prefer (RFC 7240) with which a sender asks for the large API, whatever the size. */
export const preferLargePattern = "^respond-async *(;.*)?$";
/** A value of Content-Encoding that is anything but the one for "as it is". */
export const encodedPattern = "^(?!identity$)";

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
  // S3 compares them with the bytes that arrive.
  "x-amz-checksum-crc32",
  "x-amz-checksum-crc32c",
  "x-amz-checksum-crc64nvme",
  "x-amz-checksum-sha1",
  "x-amz-checksum-sha256",
] as const;

/** Why the proxy answers in an API's place; refusals.ts has what it says then. */
export type RefusalName =
  | "too-many-requests"
  | "unauthorized"
  | "forbidden"
  | "caller-over-limit"
  | "method-not-allowed"
  | "target-not-allowed"
  | "length-required"
  | "content-too-large"
  | "content-over-gateway-limit"
  | "content-encoded"
  | "item-not-allowed"
  | "unavailable";

/** A request before its body. */
export interface RequestHead {
  readonly method: string;
  /** Path and query; undefined where the target is no path (`OPTIONS *`, `CONNECT host:port`). */
  readonly target: string | undefined;
  /** All values of a header, split at commas and trimmed. */
  readonly valuesOf: (name: string) => readonly string[];
}

export type Decision =
  | { readonly kind: "forwarded"; readonly api: string }
  | { readonly kind: "refused"; readonly refusal: RefusalName };

const refused = (refusal: RefusalName): Decision => ({ kind: "refused", refusal });
const forwarded = (api: string): Decision => ({ kind: "forwarded", api });

/**
 * What becomes of a request whose sender is a known caller: HAProxy's rules in rendered form say the same, and a test
 * holds the two together. The first reason to refuse it counts.
 * @param may what the caller may do
 */
export function decide(
  head: RequestHead,
  may: readonly CallerRight[],
  limits: PayloadLimits,
  routes: readonly PathRoute[],
): Decision {
  const { method, target, valuesOf } = head;
  const right = rightOf(method);
  if (right !== undefined && !may.includes(right)) return refused("forbidden");

  const path = target?.split("?")[0];
  if (!methods.includes(method)) return refused("method-not-allowed");
  if (!path?.startsWith("/")) return refused("target-not-allowed");
  if (valuesOf("transfer-encoding").length > 0) return refused("length-required");

  const length = Number(valuesOf("content-length")[0] ?? 0);
  const route = routes.find(({ paths }) => paths.some((prefix) => isAtOrBelow(path, prefix)));
  if (route === undefined) return decideBySize(head, path, length, limits);
  return length > GATEWAY_MAX_REQUEST_BYTES ? refused("content-over-gateway-limit") : forwarded(route.api);
}

/** Of the two APIs with the same paths. What no API has paths for is answered by the small one. */
function decideBySize(
  { method, valuesOf }: RequestHead,
  path: string,
  length: number,
  limits: PayloadLimits,
): Decision {
  if (length > limits.maxBytes) return refused("content-too-large");
  if (valuesOf("content-encoding").some((value) => new RegExp(encodedPattern, "i").test(value))) {
    return refused("content-encoded");
  }
  if (path.startsWith(itemPathPrefix) && !new RegExp(itemPathPattern).test(path)) {
    return refused("item-not-allowed");
  }
  if (new RegExp(filePathPrefixPattern).test(path) && !new RegExp(allowedFilePathPattern).test(path)) {
    return refused("item-not-allowed");
  }

  if (method === "GET" && new RegExp(documentPathPattern).test(path)) return forwarded(LARGE_API);
  if (method !== "POST") return forwarded(SMALL_API);
  if (new RegExp(filePathPattern).test(path)) return forwarded(LARGE_API);
  const prefersLarge = valuesOf("prefer").some((value) => new RegExp(preferLargePattern, "i").test(value));
  return forwarded(length >= limits.thresholdBytes || prefersLarge ? LARGE_API : SMALL_API);
}
