import { type ByteRange, parseRange, rangeOfPart } from "../byte-range.ts";
import { checksumHeaders } from "../checksums.ts";
import { isNotModified } from "../conditions.ts";
import { findBucket, findObject, versionHeaders } from "../find-version.ts";
import { objectHeaders } from "../object-headers.ts";
import type { ObjectVersion } from "../object-version.ts";
import { readPieces } from "../read-pieces.ts";
import { invalidArgument, invalidRequest } from "../s3-error.ts";
import { header, type Operation, type S3Answer, type S3Context, type S3Request } from "../s3-request.ts";

export const getObjectOperations: readonly Operation[] = [
  { name: "GetObject", method: "GET", on: "object", run: getObject },
  { name: "HeadObject", method: "HEAD", on: "object", run: getObject },
];

/** Parameters by which a reader chooses headers of the answer. */
const overrides = [
  "content-type",
  "content-language",
  "expires",
  "cache-control",
  "content-disposition",
  "content-encoding",
];

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
function getObject(request: S3Request, context: S3Context): S3Answer {
  const bucket = findBucket(request, context);
  const object = findObject(request, bucket, context);
  const version = versionHeaders(bucket, object);
  if (isNotModified(request, object, context.store.now())) {
    const { etag = "", "last-modified": lastModified = "" } = objectHeaders(object);
    return { status: 304, headers: { etag, "last-modified": lastModified, ...version } };
  }
  const range = rangeOf(request, object);
  const { start, end } = range ?? { start: 0, end: object.sizeBytes - 1 };
  const wantsChecksum = header(request, "x-amz-checksum-mode")?.toUpperCase() === "ENABLED";
  const headers = {
    ...objectHeaders(object),
    ...version,
    ...(wantsChecksum && checksumHeaders(checksumOf(request, object, { start, end }))),
    ...(range && object.sizeBytes > 0 && { "content-range": `bytes ${start}-${end}/${object.sizeBytes}` }),
    ...(request.query.has("partNumber") &&
      object.parts && { "x-amz-mp-parts-count": String(object.parts.length) }),
    ...Object.fromEntries(
      overrides.flatMap((name) => {
        const value = request.query.get(`response-${name}`);
        return value === null ? [] : [[name, checkHeaderValue(`response-${name}`, value)]];
      }),
    ),
    "content-length": String(end - start + 1),
  };
  const status = range === undefined ? 200 : 206;
  return request.method === "HEAD"
    ? { status, headers }
    : { status, headers, body: readPieces(object.pieces, { start, end }) };
}

/**
 * That of the whole object where all of it is given; of some of the bytes it would be wrong. A part has its own where the
 * object's is made of those. Recorded: test_complete_multipart_parts_checksum_composite and test_get_object_part_checksum of
 * https://github.com/localemu/localemu/blob/3098669259493a3ca6274a4d2a4c2aa805957071/tests/aws/services/s3/test_s3.snapshot.json
 */
function checksumOf({ query }: S3Request, object: ObjectVersion, { start, end }: ByteRange) {
  const { checksum, parts, sizeBytes } = object;
  const partNumber = query.get("partNumber");
  if (partNumber !== null && checksum?.type === "COMPOSITE") {
    const part = parts?.[Number(partNumber) - 1]?.checksum;
    return part && { ...part, type: checksum.type };
  }
  return start === 0 && end === sizeBytes - 1 ? checksum : undefined;
}

/** @throws S3Error InvalidArgument */
function checkHeaderValue(name: string, value: string): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return value;
  throw invalidArgument("Header value cannot be represented using ISO-8859-1.", name, value);
}

function rangeOf(request: S3Request, object: ObjectVersion): ByteRange | undefined {
  const range = header(request, "range");
  const partNumber = request.query.get("partNumber");
  if (partNumber === null) return parseRange(range, object.sizeBytes);
  if (range !== undefined) {
    throw invalidRequest("Cannot specify both Range header and partNumber query parameter");
  }
  return rangeOfPart(object, partNumber);
}
