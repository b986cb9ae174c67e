import { type CallerRight, RIGHT_OF_METHOD } from "../contract/caller-rights.ts";
import { GATEWAY_MAX_REQUEST_BYTES } from "../contract/limits.ts";
import { isAtOrBelow } from "../contract/paths.ts";
import { isSizeRouted, LARGE_API, SHARED_PATH, SMALL_API } from "../domain/names.ts";
import { rightOf } from "./callers.ts";
import {
  droppedChecksumPattern,
  type HeaderLines,
  hasHeader,
  headerBytes,
  keptHeaders,
  MAX_FORWARDED_HEADER_BYTES,
  MAX_HEADER_BYTES,
  preconditionHeaders,
  valuesOf,
} from "./request-headers.ts";
import {
  documentPathPattern,
  filePathPattern,
  MAX_PATH_BYTES,
  MAX_TARGET_BYTES,
  sharedPathRules,
  unsafePathPattern,
} from "./request-paths.ts";
import { type ApiResources, methodsOfPath, pathTable } from "./resources.ts";

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

/** Those that change something: a condition of theirs is refused, since no API would look at it. */
export const writingMethods: readonly string[] = Object.keys(RIGHT_OF_METHOD).filter(
  (method) => RIGHT_OF_METHOD[method] !== "read",
);
/** Those that fetch what a path has. */
export const fetchingMethods: readonly string[] = ["GET", "HEAD"];

/** A value of Prefer (RFC 7240) with which a sender asks for the large API, whatever the size. */
export const preferLargePattern = "^respond-async[ \\t]*(;.*)?$";
/** A value of Content-Encoding that is anything but the one for "as it is". */
export const encodedPattern = "^(?!identity$)";

/** Why the proxy answers in an API's place; refusals.ts has what it says then. */
export type RefusalName =
  | "too-many-requests"
  | "unauthorized"
  | "forbidden"
  | "caller-over-limit"
  | "target-not-allowed"
  | "host-required"
  | "header-not-allowed"
  | "headers-too-large"
  | "uri-too-long"
  | "path-not-allowed"
  | "item-not-allowed"
  | "not-found"
  | "method-not-allowed"
  | "condition-not-supported"
  | "checksum-not-supported"
  | "length-required"
  | "content-too-large"
  | "content-over-gateway-limit"
  | "content-encoded"
  | "unavailable";

/** A request before its body. */
export interface RequestHead {
  readonly method: string;
  /** Path and query; undefined where the target is no path (`OPTIONS *`, `CONNECT host:port`). */
  readonly target: string | undefined;
  readonly headers: HeaderLines;
}

/** What the proxy knows of the APIs behind it. */
export interface RoutingTable {
  readonly payload: PayloadLimits;
  readonly routes: readonly PathRoute[];
  readonly resources: ApiResources;
}

export type Decision =
  | { readonly kind: "forwarded"; readonly api: string }
  | {
      readonly kind: "refused";
      readonly refusal: RefusalName;
      /** The methods that the path has, where that is why. */
      readonly allow?: readonly string[];
    };

const refused = (refusal: RefusalName): Decision => ({ kind: "refused", refusal });
const forwarded = (api: string): Decision => ({ kind: "forwarded", api });
/** Of one that is made anew for each request. */
const someRequestId = "0".repeat(36);

/**
 * What becomes of a request whose sender is a known caller: HAProxy's rules in rendered form say the same, and a test
 * holds the two together. The first reason to refuse it counts.
 * @param may what the caller may do
 */
export function decide(head: RequestHead, may: readonly CallerRight[], table: RoutingTable): Decision {
  const { method, target, headers } = head;
  const right = rightOf(method);
  if (right !== undefined && !may.includes(right)) return refused("forbidden");
  const path = target?.split("?")[0];
  if (target === undefined || !path?.startsWith("/")) return refused("target-not-allowed");
  if (headerBytes(headers) > MAX_HEADER_BYTES) return refused("headers-too-large");
  if (path.length > MAX_PATH_BYTES || target.length > MAX_TARGET_BYTES) return refused("uri-too-long");

  const route = table.routes.find(({ paths }) => paths.some((prefix) => isAtOrBelow(path, prefix)));
  const reason =
    pathRefusal(path, route, method, table) ??
    headerRefusal(method, headers) ??
    (route === undefined ? contentRefusal(headers, table.payload) : gatewayRefusal(headers));
  if (reason !== undefined) return reason;
  if (headerBytes(keptHeaders(headers, someRequestId)) > MAX_FORWARDED_HEADER_BYTES) {
    return refused("headers-too-large");
  }
  return forwarded(route?.api ?? apiBySize(head, path, table.payload));
}

function pathRefusal(
  path: string,
  route: PathRoute | undefined,
  method: string,
  { resources }: RoutingTable,
): Decision | undefined {
  if (new RegExp(unsafePathPattern, "i").test(path)) return refused("path-not-allowed");
  if (route === undefined && !isAtOrBelow(path, SHARED_PATH)) return refused("not-found");
  const rule =
    route === undefined &&
    sharedPathRules.find(
      ({ ifMatching, unlessMatching }) =>
        new RegExp(ifMatching).test(path) && !new RegExp(unlessMatching).test(path),
    );
  if (rule) return refused(rule.refusal);
  const apis = route === undefined ? [SMALL_API, LARGE_API] : [route.api];
  const allow = methodsOfPath(pathTable(apis.map((api) => resources[api] ?? [])), path);
  if (allow === undefined) return refused("not-found");
  return allow.includes(method) ? undefined : { kind: "refused", refusal: "method-not-allowed", allow };
}

function headerRefusal(method: string, headers: HeaderLines): Decision | undefined {
  if (writingMethods.includes(method)) {
    if (preconditionHeaders.some((name) => hasHeader(headers, name)))
      return refused("condition-not-supported");
    const names = headers.map(([name]) => name).join(",");
    if (new RegExp(droppedChecksumPattern, "i").test(names)) return refused("checksum-not-supported");
  }
  return hasHeader(headers, "transfer-encoding") ? refused("length-required") : undefined;
}

const lengthOf = (headers: HeaderLines) => Number(valuesOf(headers, "content-length")[0] ?? 0);

function gatewayRefusal(headers: HeaderLines): Decision | undefined {
  return lengthOf(headers) > GATEWAY_MAX_REQUEST_BYTES ? refused("content-over-gateway-limit") : undefined;
}

function contentRefusal(headers: HeaderLines, { maxBytes }: PayloadLimits): Decision | undefined {
  if (lengthOf(headers) > maxBytes) return refused("content-too-large");
  const encodings = valuesOf(headers, "content-encoding");
  return encodings.some((value) => new RegExp(encodedPattern, "i").test(value))
    ? refused("content-encoded")
    : undefined;
}

/** Of the two APIs with the same paths. */
function apiBySize(
  { method, headers }: RequestHead,
  path: string,
  { thresholdBytes }: PayloadLimits,
): string {
  if (fetchingMethods.includes(method) && new RegExp(documentPathPattern).test(path)) return LARGE_API;
  if (method !== "POST") return SMALL_API;
  if (new RegExp(filePathPattern).test(path)) return LARGE_API;
  const prefersLarge = valuesOf(headers, "prefer").some((value) =>
    new RegExp(preferLargePattern, "i").test(value),
  );
  return lengthOf(headers) >= thresholdBytes || prefersLarge ? LARGE_API : SMALL_API;
}
