import { ITEM_PATTERN } from "../contract/keys.ts";

/** The two APIs that the proxy chooses between, by their names in an environment and in the stack's outputs. */
export const smallApi = "proposals";
export const largeApi = "proposals-large";
export type ProxiedApi = typeof smallApi | typeof largeApi;

export interface PayloadLimits {
  /** Bodies of this size and more take the large API. */
  readonly thresholdBytes: number;
  /** Bodies over this size are refused. */
  readonly maxBytes: number;
}

/** Methods that reach an API; it tells by itself which of them a path has. */
export const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

export const itemPathPrefix = "/proposals/";
export const itemPathPattern = `^${itemPathPrefix}${ITEM_PATTERN}(/|$)`;
export const documentPathPattern = "^/proposals/[^/]+/documents/[^/]+$";
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
  | "method-not-allowed"
  | "target-not-allowed"
  | "length-required"
  | "content-too-large"
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
  | { readonly kind: "forwarded"; readonly api: ProxiedApi }
  | { readonly kind: "refused"; readonly refusal: RefusalName };

/**
 * What becomes of a request whose sender may call: HAProxy's rules in rendered form say the same, and a test holds
 * the two together. The first reason to refuse it counts.
 */
export function decide({ method, target, valuesOf }: RequestHead, limits: PayloadLimits): Decision {
  const refused = (refusal: RefusalName): Decision => ({ kind: "refused", refusal });
  const forwarded = (api: ProxiedApi): Decision => ({ kind: "forwarded", api });
  const path = target?.split("?")[0];
  const length = Number(valuesOf("content-length")[0] ?? 0);

  if (!methods.some((known) => known === method)) return refused("method-not-allowed");
  if (!path?.startsWith("/")) return refused("target-not-allowed");
  if (valuesOf("transfer-encoding").length > 0) return refused("length-required");
  if (length > limits.maxBytes) return refused("content-too-large");
  if (valuesOf("content-encoding").some((value) => new RegExp(encodedPattern, "i").test(value))) {
    return refused("content-encoded");
  }
  if (path.startsWith(itemPathPrefix) && !new RegExp(itemPathPattern).test(path)) {
    return refused("item-not-allowed");
  }

  if (method === "GET" && new RegExp(documentPathPattern).test(path)) return forwarded(largeApi);
  if (method !== "POST") return forwarded(smallApi);
  const prefersLarge = valuesOf("prefer").some((value) => new RegExp(preferLargePattern, "i").test(value));
  return forwarded(length >= limits.thresholdBytes || prefersLarge ? largeApi : smallApi);
}
