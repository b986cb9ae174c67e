import { checksumElementOf } from "../checksums.ts";
import { findBucket, findObject, versionHeaders } from "../find-version.ts";
import type { ObjectVersion } from "../object-version.ts";
import { invalidArgument } from "../s3-error.ts";
import { header, type Operation, type S3Answer, type S3Context, type S3Request } from "../s3-request.ts";
import { formatXml, type XmlContent } from "../xml.ts";

export const objectAttributesOperations: readonly Operation[] = [
  { name: "GetObjectAttributes", method: "GET", on: "object", subresource: "attributes", run: getAttributes },
];

type Describe = (object: ObjectVersion, request: S3Request) => XmlContent;

const MAX_PARTS = 1000;

const describe: Readonly<Record<string, Describe>> = {
  ETag: ({ eTag }) => eTag,
  Checksum: ({ checksum }) =>
    checksum && {
      // Without the number of parts.
      [checksumElementOf(checksum.algorithm)]: checksum.value.split("-")[0],
      ChecksumType: checksum.type,
    },
  ObjectParts: describeParts,
  StorageClass: () => "STANDARD",
  ObjectSize: ({ sizeBytes }) => sizeBytes,
};

/**
 * The parts by themselves are told where each has a checksum of its own. Recorded:
 * test_complete_multipart_parts_checksum_composite and test_complete_multipart_parts_checksum_full_object of
 * https://github.com/localemu/localemu/blob/3098669259493a3ca6274a4d2a4c2aa805957071/tests/aws/services/s3/test_s3.snapshot.json
 */
function describeParts({ parts, checksum }: ObjectVersion, request: S3Request): XmlContent {
  if (parts === undefined || checksum?.type !== "COMPOSITE") return parts && { PartsCount: parts.length };
  const marker = parseCount(request, "x-amz-part-number-marker") ?? 0;
  const maxParts = Math.min(parseCount(request, "x-amz-max-parts") ?? MAX_PARTS, MAX_PARTS);
  const behind = parts.filter(({ partNumber }) => partNumber > marker);
  const listed = behind.slice(0, maxParts);
  return {
    PartsCount: parts.length,
    PartNumberMarker: marker,
    NextPartNumberMarker: listed.at(-1)?.partNumber ?? 0,
    MaxParts: maxParts,
    IsTruncated: behind.length > listed.length,
    Part: listed.map(({ partNumber, sizeBytes, checksum: own }) => ({
      ...(own && { [checksumElementOf(own.algorithm)]: own.value }),
      PartNumber: partNumber,
      Size: sizeBytes,
    })),
  };
}

/** @throws S3Error InvalidArgument */
function parseCount(request: S3Request, name: string): number | undefined {
  const text = header(request, name);
  if (text === undefined || /^\d{1,9}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, text);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html */
function getAttributes(request: S3Request, context: S3Context): S3Answer {
  const name = "x-amz-object-attributes";
  const wanted = (header(request, name) ?? "").split(",").map((attribute) => attribute.trim());
  const unknown = wanted.find((attribute) => !Object.hasOwn(describe, attribute));
  if (unknown !== undefined) throw invalidArgument("Invalid attribute name specified.", name, unknown);
  const bucket = findBucket(request, context);
  const object = findObject(request, bucket, context);
  const attributes = Object.entries(describe)
    .filter(([attribute]) => wanted.includes(attribute))
    .map(([attribute, of]) => [attribute, of(object, request)]);
  return {
    status: 200,
    headers: { "last-modified": object.lastModified.toUTCString(), ...versionHeaders(bucket, object) },
    body: formatXml("GetObjectAttributesResponse", Object.fromEntries(attributes)),
  };
}
