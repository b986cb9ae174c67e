import { CHECKSUM_HEADERS } from "../../contract/checksum-headers.ts";
import {
  type Headers,
  headerOf,
  type ServiceRequest,
  type ServiceResponse,
} from "../api-gateway/messages.ts";
import { findWrongChecksum } from "./s3-checksums.ts";

/** Sends a request to the emulator behind. */
export type Forward = (request: ServiceRequest) => Promise<ServiceResponse>;

export interface ObjectTarget {
  readonly bucket: string;
  /** Decoded; empty for the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
}

/**
 * The bucket and the key of a path-style request.
 * @throws URIError if the path is not percent-encoded UTF-8
 */
export function objectTargetOf(target: string): ObjectTarget {
  const [path = "", query = ""] = target.split("?", 2);
  const [bucket = "", ...key] = path.slice(1).split("/");
  return {
    bucket: decodeURIComponent(bucket),
    key: decodeURIComponent(key.join("/")),
    query: new URLSearchParams(query),
  };
}

/**
 * What Amazon S3 checks and the emulator behind does not: paths, owners, checksums, access control lists and conditional writes.
 * Writes of one key go one after the other, so that of two conditional ones only the first succeeds.
 * @param accountId the owner of every bucket
 */
export function createS3Rules(forward: Forward, accountId: string): Forward {
  const writing = new Map<string, Promise<unknown>>();
  return async (request) => {
    const key = keyOf(request.target);
    if (key === undefined) return errorResponse(400, "InvalidURI", "Couldn't parse the specified URI.");
    const refusal = refuseOtherOwner(request.headers, accountId);
    if (refusal !== undefined) return refusal;
    if (request.method !== "PUT" || key === "") return forward(request);
    const path = request.target.split("?")[0] ?? "";
    const before = writing.get(path) ?? Promise.resolve();
    const written = before.catch(() => undefined).then(() => put(request, path, forward));
    writing.set(path, written);
    try {
      return await written;
    } finally {
      if (writing.get(path) === written) writing.delete(path);
    }
  };
}

async function put(request: ServiceRequest, path: string, forward: Forward): Promise<ServiceResponse> {
  return (
    refuseAccessControlList(request.headers) ??
    (await refuseWrongChecksum(request)) ??
    (await refuseFailedCondition(request.headers, path, forward)) ??
    (await forward(withReadableType(request)))
  );
}

function keyOf(target: string): string | undefined {
  try {
    return objectTargetOf(target).key;
  } catch {
    return undefined;
  }
}

/** Amazon S3 takes every Content-Type; the emulator parses forms and refuses what is no media type. */
function withReadableType(request: ServiceRequest): ServiceRequest {
  const type = headerOf(request.headers, "Content-Type");
  if (
    type === undefined ||
    (/^[\w.+-]+\/[\w.+-]+ *(;|$)/.test(type) && !/x-www-form-urlencoded/i.test(type))
  ) {
    return request;
  }
  const others = request.headers.filter(([name]) => name.toLowerCase() !== "content-type");
  return { ...request, headers: [...others, ["Content-Type", "application/octet-stream"]] };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html */
function refuseOtherOwner(headers: Headers, accountId: string): ServiceResponse | undefined {
  const expected = ["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"].flatMap(
    (name) => headerOf(headers, name) ?? [],
  );
  return expected.every((owner) => owner === accountId)
    ? undefined
    : errorResponse(403, "AccessDenied", "Access Denied");
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html */
function refuseAccessControlList(headers: Headers): ServiceResponse | undefined {
  const acl = headerOf(headers, "x-amz-acl");
  const grants = headers.some(([name]) => name.toLowerCase().startsWith("x-amz-grant-"));
  return (acl === undefined || acl === "bucket-owner-full-control") && !grants
    ? undefined
    : errorResponse(400, "AccessControlListNotSupported", "The bucket does not allow ACLs");
}

const isChecksum = (name: string) => CHECKSUM_HEADERS.some((each) => each === name);

async function refuseWrongChecksum({ headers, body }: ServiceRequest): Promise<ServiceResponse | undefined> {
  // Bodies sent in signed chunks carry their checksum at the end, which the emulator takes apart.
  if (headerOf(headers, "x-amz-content-sha256")?.startsWith("STREAMING-")) return undefined;
  if (new Set(headers.map(([name]) => name.toLowerCase()).filter(isChecksum)).size > 1) {
    return errorResponse(
      400,
      "InvalidRequest",
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  }
  const wrong = await findWrongChecksum(headers, body);
  return wrong === undefined
    ? undefined
    : errorResponse(400, "BadDigest", `The ${wrong} you specified did not match the calculated checksum.`);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
async function refuseFailedCondition(
  headers: Headers,
  path: string,
  forward: Forward,
): Promise<ServiceResponse | undefined> {
  const ifMatch = headerOf(headers, "If-Match");
  const ifNoneMatch = headerOf(headers, "If-None-Match");
  if (ifMatch === undefined && ifNoneMatch === undefined) return undefined;
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*") {
    return errorResponse(501, "NotImplemented", "If-None-Match takes * alone when an object is written");
  }
  const existing = await forward({ method: "HEAD", target: path, headers: [], body: Buffer.alloc(0) });
  const exists = existing.status === 200;
  const eTag = headerOf(existing.headers, "ETag")?.replaceAll('"', "");
  const failed =
    (ifNoneMatch !== undefined && exists) ||
    (ifMatch !== undefined && (!exists || ifMatch.replaceAll('"', "") !== eTag));
  return failed
    ? errorResponse(
        412,
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
      )
    : undefined;
}

function errorResponse(status: number, code: string, message: string): ServiceResponse {
  return {
    status,
    headers: [["Content-Type", "application/xml"]],
    body: Buffer.from(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
    ),
  };
}
